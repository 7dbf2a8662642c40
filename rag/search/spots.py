"""Whether two texts may speak of one place: places that are parts of each other, that touch, or that no text names."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from ingest.annotation.apart import Spot
from ingest.concepts.lexicon import concepts, whole_and_parts
from ingest.vocabulary import Laterality

# These are everywhere, and tell no place: an edema of the marrow may be one of the femur.
_TISSUES = frozenset(
    f"anatomy:{name}"
    for name in ("bone", "bone-marrow", "gray-matter", "muscle", "skin", "soft-tissue", "white-matter")
)
# What lies in one place by another name, or so near that one text says this and another that.
_NEIGHBOURS = tuple(
    frozenset(f"anatomy:{name}" for name in group.split())
    for group in (
        "knee femur tibia fibula",
        "hip femur pelvis",
        "shoulder humerus",
        "elbow humerus",
        "posterior-fossa cerebellum brainstem fourth-ventricle cerebellopontine-angle",
        "sella-turcica suprasellar-region pituitary-gland optic-chiasm cavernous-sinus",
        "cerebellopontine-angle internal-auditory-canal",
        "bowel mesentery peritoneum",
        "spine spinal-cord",
        "kidney ureter",
        "liver bile-duct gallbladder",
    )
)


def may_be_one(one: Spot, other: Spot) -> bool:
    """Tell whether two spots may be the same.

    Examples
    --------
    >>> left = Spot("anatomy:femur", "left")
    >>> [may_be_one(left, Spot(*found)) for found in (("anatomy:knee",), ("", "right"), ("anatomy:liver", "left"))]
    [True, False, False]
    """
    return _sides_may_be_one(one, other) and _places_may_be_one(one.place, other.place)


def told(spots: Collection[Spot]) -> frozenset[Spot]:
    """Leave out the spots that say nothing, where others say something."""
    return frozenset(spot for spot in spots if spot.place or spot.side) or frozenset(spots)


def meeting(asked: Collection[Spot], found: Collection[Spot]) -> frozenset[Spot]:
    """Return the found spots that may be one with what is asked; none where its place is on the other side only."""
    return frozenset(spot for one in asked for spot in _meeting_one(one, found))


def _meeting_one(asked: Spot, found: Collection[Spot]) -> list[Spot]:
    there = [spot for spot in found if _places_may_be_one(asked.place, spot.place)]
    fitting = [spot for spot in there if _sides_may_be_one(asked, spot)]
    sided = [spot for spot in fitting if spot.side]
    return [] if asked.side and not sided and len(fitting) < len(there) else fitting


def names(spots: Collection[Spot], at_most: int = 2) -> str:
    """Return the spots in words, without tissues and without those that others say more exactly."""
    said = {spot for spot in map(_without_tissue, spots) if spot.name} or {spot for spot in spots if spot.name}
    exact = {spot for spot in said if not any(_says_more(other, spot) for other in said)}
    return ", ".join(sorted({spot.name for spot in exact})[:at_most])


def _without_tissue(spot: Spot) -> Spot:
    return Spot("", spot.side) if spot.place in _TISSUES else spot


def _says_more(other: Spot, spot: Spot) -> bool:
    sides = spot.side in ("", other.side) or other.side == Laterality.BILATERAL
    return other != spot and spot.place in ("", other.place) and sides


def _sides_may_be_one(one: Spot, other: Spot) -> bool:
    sides = {one.side, other.side} - {""}
    return len(sides) < 2 or Laterality.BILATERAL in sides


def _places_may_be_one(one: str, other: str) -> bool:
    if not (one and other) or {one, other} & _TISSUES:
        return True
    nested = one in whole_and_parts(other) or other in whole_and_parts(one)
    return nested or any(_holds(one) & group and _holds(other) & group for group in _NEIGHBOURS)


@cache
def _holds(place: str) -> frozenset[str]:
    """Return a place and all that it is a part of."""
    return frozenset(name for name in concepts() if name.startswith("anatomy:") and place in whole_and_parts(name))
