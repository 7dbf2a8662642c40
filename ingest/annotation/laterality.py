"""On which side a finding is: the nearest word for a side in the same clause.

What is said once for several mentions is shared out by `ingest.annotation.shared_sides`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from ingest.annotation.events import SENTENCE_END, Event, Mention, in_order
from ingest.annotation.shared_sides import shared_sides
from ingest.annotation.side_words import CLAUSE_END, NO_FARTHER, side_words
from ingest.concepts.phrases import FoldedText
from ingest.vocabulary import Laterality

# "a mass in the left kidney and a cyst in the spleen": the side is that of the kidney alone.
_IN = re.compile(r"\b(?:in|within)\s+(?:the\s+)?$", re.IGNORECASE)
_ANOTHER_PLACE = re.compile(r"\s+(?:[\w-]+\s+){1,4}?(?:in|within)\s+(?!the\s+same\b)", re.IGNORECASE)
# "In the left femur, there is edema": what the sentence begins with holds for what follows.
_FRONTED = re.compile(
    r"\s*(?:[-•*]\s*)?(?:bilaterally|(?:in|within|at|on|involving|along)\b(?:(?!\bwith\b)[^,.;:()])*)", re.IGNORECASE
)
# "reduced attenuation (darker) in the left frontal lobe", "a mass, measuring 3 cm, in the left lung"
_ASIDE = re.compile(
    r"\((?![^)]{0,20}\b(?:left|right|both|bilateral\w*)\b)[^()]{1,20}\)|"
    r",\s*(?:measuring|likely|probably|possibly|presumably|approximately|best|seen)\b[^,;:().]{1,40},",
    re.IGNORECASE,
)
_OF_FINDING = re.compile(r"\b(?:consistent|compatible)\s+$", re.IGNORECASE)
# "in the right vertebral artery, consistent with a hematoma": another name of what was seen there.
_NAMED_AGAIN = re.compile(
    r",\s*(?:(?:most|also|again|and|likely|overall|all)\s+)*(?:(?:consistent|compatible)\s+with|representing|confirming)\b",
    re.IGNORECASE,
)
# "hypointense mass with an irregular contour in the left angle": what has the contour is there.
_WITH_ITS_OWN = re.compile(
    r"with\s+(?:[\w-]+\s+){0,4}(?:contours?|margins?|borders?|rims?|calcifications?|enhancement|sclerosis|necrosis|"
    r"septations?|septa|air|fat|pockets?|components?|foci|center|edema)\s+(?:seen\s+|noted\s+)?"
    r"(?:in|within|at|occupying|involving|arising|emanating|originating)\b",
    re.IGNORECASE,
)
# "in the cortical and white matter regions of the left frontal lobe", "swelling and pain in the right ankle"
_ONE_OF_A_PLACE = re.compile(
    r"and\s+(?!(?:a|an|the)\s)(?:(?:[\w-]+\s+){1,4}of|(?:[\w-]+\s+){0,2}(?:pain|tenderness)\s+(?:in|over|at|around))\s+"
    r"(?:(?:the|his|her)\s+)?(?:left|right|both)\b|(?<=\bfrom )and\s+\w+\s+(?:the\s+)?(?:left|right)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\s*(?:(?!(?:a|an|the|no|another|two|few|several|in|of|with|at|on)\b)[\w-]+\s+){0,2}", re.IGNORECASE
)
# ", right occipital lobe." and "(left breast)": nothing follows but the place.
_PUT_AFTER = re.compile(
    r"[,(]\s*(?:(?:in|on|at|within|involving|overlying|eccentric to)\s+)?(?:the\s+)?"
    r"(?:left|right|both|bilateral(?:ly)?|L\s?>{1,2}\s?R|R\s?>{1,2}\s?L)\b"
    r"(?:\s+(?!(?:is|are|was|were|has|have|had|and|with|clear|normal|image)\b)[\w-]+){0,4}\s*(?:[.;)\n]|,?\s*with\b|$)",
    re.IGNORECASE,
)
_ONE_OF_THEM = re.compile(r",\s*one\s+(?:is\s+)?(?:in|on|at|within|of)\b", re.IGNORECASE)
# What a finding is not at, though a side of it is named: "extends to the left apex", "separate from the right kidney".
_BESIDE = re.compile(
    r"\b(?:extend\w*(?!\s+along\b|\s+from\b(?!.*\bto\b))|separate\w*|secondary|due to|displac\w*|abut\w*|which|spar\w*|"
    r"away|toward\w*|compress\w*|encas\w*|push\w*|shift\w*|deviat\w*|distal to|proximal to|evaluat\w*|contribut\w*|"
    r"present(?:s|ed|ing)|admitted|underwent|referred)\b",
    re.IGNORECASE,
)
# "The vein of Galen and the left sinus are dilated": the side is that of one of them.
_LAST_OF_LIST = re.compile(r"\band\s+(?:(?:the|a|an|dominant|mid|distal|proximal)\s+){0,2}$", re.IGNORECASE)
_OF_ALL = re.compile(r"\b(?:are|were|appear)\b", re.IGNORECASE)
_VERB = re.compile(r"\b(?:is|are|was|were)\b", re.IGNORECASE)
# What lies in the midline has no side but its own, or the one to which it goes: "midline shift to the left".
_MIDLINE = re.compile(r"midline|mediastin|pericard|peritone|cardiomegal|dextrocard|hydrocephal", re.IGNORECASE)
_DIRECTION = re.compile(r"\b(?:to|toward|towards)\s+(?:the\s+)?$", re.IGNORECASE)
_TOWARDS = re.compile(r"\b(?:to|into|toward|towards|through)$", re.IGNORECASE)
# "Aberrant left subclavian artery": a side that is part of the name; that of a chamber of the heart is none.
_IN_NAME = re.compile(r"\b(left|right)\b(?!\s+(?:ventric|atri|heart|shift))", re.IGNORECASE)
_SIDE_REACH = 70  # characters: "is seen in the superior segment and the medial basal part of the left lower lobe"
_CLAUSE_ENDS = frozenset({SENTENCE_END, CLAUSE_END, ":", ",", "(", ")"})


def lateralities(text: str, folded: FoldedText, mentions: Sequence[Mention]) -> list[Laterality | None]:
    """Return the side of each mention: the nearest word for a side in the same clause, before it or after it."""
    named = [None if mention.is_place else _in_name(text, mention) for mention in mentions]
    sides, boundaries = side_words(text, folded, mentions)
    if not sides:
        return named
    events = _without_asides(text, in_order(text, mentions, [*sides, *boundaries]))
    before = _sides(
        text, list(_forwards(text, mentions, events)), len(mentions), ends_clause=_CLAUSE_ENDS | {"with", NO_FARTHER}
    )
    after = _sides(
        text, list(_backwards(text, mentions, events)), len(mentions), ends_clause=_CLAUSE_ENDS | {"with", "and", "or"}
    )
    chosen = [_chosen(text, *of_one) for of_one in zip(mentions, before, after, strict=True)]
    told = shared_sides(text, mentions, sides, chosen)
    return [
        own or (None if nearest is None and _is_of_midline(text, mention) else side)
        for own, nearest, side, mention in zip(named, chosen, told, mentions, strict=True)
    ]


def _is_of_midline(text: str, mention: Mention) -> bool:
    return _MIDLINE.search(text, mention.start, mention.end) is not None


def _in_name(text: str, mention: Mention) -> Laterality | None:
    side = _IN_NAME.search(text, mention.start, mention.end)
    return Laterality(side.group(1).casefold()) if side is not None else None


def _joins_names(text: str, event: Event) -> bool:
    """Tell whether a word goes on about the same thing: "in the left femur, consistent with osteomyelitis"."""
    if event.what == ",":
        return _NAMED_AGAIN.match(text, event.start) is not None
    return event.what == "with" and _OF_FINDING.search(text[max(0, event.start - 12) : event.start]) is not None


def _forwards(text: str, mentions: Sequence[Mention], events: Sequence[Event]) -> Iterator[Event]:
    """Yield what a side that stands first is carried past; a second "mass in ..." is a clause of its own."""
    start = 0  # of the sentence, or of what follows on its first words
    side: Event | None = None
    of_place = True  # no finding was named since the clause began
    for event in events:
        if event.what == NO_FARTHER:
            of_place = False
        elif event.what in _CLAUSE_ENDS:
            of_place = True
        elif _is_finding(mentions, event):
            of_place = False
        if event.what in (SENTENCE_END, ":"):
            start, side = event.end, None
        elif isinstance(event.what, Laterality):
            side = event
        elif event.what == "," and _FRONTED.fullmatch(text, start, event.start):
            start = event.end
            continue
        if not (_joins_names(text, event) or (event.what == "with" and of_place)):
            yield event._replace(what=CLAUSE_END) if _names_another_place(text, side, event) else event


def _names_another_place(text: str, side: Event | None, event: Event) -> bool:
    if side is None or event.what not in ("and", "or"):
        return False
    is_of_a_place = _IN.search(text[max(0, side.start - 12) : side.start]) is not None
    return is_of_a_place and _ANOTHER_PLACE.match(text, event.end) is not None


def _backwards(text: str, mentions: Sequence[Mention], events: Sequence[Event]) -> Iterator[Event]:
    """Yield, from right to left, what a side that stands last is carried past."""
    for i in reversed(range(len(events))):
        what = events[i].what
        if what in (",", "("):
            passed = _ONE_OF_THEM.match(text, events[i].start) is not None or _is_put_after(text, mentions, events, i)
        elif what == "with":
            passed = _WITH_ITS_OWN.match(text, events[i].start) is not None
        else:
            passed = what in ("and", "or") and _joins_one(text, mentions, events, i)
        if not passed:
            yield events[i]


def _is_put_after(text: str, mentions: Sequence[Mention], events: Sequence[Event], i: int) -> bool:
    """Tell whether nothing but a place follows: "hematoma, right occipital lobe"."""
    place = _PUT_AFTER.match(text, events[i].start)
    if place is None:
        return False
    inside = takewhile(lambda event: event.start < place.end(), islice(events, i + 1, None))
    return not any(_is_finding(mentions, event) for event in inside)


def _joins_one(text: str, mentions: Sequence[Mention], events: Sequence[Event], i: int) -> bool:
    """Tell whether "and" joins two findings, or two parts, of one place: "swelling and edema of the left lobe"."""
    joined = events[i + 1] if i + 1 < len(events) else None
    if joined is None or not _is_finding(mentions, joined):
        return _ONE_OF_A_PLACE.match(text, events[i].start) is not None
    first = events[i - 1]
    if i == 0 or not _is_finding(mentions, first) or text[first.end : events[i].start].strip():
        return False
    if i > 1 and _is_place(mentions, events[i - 2]) and not text[events[i - 2].end : first.start].strip():
        return False  # "renal mass and ...": the first has a place of its own
    return _BARE.fullmatch(text, events[i].end, joined.start) is not None


def _is_finding(mentions: Sequence[Mention], event: Event) -> bool:
    return isinstance(event.what, int) and not (mentions[event.what].is_place or mentions[event.what].only_near)


def _is_place(mentions: Sequence[Mention], event: Event) -> bool:
    return isinstance(event.what, int) and mentions[event.what].is_place


def _without_asides(text: str, events: Sequence[Event]) -> list[Event]:
    """Leave out the brackets and commas around a few words that name no side."""
    asides = [match.span() for match in _ASIDE.finditer(text)]
    return [
        event
        for event in events
        if event.what not in ("(", ")", ",") or not any(start <= event.start < end for start, end in asides)
    ]


def _sides(text: str, events: Sequence[Event], n: int, *, ends_clause: frozenset[str]) -> list[Event | None]:
    sided: list[Event | None] = [None] * n
    active: Event | None = None
    for event in events:
        what = event.what
        if isinstance(what, Laterality):
            active = event
        elif isinstance(what, int):
            sided[what] = active if active is not None and _within_reach(text, active, event) else None
        elif what in ends_clause:
            active = None
    return sided


def _within_reach(text: str, side: Event, mention: Event) -> bool:
    start, end = (side.end, mention.start) if side.start < mention.start else (mention.end, side.start)
    if end - start > _SIDE_REACH or _BESIDE.search(text, start, end):
        return False
    of_all = side.start < mention.start and _OF_ALL.search(text, start, end)
    of_one = of_all and _LAST_OF_LIST.search(text[max(0, side.start - 25) : side.start])
    return not of_one or _VERB.search(text[max(0, side.start - 60) : side.start]) is not None


def _chosen(text: str, mention: Mention, before: Event | None, after: Event | None) -> Event | None:
    """Return the nearer side; of what goes somewhere the one to which it goes."""
    if _is_of_midline(text, mention):
        if after is not None and _DIRECTION.search(text[mention.end : after.start]):
            return after
        return before if before is not None and mention.start - before.end <= 1 else None
    if before is None or after is None or _TOWARDS.search(text[mention.start : mention.end]):
        return after or before
    return before if mention.start - before.end <= after.start - mention.end else after
