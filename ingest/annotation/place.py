"""In which anatomy a finding is: the words for it in the same clause.

"Renal mass" and "mass in the left kidney" say it by their grammar; else it is what the clause is about ("the liver
contains several cysts", "Liver: several cysts"), else what the finding's own name holds ("pleural effusion").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.annotation.sentences import sentence_ends
from ingest.concepts.lexicon import phrase_book, whole_and_parts
from ingest.concepts.phrases import Found, fold
from ingest.vocabulary import ConceptKind

_REACH = 70  # characters: "mass is seen in the superior segment of the left lower lobe"
_NOUN_PHRASE = 25  # characters: "enlarged right external iliac"
_IN = re.compile(
    r"\b(?:in|of|within|involving|at|on|along|throughout|to|(?:arising|originating|descending|projecting) from|"
    r"over|inside|affecting|overlying|through)\s+"
    r"(?:[\w'/-]+\s+){0,4}$",
    re.IGNORECASE,
)
# What stands between a finding and a place that it is not in: beside it, or what it does to it.
_BESIDE = re.compile(
    r"[;:()]|\b(?:anterior|posterior|superior|inferior|lateral|medial)(?:ly)?\s+(?:to|of)\b|\b(?:with|without|adjacent|"
    r"near|abut\w*|next|extend\w*|extension|invad\w*|compress\w*|displac\w*|effac\w*|deviat\w*|away|distal|proximal|"
    r"separate|secondary|due|caus\w*|consistent|compatible|result\w*|between|demonstrat\w*|show\w*|reveal\w*|but|"
    r"spar\w*|levels? of|history|exam\w*|ct|mri?|images?|scans?|similar|contact)\b|,\s*(?:no|nor|without|normal)\b",
    re.IGNORECASE,
)
_VERB = re.compile(r"[,.;:()]|\b(?:is|are|was|were|has|have|in|of|with|and|or|on|from)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"[;()]|,(?!\s*(?:and|or|[\w-]+ly)\b)|\b(?:which|but|however|while|leading|causing|resulting|generating|"
    r"in addition)\b|\band\s+(?:he|she|there|it)\b",
    re.IGNORECASE,
)
# Between two findings of one place: "narrowing and thickening of the colon", "enhancement of the mass in the liver".
_OF_ONE_PLACE = re.compile(
    r"[\s,/-]*(?:(?:and|or)\s+)?(?:(?!(?:a|an|the|no|in|of|at|on|by|to|is|are|was|were|has|have|with|from)\b)"
    r"\w[\w.'-]*[\s,/]+){0,3}|\s+of\s+(?:(?:the|this|a|an)\s+)?(?:(?!(?:and|or)\b)[\w-]+\s+){0,2}",
    re.IGNORECASE,
)
# "Extension into the liver": it goes to what follows, wherever it begins.
_TOWARDS = re.compile(r"\b(?:to|into|through|across)$", re.IGNORECASE)
_WHERE_TO = re.compile(r"\s+(?:(?!(?:and|or|with|is|are|was|were|from)\b)[\w'/-]+\s+){0,8}", re.IGNORECASE)
# An anatomy that only tells what something else is near to, or what the image was made of.
_NEIGHBOUR = re.compile(
    r"\b(?:(?:adjacent|next|close|anterior|posterior|superior|inferior|lateral|medial|proximal|distal|similar|compared)\s+"
    r"(?:to|with)|near|abutting|beneath|behind|between|like|levels?\s+of)\s+(?:[\w-]+\s+){0,3}$",
    re.IGNORECASE,
)
_OF_THE_IMAGE = re.compile(
    r"\s*-\s*like\b|\s+(?:windows?|contrast|scans?|scintigraphy|algorithm|kernel|settings?)\b", re.IGNORECASE
)
# "The medial head of the muscle", "optic nerve head": part of something else than the head of a person.
_ANOTHER_HEAD = re.compile(r"\b(?:medial|lateral|radial|ulnar|short|long|nerve|medusa)\s+$", re.IGNORECASE)
_HEAD_OF = re.compile(r"\s+of\s+(?:the|a)\b", re.IGNORECASE)
# "isointense to muscle": a measure, not a place.
_BRIGHTNESS = re.compile(r"(?:intense|dense|echoic|intensity|density|signal|attenuation|attenuating)$", re.IGNORECASE)
_MEASURED_AGAINST = re.compile(r"\s+(?:(?:as\s+)?(?:relative|compared|similar|equal)\s+)?(?:to|with)\b", re.IGNORECASE)
# "a mass in the left kidney and a cyst": the second may be anywhere.
_AND_ANOTHER = re.compile(
    r"\s*,?\s*(?:and|or)\s+(?:(?!(?:is|are|was|were|has|have|shows?|contains?|associated)\b)[\w-]+[\s,]+){0,4}",
    re.IGNORECASE,
)
_AFTER_PREPOSITION = re.compile(r"\b(?:in|of|within|at|on|involving)\s+(?:[\w'-]+\s+){0,3}$", re.IGNORECASE)
# "displacement of the fissure": of something that the lexicon may not know.
_OF_SOMETHING = re.compile(r"\s+of\s+(?!(?:vary\w*|various|different|unknown|uncertain)\b)", re.IGNORECASE)
_SOMETHING = 40  # characters: "of the distal common hepatic"
_BEFORE = 45  # characters: "posterior to the proximal left"
# "Soft tissue mass": what it is made of, not where it is.
_TISSUES = frozenset(
    f"anatomy:{name}"
    for name in ("soft-tissue", "bone", "bone-marrow", "white-matter", "gray-matter", "muscle", "skin", "lymph-node")
)
_HEADING = re.compile(r"^\W*(?:[\w/-]+\s+){0,3}$")
_FRONTED = re.compile(r"^\W*(?:in|within|at|on|involving|along|throughout|of)\b[^,;]*$", re.IGNORECASE)


def places(text: str, found: Sequence[Found]) -> list[str | None]:
    """Return the concept id of the anatomy that each finding is in; None for what is no finding.

    `found` are the mentions of the text, from left to right.
    """
    ends = sentence_ends(text)
    said: list[str | None] = []
    sentence, around = 0, _Around()
    found = [item._replace(value=None) if _is_another_head(text, item) else item for item in found]
    anatomy = _following(found, ConceptKind.ANATOMY)
    findings = _following(found, ConceptKind.FINDING)
    for i, item in enumerate(found):
        while item.start >= ends[sentence]:
            sentence, around = sentence + 1, _Around(start=ends[sentence])
        if _is(item, ConceptKind.ANATOMY):
            around = around._replace(before=item, first=around.first or item, is_second=around.has_finding)
        if not _is(item, ConceptKind.FINDING):
            said.append(None)
            continue
        end = ends[sentence]
        here = around._replace(after=_within(anatomy[i], end), next_finding=_within(findings[i], end))
        said.append(_place(text, item, here))
        around = around._replace(has_finding=True)
    return said


def _is_another_head(text: str, item: Found) -> bool:
    if not _is(item, ConceptKind.ANATOMY) or text[item.start : item.end].casefold() != "head":
        return False
    named = _ANOTHER_HEAD.search(text[max(0, item.start - _BEFORE) : item.start])
    return named is not None or _HEAD_OF.match(text, item.end) is not None


class _Around(NamedTuple):
    """What stands around a finding in its sentence."""

    start: int = 0  # of the sentence
    first: Found | None = None  # anatomy
    before: Found | None = None  # the last anatomy
    after: Found | None = None  # the next anatomy
    next_finding: Found | None = None
    has_finding: bool = False
    is_second: bool = False  # a finding stands before the last anatomy


def _within(item: Found | None, end: int) -> Found | None:
    return item if item is not None and item.start < end else None


def _following(found: Sequence[Found], kind: ConceptKind) -> list[Found | None]:
    """Return the first concept of a kind after each mention."""
    following: list[Found | None] = []
    last: Found | None = None
    for item in reversed(found):
        following.append(last)
        last = item if _is(item, kind) else last
    return following[::-1]


def _place(text: str, finding: Found, around: _Around) -> str | None:
    name = text[finding.start : finding.end]
    if "midline shift" in name.casefold():
        return None
    if _TOWARDS.search(name):
        return _where_to(text, finding, around.after)
    place = _by_grammar(text, finding, around)
    if place is not None:
        return place
    own = _in_name(name)
    if own is not None and own not in _TISSUES:
        return own
    return _by_clause(text, finding, around) or own


def _where_to(text: str, finding: Found, after: Found | None) -> str | None:
    goes_there = after is not None and _WHERE_TO.fullmatch(text, finding.end, after.start)
    return after.value.concept_id if after is not None and goes_there else None


def _by_grammar(text: str, finding: Found, around: _Around) -> str | None:
    before, after = around.before, around.after
    gap = _gap(text, finding, around)
    is_in = gap is not None and _IN.search(gap) is not None and _BESIDE.search(gap) is None
    modified = before is not None and text[before.end : finding.start].strip(" -/") == ""
    if before is not None and modified and not (is_in and after and _is_part(after, before)):
        return before.value.concept_id
    if after is None or gap is None:
        return None
    if is_in or (len(gap) <= _NOUN_PHRASE and not _VERB.search(gap) and not _BESIDE.search(gap)):
        return after.value.concept_id
    return None


def _gap(text: str, finding: Found, around: _Around) -> str | None:
    """Return the words between a finding and the next anatomy; None where they do not speak of it."""
    after = around.after
    if after is None or after.start - finding.end > _REACH or not _of_one_place(text, finding, around):
        return None
    is_bright = _BRIGHTNESS.search(text[finding.start : finding.end])
    return None if is_bright and _MEASURED_AGAINST.match(text, finding.end) else text[finding.end : after.start]


def _of_one_place(text: str, finding: Found, around: _Around) -> bool:
    """Tell whether what follows the next finding may speak of this one too."""
    other = around.next_finding
    if other is None or around.after is None or other.start > around.after.start:
        return True
    return _OF_ONE_PLACE.fullmatch(text, finding.end, other.start) is not None


def _is_part(part: Found, whole: Found) -> bool:
    return part.value.concept_id in whole_and_parts(whole.value.concept_id)


def _by_clause(text: str, finding: Found, around: _Around) -> str | None:
    before, first = around.before, around.first
    near = before is not None and finding.start - before.end <= _REACH
    if before is not None and near and _holds_on(text, finding, around, before):
        return before.value.concept_id
    if first is not None and first.end <= finding.start:
        lead, rest = text[around.start : first.start], text[first.end : finding.start]
        headed = rest.lstrip().startswith(":") and _HEADING.match(lead)
        fronted = rest.lstrip().startswith(",") and _FRONTED.match(lead)
        if headed or fronted:
            return first.value.concept_id
    return None


def _is_of_something(text: str, finding: Found, other: Found | None) -> bool:
    """Tell whether a finding is of a thing without a name in the lexicon."""
    preposition = _OF_SOMETHING.match(text, finding.end)
    return preposition is not None and (other is None or other.start - preposition.end() > _SOMETHING)


def _holds_on(text: str, finding: Found, around: _Around, before: Found) -> bool:
    """Tell whether the clause is still about an anatomy where the finding is named."""
    gap, lead = text[before.end : finding.start], text[max(around.start, before.start - _BEFORE) : before.start]
    if _CLAUSE_END.search(gap) or ":" in gap or _NEIGHBOUR.search(lead) or _OF_THE_IMAGE.match(gap):
        return False
    if _is_of_something(text, finding, around.next_finding):
        return False
    is_another = around.is_second and _AFTER_PREPOSITION.search(lead) and _AND_ANOTHER.fullmatch(gap)
    return not is_another


@lru_cache(maxsize=2000)
def _in_name(words: str) -> str | None:
    """Return the anatomy that the name of a finding holds."""
    held = [item for item in phrase_book(frozenset({ConceptKind.ANATOMY})).find(fold(words)) if item.value]
    return held[0].value.concept_id if held else None


def _is(item: Found, kind: ConceptKind) -> bool:
    return item.value is not None and item.value.kind is kind
