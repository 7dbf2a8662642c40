"""In which anatomy a finding is: the words for it in the same clause.

"Renal mass" and "mass in the left kidney" say it by their grammar; else it is what the clause is about ("the liver
contains several cysts", "Liver: several cysts"), else what the finding's own name holds ("pleural effusion").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ingest.annotation.sentences import sentence_ends
from ingest.concepts.lexicon import phrase_book, whole_and_parts
from ingest.concepts.phrases import Found, fold
from ingest.vocabulary import ConceptKind

_REACH = 70  # characters: "mass is seen in the superior segment of the left lower lobe"
_NOUN_PHRASE = 25  # characters: "enlarged right external iliac"
_IN = re.compile(
    r"\b(?:in|of|within|involving|at|on|along|throughout|to|(?:arising|originating) from|"
    r"over|inside|affecting|overlying|through)\s+"
    r"(?:[\w'/-]+\s+){0,4}$",
    re.IGNORECASE,
)
# What stands between a finding and a place that it is not in: beside it, or what it does to it.
_BESIDE = re.compile(
    r"[;:()]|\b(?:anterior|posterior|superior|inferior|lateral|medial)(?:ly)?\s+(?:to|of)\b|\b(?:with|without|adjacent|"
    r"near|abut\w*|next|extend\w*|extension|invad\w*|compress\w*|displac\w*|effac\w*|deviat\w*|away|distal|proximal|"
    r"separate|secondary|due|caus\w*|consistent|compatible|result\w*|between|demonstrat\w*|show\w*|reveal\w*|but|"
    r"spar\w*|levels? of|history|exam\w*|ct|mri?|images?|scans?)\b",
    re.IGNORECASE,
)
_VERB = re.compile(r"[,.;:()]|\b(?:is|are|was|were|has|have|in|of|with|and|or|on)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"[;()]|,(?!\s*(?:and|or|[\w-]+ly)\b)|\b(?:which|but|however|while|leading|causing|resulting)\b", re.IGNORECASE
)
_HEADING = re.compile(r"^\W*(?:[\w/-]+\s+){0,3}$")
_FRONTED = re.compile(r"^\W*(?:in|within|at|on|involving|along|throughout|of)\b[^,;]*$", re.IGNORECASE)


def places(text: str, found: Sequence[Found]) -> list[str | None]:
    """Return the concept id of the anatomy that each finding is in; None for what is no finding.

    `found` are the mentions of the text, from left to right.
    """
    ends = sentence_ends(text)
    said: list[str | None] = []
    before: Found | None = None  # the last anatomy
    first: Found | None = None  # of the sentence
    sentence = 0
    following = _next_anatomy(found)
    for item, after in zip(found, following, strict=True):
        while item.start >= ends[sentence]:
            sentence, before, first = sentence + 1, None, None
        start = ends[sentence - 1] if sentence else 0
        if _is(item, ConceptKind.ANATOMY):
            before, first = item, first or item
        if not _is(item, ConceptKind.FINDING):
            said.append(None)
            continue
        near = after if after is not None and after.start < ends[sentence] else None
        place = _by_grammar(text, item, before, near) or _by_clause(text, item, start, before, first)
        said.append(place or _in_name(text[item.start : item.end]))
    return said


def _next_anatomy(found: Sequence[Found]) -> list[Found | None]:
    """Return the first anatomy after each mention."""
    following: list[Found | None] = []
    anatomy: Found | None = None
    for item in reversed(found):
        following.append(anatomy)
        anatomy = item if _is(item, ConceptKind.ANATOMY) else anatomy
    return following[::-1]


def _by_grammar(text: str, finding: Found, before: Found | None, after: Found | None) -> str | None:
    gap = text[finding.end : after.start] if after is not None and after.start - finding.end <= _REACH else None
    is_in = gap is not None and _IN.search(gap) is not None and _BESIDE.search(gap) is None
    modified = before is not None and text[before.end : finding.start].strip(" -/") == ""
    if before is not None and modified and not (is_in and after and _is_part(after, before)):
        return before.value.concept_id
    if after is None or gap is None:
        return None
    if is_in or (len(gap) <= _NOUN_PHRASE and not _VERB.search(gap) and not _BESIDE.search(gap)):
        return after.value.concept_id
    return None


def _is_part(part: Found, whole: Found) -> bool:
    return part.value.concept_id in whole_and_parts(whole.value.concept_id)


def _by_clause(text: str, finding: Found, start: int, before: Found | None, first: Found | None) -> str | None:
    if before is not None and finding.start - before.end <= _REACH:
        gap = text[before.end : finding.start]
        if not (_CLAUSE_END.search(gap) or ":" in gap):
            return before.value.concept_id
    if first is not None and first.end <= finding.start:
        lead, rest = text[start : first.start], text[first.end : finding.start]
        headed = rest.lstrip().startswith(":") and _HEADING.match(lead)
        fronted = rest.lstrip().startswith(",") and _FRONTED.match(lead)
        if headed or fronted:
            return first.value.concept_id
    return None


@lru_cache(maxsize=2000)
def _in_name(words: str) -> str | None:
    """Return the anatomy that the name of a finding holds."""
    held = [item for item in phrase_book(frozenset({ConceptKind.ANATOMY})).find(fold(words)) if item.value]
    return held[0].value.concept_id if held else None


def _is(item: Found, kind: ConceptKind) -> bool:
    return item.value is not None and item.value.kind is kind
