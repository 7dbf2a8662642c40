"""Sides that are said once for several mentions: by the noun, by two places, by what an image is of, by a heading."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.annotation.events import Event, Mention
from ingest.annotation.sentences import sentence_ends
from ingest.vocabulary import Laterality

# Between an adjective and the noun whose side it shares: "a hyperdense, heterogeneous mass on the left".
_NOUN = re.compile(
    r"[\s,-]*(?:(?:heterogen\w+|homogen\w+|cystic|solid|large|small|focal|round\w*|oval|lobulated|[\w-]+defined|and|"
    r"minimally|mildly)[\s,-]+)*",
    re.IGNORECASE,
)
_ADJECTIVE_ENDINGS = ("dense", "intense", "density", "intensity", "attenuation", "ing", "ic", "ed", "al", "ous", "ent")
# "a fluid collection in the right flank, ..., consistent with an abscess"
_NAMED_AGAIN = re.compile(
    r"[\s,]*(?:[\w-]+\s+){0,2}?(?:(?:consistent|compatible)\s+with|representing)\s+(?:[\w-]+\s+){0,4}", re.IGNORECASE
)
# "right lower lobe and left upper lobe"
_TWO_PLACES = re.compile(
    r"(?!.*\b(?:is|are|was|were|has|have|had|with)\b)[^,;:()]*?\b(?:and|&)\s+(?:(?:in|of|on|at|within)\s+)?(?:the\s+)?",
    re.IGNORECASE,
)
# "two masses, one in the left lung and the other in the right lung"
_ONE_OF_TWO = re.compile(r"\bone\s+(?:is\s+)?(?:in|on|at|within|of)\s+(?:the\s+)?(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
_THE_OTHER = re.compile(r"\b(?:second|other|another|one)\b(?:\s+[\w-]+){0,4}\s+$", re.IGNORECASE)
_MAX_BETWEEN = 80  # characters
_TO_THE_HEAD = re.compile(r"\s+(?:(?!(?:in|of|with|and|or|is|are|was|were)\b)[\w-]+\s+){0,4}", re.IGNORECASE)
# "Sagittal MR image of the left knee shows": all that it shows is there.
_SHOWS = re.compile(
    r"\b(?:show|demonstrat|reveal|confirm|depict|display|exhibit|document)(?:s|es|ed|ing|e)?\b", re.IGNORECASE
)
_IMAGE_OF = re.compile(
    r"\b(?:images?|imaging|radiographs?|views?|films?|mri?|mra|ct|cta|ultrasound|sonogram|angiograms?|scans?|x-?rays?|"
    r"sections?|mammograms?|study|studies|exam\w*|palpation)(?:\s+[\w-]+){0,3}\s+(?<!\blevel )(?:of|through|over)\s+"
    r"(?:(?!level\b)[\w-]+\s+){0,6}$",
    re.IGNORECASE,
)
# "Right carotid angiogram shows"
_OF_EXAM = re.compile(
    r"\s+(?:[\w-]+\s+){1,3}?(?:angiograms?|angiography|radiographs?|mri?|mra|cta?|mammograms?|arthrograms?|ultrasound|"
    r"venograms?|x-?rays?|films?)\s+$",
    re.IGNORECASE,
)
# "The right kidney shows a mass, hydronephrosis and a cyst"
_SUBJECT = re.compile(r"\W*(?:(?:the|a|an|his|her)\s+)?", re.IGNORECASE)
_HAS = re.compile(r"\s+(?:(?!(?:is|are|was|were|with|and|in|of)\b)[\w-]+\s+){1,3}$", re.IGNORECASE)
_NEW_CLAUSE = re.compile(r";|\b(?:there|but|while|whereas|however)\b", re.IGNORECASE)
# "Right kidney:", "Left temporal bone -"
_HEADING_END = re.compile(r":|\s[-\u2013\u2014]+\s")
_HEADING = re.compile(r"\W*(?:\d+[.)]\s*)?(?:[\w/-]+\s+){0,2}", re.IGNORECASE)
_MAX_HEADING = 45  # characters


def shared_sides(
    text: str, mentions: Sequence[Mention], sides: Sequence[Event], chosen: Sequence[Event | None]
) -> list[Laterality | None]:
    """Return the side of each mention, given the word for a side that is nearest to each."""
    told: list[Laterality | None] = [side.what if side is not None else None for side in chosen]
    _tell_of_both(text, mentions, sides, chosen, told)
    _tell_adjectives(text, mentions, told)
    _tell_names(text, mentions, told)
    _tell_by_scope(text, mentions, sides, told)
    return told


def _tell_of_both(
    text: str,
    mentions: Sequence[Mention],
    sides: Sequence[Event],
    chosen: Sequence[Event | None],
    told: list[Laterality | None],
) -> None:
    """Tell a finding of two places that it is on both sides: "opacities in the right base and the left apex"."""
    findings = [mention for mention in mentions if not mention.is_place]
    starts = [finding.start for finding in findings]
    of_side: defaultdict[int, list[int]] = defaultdict(list)
    for i, side in enumerate(chosen):
        if side is not None and not mentions[i].is_place:
            of_side[side.start].append(i)
    for first, last in pairwise(sides):
        at = bisect_right(starts, last.start)
        if bisect_right(starts, first.start) != at or not _are_two_places(text, first, last):
            continue  # a finding stands between them
        before = [i for i in of_side[first.start] if mentions[i].start < first.start]
        after = [i for i in of_side[last.start] if mentions[i].start > last.start]
        of_two = before and _has_head(text, findings[at : at + 1], last)
        for i in [] if of_two else before + after:
            told[i] = Laterality.BILATERAL


def _are_two_places(text: str, first: Event, last: Event) -> bool:
    if {first.what, last.what} != {Laterality.LEFT, Laterality.RIGHT} or last.start - first.end > _MAX_BETWEEN:
        return False
    one_and_the_other = _ONE_OF_TWO.search(text[max(0, first.start - 40) : first.start]) and _THE_OTHER.search(
        text[first.end : last.start]
    )
    return bool(one_and_the_other) or _TWO_PLACES.fullmatch(text, first.end, last.start) is not None


def _has_head(text: str, following: Sequence[Mention], side: Event) -> bool:
    """Tell whether a side is that of a finding after it: the cyst of "mass in the right kidney and left renal cyst"."""
    return any(_TO_THE_HEAD.fullmatch(text, side.end, finding.start) for finding in following)


def _tell_adjectives(text: str, mentions: Sequence[Mention], told: list[Laterality | None]) -> None:
    """Give adjectives the side of their noun."""
    for i in reversed(range(len(told) - 1)):
        adjective = text[mentions[i].start : mentions[i].end].casefold().endswith(_ADJECTIVE_ENDINGS)
        if told[i] is None and adjective and _joined_by(_NOUN, text, mentions[i], mentions[i + 1]):
            told[i] = told[i + 1]


def _tell_names(text: str, mentions: Sequence[Mention], told: list[Laterality | None]) -> None:
    """Give another name of a finding the side of the finding."""
    for i in range(1, len(told)):
        if told[i] is None and _joined_by(_NAMED_AGAIN, text, mentions[i - 1], mentions[i]):
            told[i] = told[i - 1]


def _joined_by(words: re.Pattern[str], text: str, first: Mention, second: Mention) -> bool:
    near = second.start - first.end <= _MAX_BETWEEN
    return near and words.fullmatch(text, first.end, second.start) is not None


def _tell_by_scope(
    text: str, mentions: Sequence[Mention], sides: Sequence[Event], told: list[Laterality | None]
) -> None:
    """Give what has no side the one that a heading or the subject of an image says for the sentence."""
    ends = sentence_ends(text)
    scopes: dict[int, _Scope | None] = {}
    for number, of_sentence in _by_sentence(sides, ends).items():
        scopes[number] = _scope(text, ends[number - 1] if number else 0, ends[number], of_sentence)
    for i, mention in enumerate(mentions):
        scope = scopes.get(bisect_right(ends, mention.start))
        if told[i] is None and scope is not None and scope.start <= mention.start < scope.end:
            told[i] = scope.side


def _by_sentence(sides: Sequence[Event], ends: Sequence[int]) -> dict[int, list[Event]]:
    grouped: dict[int, list[Event]] = {}
    for side in sides:
        grouped.setdefault(bisect_right(ends, side.start), []).append(side)
    return grouped


class _Scope(NamedTuple):
    """The part of a sentence that is about one side."""

    start: int
    end: int
    side: Laterality


def _scope(text: str, start: int, end: int, sides: Sequence[Event]) -> _Scope | None:
    """Return the part of a sentence that is about one side; None where it names two."""
    first = sides[0]
    if len({side.what for side in sides}) > 1:
        return None
    heading = _HEADING_END.search(text, first.end, min(end, start + _MAX_HEADING))
    if heading is not None and _HEADING.fullmatch(text, start, first.start):
        return _Scope(heading.end(), end, first.what)
    shows = _SHOWS.search(text, first.end, end)
    if shows is None:
        return None
    is_of_image = _IMAGE_OF.search(text[max(start, first.start - 80) : first.start])
    if is_of_image or _OF_EXAM.fullmatch(text, first.end, shows.start()):
        return _Scope(shows.end(), end, first.what)
    if _SUBJECT.fullmatch(text, start, first.start) and _HAS.fullmatch(text, first.end, shows.start()):
        clause_end = _NEW_CLAUSE.search(text, shows.end(), end)
        return _Scope(shows.end(), clause_end.start() if clause_end is not None else end, first.what)
    return None
