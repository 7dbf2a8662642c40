"""On which side a finding is: the nearest word for a side in the same clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.annotation.cues import side_cues
from ingest.annotation.events import SENTENCE_END, Event, Mention, in_order, outside
from ingest.concepts.phrases import FoldedText, Found
from ingest.vocabulary import Laterality

# "L frontal lobe", "R hip": one capital letter, and no vertebra, direction or person.
_LETTER = re.compile(r"(?<![\w./>-])[LR](?=\s+[a-zA-Z]{3,})(?!\s+(?:to|and|spine)\b)")
_LETTERS = {"L": Laterality.LEFT, "R": Laterality.RIGHT}
# "a mass in the left kidney and a cyst in the spleen": the side is that of the kidney alone.
_IN = re.compile(r"\b(?:in|within)\s+(?:the\s+)?$", re.IGNORECASE)
_ANOTHER_PLACE = re.compile(r"\s+(?:[\w-]+\s+){1,4}?(?:in|within)\s+(?!the\s+same\b)", re.IGNORECASE)
# "In the left femur, there is edema": what the sentence begins with holds for what follows.
_FRONTED = re.compile(r"\s*(?:[-•*]\s*)?(?:in|within|at|on|involving|along)\b(?:(?!\bwith\b)[^,.;:()])*", re.IGNORECASE)
# "reduced attenuation (darker) in the left frontal lobe"
_ASIDE = re.compile(r"\((?![^)]*\b(?:left|right|both|bilateral\w*)\b)[^()]{1,20}\)", re.IGNORECASE)
_OF_FINDING = re.compile(r"\b(?:consistent|compatible)\s+$", re.IGNORECASE)
# "both lungs", not "both early and delayed": a plural, and no second thing to count.
_TWO_OF = re.compile(r"\s+(?!\w+\s+and\b)(?:[\w-]+\s+){0,2}?[\w-]+(?:s|ae|i)\b", re.IGNORECASE)
# What a finding is not at, though a side of it is named: "extends to the left apex", "separate from the right kidney".
_BESIDE = re.compile(
    r"\b(?:extend\w*|separate\w*|secondary|due to|displac\w*|abut\w*|which|spar\w*|away|toward\w*)\b", re.IGNORECASE
)
# Between an adjective and the noun whose side it shares: "a hyperdense, heterogeneous mass on the left".
_NOUN = re.compile(
    r"[\s,-]*(?:(?:heterogen\w+|homogen\w+|cystic|solid|large|small|focal|round\w*|oval|lobulated|[\w-]+defined|and|minimally|mildly)[\s,-]+)*",
    re.IGNORECASE,
)
_ADJECTIVE_ENDINGS = ("dense", "intense", "ing", "ic", "ed", "al", "ous", "ent")
_SIDE_REACH = 45  # characters: about six words, the length of "in the superior segment of the left lower lobe"


def lateralities(text: str, folded: FoldedText, mentions: Sequence[Mention]) -> list[Laterality | None]:
    """Return the side of each mention: the nearest word for a side in the same clause, before it or after it."""
    letters = (Found(match.start(), match.end(), _LETTERS[match.group()]) for match in _LETTER.finditer(text))
    words = sorted([*side_cues().find(folded), *letters])
    sides = [Event(*found) for found in outside(words, mentions) if found.value is not None]
    if not sides:
        return [None] * len(mentions)
    events = _without_asides(text, in_order(text, mentions, [side for side in sides if _is_side(text, side)]))
    forwards = list(_forwards(text, events))
    before = _sides(text, forwards, len(mentions), ends_clause=(SENTENCE_END, ";", ":", ",", "(", ")", "with"))
    mirrored = list(reversed(events))
    after = _sides(
        text, mirrored, len(mentions), ends_clause=(SENTENCE_END, ";", ":", ",", "(", ")", "with", "and", "or")
    )
    sided = [_nearer_side(first, second) for first, second in zip(before, after, strict=True)]
    return _with_nouns(text, mentions, sided)


def _is_side(text: str, side: Event) -> bool:
    return text[side.start : side.end].casefold() != "both" or _TWO_OF.match(text, side.end) is not None


def _joins_names(text: str, event: Event) -> bool:
    """Tell whether a "with" goes on about the same thing: "in the left femur, consistent with osteomyelitis"."""
    return event.what == "with" and _OF_FINDING.search(text[max(0, event.start - 12) : event.start]) is not None


def _forwards(text: str, events: Sequence[Event]) -> Iterator[Event]:
    """Yield what a side that stands first is carried past; a second "mass in ..." is a clause of its own."""
    start = 0  # of the sentence, or of what follows on its first words
    side: Event | None = None
    for event in events:
        if event.what in (SENTENCE_END, ":"):
            start, side = event.end, None
        elif isinstance(event.what, Laterality):
            side = event
        elif event.what == "," and _FRONTED.fullmatch(text, start, event.start):
            start = event.end
            continue
        if not _joins_names(text, event):
            yield event._replace(what=";") if _names_another_place(text, side, event) else event


def _names_another_place(text: str, side: Event | None, event: Event) -> bool:
    if side is None or event.what not in ("and", "or"):
        return False
    is_of_a_place = _IN.search(text[max(0, side.start - 12) : side.start]) is not None
    return is_of_a_place and _ANOTHER_PLACE.match(text, event.end) is not None


def _without_asides(text: str, events: Sequence[Event]) -> list[Event]:
    """Leave out the brackets around a few words that name no side."""
    asides = [match.span() for match in _ASIDE.finditer(text)]
    return [
        event
        for event in events
        if event.what not in ("(", ")", ",") or not any(start <= event.start < end for start, end in asides)
    ]


_Sided = tuple[int, Laterality] | None


def _sides(text: str, events: Sequence[Event], n: int, *, ends_clause: tuple[str, ...]) -> list[_Sided]:
    sided: list[_Sided] = [None] * n
    active: Event | None = None
    for event in events:
        what = event.what
        if isinstance(what, Laterality):
            active = event
        elif isinstance(what, int):
            sided[what] = _within_reach(text, active, event)
        elif what in ends_clause:
            active = None
    return sided


def _within_reach(text: str, side: Event | None, mention: Event) -> _Sided:
    if side is None or not isinstance(side.what, Laterality):
        return None
    start, end = sorted((mention, side))[0].end, sorted((mention, side))[1].start
    return (end - start, side.what) if end - start <= _SIDE_REACH and not _BESIDE.search(text, start, end) else None


def _nearer_side(before: _Sided, after: _Sided) -> Laterality | None:
    both = [sided for sided in (before, after) if sided is not None]
    return min(both, key=lambda sided: sided[0])[1] if both else None


def _with_nouns(text: str, mentions: Sequence[Mention], sided: Sequence[Laterality | None]) -> list[Laterality | None]:
    """Give adjectives the side of their noun."""
    told = list(sided)
    for i in reversed(range(len(told) - 1)):
        adjective = text[mentions[i].start : mentions[i].end].casefold().endswith(_ADJECTIVE_ENDINGS)
        if told[i] is None and adjective and _NOUN.fullmatch(text, mentions[i].end, mentions[i + 1].start):
            told[i] = told[i + 1]
    return told
