"""Mentions, cues and punctuation of a text in one row: what the rules of this package walk along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from ingest.annotation.sentences import sentence_ends
from ingest.concepts.phrases import Found

# A colon of a clock is none: "at 12:00".
_PUNCTUATION = re.compile(r"[;()\[\],]|(?<!\d):|:(?!\d)|\b(?:and|or|with)\b", re.IGNORECASE)
SENTENCE_END = "sentence end"
# Texts of the source were joined without a blank here and there: "no air-fluid levelsNon-contrast CT".
_JOINED = re.compile(r"[a-z](?=(?:Non|CT|MRI?|Axial|Coronal|Sagittal|There|The|Figure|Image|Contrast|Findings)\b)")


class Mention(NamedTuple):
    """A stretch of the source text that names a concept.

    `only_near` is for exams: in "no mass is seen on CT" the CT was made; in "no CT" it was not. What `is_place` is
    where a finding may be.
    """

    start: int
    end: int
    only_near: bool = False
    is_place: bool = False


class Event(NamedTuple):  # made by the thousand: a tuple is several times quicker than a dataclass
    """Something at a place of the text: a mark of punctuation, the number of a mention, or what a word means."""

    start: int
    end: int
    what: Any


def outside(found: Iterable[Found], mentions: Sequence[Mention]) -> list[Found]:
    """Leave out the words that are part of a mention: "absent septum pellucidum", "left atrium"."""
    kept: list[Found] = []
    i = 0
    for item in found:
        while i < len(mentions) and mentions[i].end <= item.start:
            i += 1
        if i == len(mentions) or item.end <= mentions[i].start:
            kept.append(item)
    return kept


def in_order(text: str, mentions: Sequence[Mention], others: Sequence[Event]) -> list[Event]:
    """Return mentions, punctuation, sentence ends and the others from left to right."""
    events = [Event(mention.start, mention.end, i) for i, mention in enumerate(mentions)]
    return sorted([*events, *others, *_marks(text)], key=itemgetter(0, 1))


@lru_cache(maxsize=16)  # each rule of annotation asks for the same text
def _marks(text: str) -> tuple[Event, ...]:
    """Return the punctuation and the sentence ends of a text."""
    ends = [*sentence_ends(text), *(match.end() for match in _JOINED.finditer(text))]
    return (
        *(Event(m.start(), m.end(), m.group().casefold()) for m in _PUNCTUATION.finditer(text)),
        *(Event(end, end, SENTENCE_END) for end in ends),
    )
