"""The region of the body that a caption speaks of, by the anatomy of the lexicon."""

from __future__ import annotations

from ingest.concepts.lexicon import concepts, phrase_book
from ingest.concepts.phrases import fold
from ingest.vocabulary import ConceptKind, Region


def region_in(caption: str) -> Region | None:
    """Return the region of all places that a caption names; None where they lie in several, or it names none."""
    found = phrase_book(frozenset({ConceptKind.ANATOMY})).find(fold(caption))
    regions = {region for item in found if item.value and (region := _region(item.value.concept_id))}
    return regions.pop() if len(regions) == 1 else None


def _region(concept_id: str) -> Region | None:
    concept = concepts()[concept_id]
    return concept.region or next((region for whole in concept.part_of if (region := _region(whole))), None)
