"""In which sequence or phase a finding was seen: "hyperintense on T2", "T1 image shows a mass with edema".

A sequence after a finding and "on" speaks of that finding; else it speaks of all findings after it in its sentence,
until another one comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from ingest.case import Attribute
from ingest.concepts.phrases import Found
from ingest.vocabulary import AttributeKind

KINDS_OF_IMAGE = frozenset({AttributeKind.SEQUENCE, AttributeKind.PHASE})
# Between a finding and the sequence in which it is seen; between two sequences of one list.
_SEEN_ON = re.compile(r"[^.;:()]{0,40}\b(?:on|in)\s+(?:(?:the|both|axial|coronal|sagittal|all)\s+)*", re.IGNORECASE)
_LISTED = re.compile(r"[\s,/&-]*(?:(?:and|or|images?|weighted|imaging|sequences?)[\s,/&-]*)*", re.IGNORECASE)
_MAX_GAP = 60  # characters


class _Said(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def attribute(self) -> Attribute: ...


def image_attributes(
    text: str, found: Sequence[Found], findings: Sequence[int], said: Sequence[_Said]
) -> Iterator[tuple[int, Attribute]]:
    """Yield the number of a finding with each sequence and phase that a sentence says of it."""
    for kind in sorted(KINDS_OF_IMAGE):
        groups = _lists(text, [one for one in said if one.attribute.kind is kind])
        active: Sequence[_Said] = ()
        number = 0
        told: dict[int, Sequence[_Said]] = {}
        for group in groups:
            start = group[0].start
            while number < len(findings) and found[findings[number]].start <= start:
                told[findings[number]] = active
                number += 1
            if number and _is_of(text, found[findings[number - 1]], start):
                told[findings[number - 1]] = group
            else:
                active = group
        told |= dict.fromkeys(findings[number:], active)
        for i, group in told.items():
            yield from ((i, one.attribute) for one in group)


def _lists(text: str, said: Sequence[_Said]) -> list[list[_Said]]:
    """Put together what is one list: "T2 and FLAIR images"."""
    groups: list[list[_Said]] = []
    for one in said:
        gap = text[groups[-1][-1].end : one.start] if groups else None
        if gap is not None and len(gap) <= _MAX_GAP and _LISTED.fullmatch(gap):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _is_of(text: str, finding: Found, start: int) -> bool:
    """Tell whether a sequence is part of the words of a finding, or where it is seen."""
    if start < finding.end:
        return True
    gap = text[finding.end : start]
    return len(gap) <= _MAX_GAP and _SEEN_ON.fullmatch(gap) is not None
