"""The places of the body as nodes, and what each is a part of: curated anatomy only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from ingest.concepts.lexicon import concepts
from ingest.normalise.place import LOCATIONS
from ingest.vocabulary import ConceptKind, Region
from kg.schema import Label, NodeKey

# An archive of 12 000 cases has fewer places.
_SHARED = 20_000

_SOURCE_PLACES: Final[Mapping[str, str | Region]] = {
    "Brain and Neuro": Region.HEAD,
    "Cardiovascular": Region.THORAX,
    "Chest, Pulmonary": "anatomy:thorax",
    "Dental, Oral, or Tooth": "anatomy:head",
    "Eye and Orbit": "anatomy:head",
    "Gastrointestinal": Region.ABDOMEN,
    "Genitourinary": Region.REPRODUCTIVE_AND_URINARY,
    "Head and Neck": Region.HEAD,
    "Musculoskeletal": Region.SPINE_AND_MUSCLES,
}
"""Where the source's locations lie that are no concept of the lexicon: in an anatomy, or in a region as it files them.

Those of the whole body lie nowhere (endocrine, hematopoietic, vascular, peripheral nerves), nor do the central nerves,
which are in the head and in the spine.
"""


@cache
def region_key(region: Region) -> NodeKey:
    """Return the node of a region."""
    return NodeKey(Label.REGION, f"region:{_slug(region)}")


@lru_cache(maxsize=_SHARED)
def location_key(location: str) -> NodeKey:
    """Return the node of an anatomical location: the lexicon's concept of that name, else one of its own."""
    return NodeKey(Label.ANATOMICAL_LOCATION, _anatomy_by_name().get(location.casefold()) or _own_id(location))


@lru_cache(maxsize=_SHARED)
def wholes_of(place: NodeKey) -> tuple[NodeKey, ...]:
    """Return what a place is directly a part of: larger anatomy, and its region where none of that has one."""
    concept = concepts().get(place.key)
    if concept is None:
        return _wholes_of_source_places().get(place.key, ())
    wholes = tuple(NodeKey(Label.ANATOMICAL_LOCATION, concept_id) for concept_id in concept.part_of)
    if concept.region and not any(concepts()[whole].region for whole in concept.part_of):
        return (*wholes, region_key(concept.region))
    return wholes


def place_name(place: NodeKey) -> str | None:
    """Return how a source spells a location of its own; None for what it has not."""
    return _spelled_places().get(place.key)


@cache
def _wholes_of_source_places() -> dict[str, tuple[NodeKey, ...]]:
    return {
        _own_id(name): (region_key(whole) if isinstance(whole, Region) else NodeKey(Label.ANATOMICAL_LOCATION, whole),)
        for name, whole in _SOURCE_PLACES.items()
    }


@cache
def _anatomy_by_name() -> dict[str, str]:
    anatomy = [concept for concept in concepts().values() if concept.kind is ConceptKind.ANATOMY]
    return {form.casefold(): concept.concept_id for concept in reversed(anatomy) for form in concept.forms}


@cache
def _spelled_places() -> dict[str, str]:
    return {_own_id(name): name for name in LOCATIONS.values()}


def _own_id(location: str) -> str:
    return f"anatomy:{_slug(location)}"


def _slug(text: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in text.casefold())
    return "-".join(words.split())
