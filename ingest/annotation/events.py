"""Mentions, cues and punctuation of a text in one row: what the rules of this package walk along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from ingest.annotation.sentences import sentence_ends
from ingest.concepts.phrases import Found

_PUNCTUATION = re.compile(r"[;()\[\]:,]|\b(?:and|or|with)\b", re.IGNORECASE)
SENTENCE_END = "sentence end"
# Texts of the source were joined without a blank here and there: "no air-fluid levelsNon-contrast CT".
_JOINED = re.compile(r"[a-z](?=(?:Non|CT|MRI?|Axial|Coronal|Sagittal|There|The|Figure|Image|Contrast|Findings)\b)")


class Mention(NamedTuple):
    """A stretch of the source text that names a concept.

    `only_near` is for exams: in "no mass is seen on CT" the CT was made; in "no CT" it was not.
    """

    start: int
    end: int
    only_near: bool = False


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
    events += others
    events += [Event(m.start(), m.end(), m.group().casefold()) for m in _PUNCTUATION.finditer(text)]
    ends = [*sentence_ends(text), *(match.end() for match in _JOINED.finditer(text))]
    events += [Event(end, end, SENTENCE_END) for end in ends]
    return sorted(events, key=itemgetter(0, 1))
