"""Tell apart where a case shows a finding and where it denies the same: a mass in the kidney, and none in the liver."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ingest.case import Annotation
from ingest.concepts.lexicon import concepts, whole_and_parts
from ingest.vocabulary import Laterality


@dataclass(frozen=True, order=True)
class Spot:
    """Where a text says that a finding is, or is not: a concept id of anatomy, and a side; empty is unsaid."""

    place: str = ""
    side: str = ""

    @property
    def name(self) -> str:
        """The spot in words: "left kidney"."""
        return " ".join(filter(None, (self.side, concepts()[self.place].name if self.place in concepts() else "")))


@dataclass(frozen=True)
class Apart:
    """Where a finding is shown and where it is denied, in words, no spot in both."""

    shown: tuple[str, ...]
    denied: tuple[str, ...]


def spot_of(mention: Annotation) -> Spot:
    """Return where a mention is."""
    return Spot(mention.place or "", str(mention.laterality or ""))


def told_apart(shown: Collection[Spot], denied: Collection[Spot]) -> Apart | None:
    """Return the spots of a finding that a case both shows and denies; None where they cannot be told apart.

    They can where the finding is shown at a place, and denied at another that is neither a part of it nor holds it.

    Examples
    --------
    >>> told_apart([Spot("anatomy:kidney", "left")], [Spot("anatomy:liver"), Spot("anatomy:kidney", "right")])
    Apart(shown=('left kidney',), denied=('liver', 'right kidney'))
    >>> told_apart([Spot("anatomy:kidney", "left")], [Spot()]) is None
    True
    """
    here = [spot for spot in shown if spot.place]
    there = [spot for spot in denied if spot.place and not any(_meet(spot, other) for other in here)]
    if not here or not there:
        return None
    return Apart(_names(here), _names(there))


def _names(spots: Collection[Spot]) -> tuple[str, ...]:
    return tuple(sorted({spot.name for spot in spots}))


def _meet(one: Spot, other: Spot) -> bool:
    nested = one.place in whole_and_parts(other.place) or other.place in whole_and_parts(one.place)
    both = Laterality.BILATERAL in (one.side, other.side) or not (one.side and other.side)
    return nested and (both or one.side == other.side)
