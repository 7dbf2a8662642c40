"""Whether a text says that a finding is there, is not, may be or was; and on which side.

ConText in one sweep per direction: a cue governs the mentions after it (or before it) until the sentence ends,
a scope breaker comes or a nearer cue takes over, so lists ("no mass, hemorrhage or midline shift") need no rule
of their own. Each sweep is linear in the number of cues and mentions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from ingest.annotation.cues import Cue, Role, assertion_cues, side_cues
from ingest.annotation.sentences import sentence_ends
from ingest.concepts.phrases import FoldedText, Found
from ingest.vocabulary import Assertion, Laterality

_PUNCTUATION = re.compile(r"[;()\[\]:,]|\b(?:and|or|with)\b", re.IGNORECASE)
_SENTENCE_END = "sentence end"
_SIDE_REACH = 45  # characters: about six words, the length of "in the superior segment of the left lower lobe"
_NEAR = 15  # characters between a cue and an exam: "no prior chest CT"
_NEGATED_HISTORY = 25  # characters: "no significant past medical history of" is one negation
# "no enhancement of the mass", "may arise from this lesion": what has an article is there.
_DEFINITE = re.compile(r"[^,;:.]\s+(?:the|this|these|those|his|her|its)\s+(?:[\w-]{1,20}\s+){0,2}$", re.IGNORECASE)
_NOUN_PHRASE = 60  # characters that may stand between such an article and the end of its noun phrase
_VERB_BETWEEN = re.compile(r"\b(?:is|are|was|were|has|have|had|with|shows?|demonstrates?|reveals?)\b", re.IGNORECASE)


class Mention(NamedTuple):
    """A stretch of the source text that names a concept.

    `only_near` is for exams: in "no mass is seen on CT" the CT was made; in "no CT" it was not.
    """

    start: int
    end: int
    only_near: bool = False


class _Event(NamedTuple):  # made by the thousand: a tuple is several times quicker than a dataclass
    start: int
    end: int
    what: Cue | Laterality | str | int  # a cue, a side, a punctuation mark, or the number of a mention


def assertions(text: str, folded: FoldedText, mentions: Sequence[Mention]) -> list[Assertion | None]:
    """Return what the text asserts of each mention; None where it asserts nothing of this patient.

    Parameters
    ----------
    text, folded
        The text and its `ingest.concepts.phrases.fold`.
    mentions : sequence of Mention
        From left to right, not overlapping.
    """
    cues = [_Event(cue.start, cue.end, cue.value) for cue in _outside(assertion_cues().find(folded), mentions)]
    events = _in_order(text, mentions, cues)
    before = [
        None if governed and _is_definite(text, governed, mention) else governed
        for governed, mention in zip(_governed_forwards(events, len(mentions)), mentions, strict=True)
    ]
    after = _governed_backwards(text, events, len(mentions))
    return [_nearer(*both) for both in zip(mentions, before, after, strict=True)]


def _is_definite(text: str, governed: tuple[int, Cue], mention: Mention) -> bool:
    distance, cue = governed
    if cue.assertion not in (Assertion.ABSENT, Assertion.UNCERTAIN):
        return False
    return _DEFINITE.search(text[mention.start - min(distance, _NOUN_PHRASE) : mention.start]) is not None


def _outside(found: Iterable[Found], mentions: Sequence[Mention]) -> list[Found]:
    """Leave out the words that are part of a mention: "absent septum pellucidum", "left atrium"."""
    kept: list[Found] = []
    i = 0
    for item in found:
        while i < len(mentions) and mentions[i].end <= item.start:
            i += 1
        if i == len(mentions) or item.end <= mentions[i].start:
            kept.append(item)
    return kept


def _in_order(text: str, mentions: Sequence[Mention], cues: Sequence[_Event]) -> list[_Event]:
    events = [_Event(mention.start, mention.end, i) for i, mention in enumerate(mentions)]
    events += cues
    events += [_Event(m.start(), m.end(), m.group().casefold()) for m in _PUNCTUATION.finditer(text)]
    events += [_Event(end, end, _SENTENCE_END) for end in sentence_ends(text)]
    return sorted(events, key=itemgetter(0, 1))


_Governed = tuple[int, Cue] | None  # distance in characters, and the cue


def _governed_forwards(events: Sequence[_Event], n: int) -> list[_Governed]:
    governed: list[_Governed] = [None] * n
    active: _Event | None = None
    outer: list[_Event | None] = []  # what was active when each bracket opened
    for event in events:
        what = event.what
        if isinstance(what, int):
            governed[what] = _reached(active, event)
        elif isinstance(what, Cue):
            active = _after_cue(active, event, what)
        elif what == _SENTENCE_END:
            active, outer = None, []
        elif what == ";":
            active = None
        elif what in "([":
            outer.append(active)
        elif what in ")]" and outer:
            active = outer.pop()
    return governed


def _after_cue(active: _Event | None, event: _Event, cue: Cue) -> _Event | None:
    negates = active is not None and isinstance(active.what, Cue) and active.what.assertion is Assertion.ABSENT
    if cue.role in (Role.BEFORE, Role.BOTH):
        near = active is not None and event.start - active.end <= _NEGATED_HISTORY
        if active is not None and negates and near and cue.assertion is Assertion.HISTORICAL:
            return active._replace(end=event.end)
        return event
    if cue.role is Role.BREAK:
        return None
    return None if cue.role is Role.SOFT_BREAK and not negates else active


def _reached(active: _Event | None, mention: _Event) -> _Governed:
    if active is None or not isinstance(active.what, Cue):
        return None
    distance = max(mention.start - active.end, 0)
    return None if active.what.reach is not None and distance > active.what.reach else (distance, active.what)


def _governed_backwards(text: str, events: Sequence[_Event], n: int) -> list[_Governed]:
    """Let "is absent" govern the mentions before it, up to another verb or cue: the subject of its clause."""
    governed: list[_Governed] = [None] * n
    active: _Event | None = None
    checked_to = 0
    for event in reversed(events):
        what = event.what
        if isinstance(what, Cue):
            active = event if what.role in (Role.AFTER, Role.BOTH) else None
            checked_to = event.start
        elif what in (_SENTENCE_END, ";", "(", ")"):
            active = None
        elif isinstance(what, int) and active is not None and isinstance(active.what, Cue):
            if _VERB_BETWEEN.search(text, event.end, checked_to):
                active = None
            else:
                governed[what] = (active.start - event.end, active.what)
                checked_to = event.start
    return governed


def _nearer(mention: Mention, before: _Governed, after: _Governed) -> Assertion | None:
    reach = _NEAR if mention.only_near else math.inf
    both = [governed for governed in (before, after) if governed is not None and governed[0] <= reach]
    if not both:
        return Assertion.PRESENT
    return min(both, key=lambda governed: governed[0])[1].assertion


def lateralities(text: str, folded: FoldedText, mentions: Sequence[Mention]) -> list[Laterality | None]:
    """Return the side of each mention: the nearest word for a side in the same clause, before it or after it."""
    sides = [
        _Event(found.start, found.end, found.value)
        for found in _outside(side_cues().find(folded), mentions)
        if found.value is not None
    ]
    if not sides:
        return [None] * len(mentions)
    events = _in_order(text, mentions, sides)
    before = _sides(events, len(mentions), ends_clause=(_SENTENCE_END, ";", ":", ",", "(", ")", "with"))
    mirrored = list(reversed(events))
    after = _sides(mirrored, len(mentions), ends_clause=(_SENTENCE_END, ";", ":", ",", "(", ")", "with", "and", "or"))
    return [_nearer_side(first, second) for first, second in zip(before, after, strict=True)]


_Sided = tuple[int, Laterality] | None


def _sides(events: Sequence[_Event], n: int, *, ends_clause: tuple[str, ...]) -> list[_Sided]:
    sided: list[_Sided] = [None] * n
    active: _Event | None = None
    for event in events:
        what = event.what
        if isinstance(what, Laterality):
            active = event
        elif isinstance(what, int):
            sided[what] = _within_reach(active, event)
        elif what in ends_clause:
            active = None
    return sided


def _within_reach(side: _Event | None, mention: _Event) -> _Sided:
    if side is None or not isinstance(side.what, Laterality):
        return None
    distance = max(mention.start - side.end, side.start - mention.end)
    return (distance, side.what) if distance <= _SIDE_REACH else None


def _nearer_side(before: _Sided, after: _Sided) -> Laterality | None:
    both = [sided for sided in (before, after) if sided is not None]
    return min(both, key=lambda sided: sided[0])[1] if both else None
