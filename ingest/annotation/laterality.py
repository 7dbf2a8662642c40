"""On which side a finding is: the nearest word for a side in the same clause."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.annotation.cues import side_cues
from ingest.annotation.events import SENTENCE_END, Event, Mention, in_order, outside
from ingest.concepts.phrases import FoldedText
from ingest.vocabulary import Laterality

_SIDE_REACH = 45  # characters: about six words, the length of "in the superior segment of the left lower lobe"


def lateralities(text: str, folded: FoldedText, mentions: Sequence[Mention]) -> list[Laterality | None]:
    """Return the side of each mention: the nearest word for a side in the same clause, before it or after it."""
    sides = [
        Event(found.start, found.end, found.value)
        for found in outside(side_cues().find(folded), mentions)
        if found.value is not None
    ]
    if not sides:
        return [None] * len(mentions)
    events = in_order(text, mentions, sides)
    before = _sides(events, len(mentions), ends_clause=(SENTENCE_END, ";", ":", ",", "(", ")", "with"))
    mirrored = list(reversed(events))
    after = _sides(mirrored, len(mentions), ends_clause=(SENTENCE_END, ";", ":", ",", "(", ")", "with", "and", "or"))
    return [_nearer_side(first, second) for first, second in zip(before, after, strict=True)]


_Sided = tuple[int, Laterality] | None


def _sides(events: Sequence[Event], n: int, *, ends_clause: tuple[str, ...]) -> list[_Sided]:
    sided: list[_Sided] = [None] * n
    active: Event | None = None
    for event in events:
        what = event.what
        if isinstance(what, Laterality):
            active = event
        elif isinstance(what, int):
            sided[what] = _within_reach(active, event)
        elif what in ends_clause:
            active = None
    return sided


def _within_reach(side: Event | None, mention: Event) -> _Sided:
    if side is None or not isinstance(side.what, Laterality):
        return None
    distance = max(mention.start - side.end, side.start - mention.end)
    return (distance, side.what) if distance <= _SIDE_REACH else None


def _nearer_side(before: _Sided, after: _Sided) -> Laterality | None:
    both = [sided for sided in (before, after) if sided is not None]
    return min(both, key=lambda sided: sided[0])[1] if both else None
