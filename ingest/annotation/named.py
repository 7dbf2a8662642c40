"""Phrases of the lexicon that name no concept where they stand: in an address, a protocol, the name of a clinic."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from ingest.concepts.phrases import Found

_WORD = re.compile(r"\S+")
_ADDRESS = re.compile(r"://|^\W*www\.|\.(?:com|org|edu|gov|net|mil|html?|aspx?|php|pdf)\b", re.IGNORECASE)
# "PE protocol", "cancer screening", "surgery consult": what follows says what it is.
_OF_SOMETHING_ELSE = re.compile(
    r"[\s-]+(?:protocol|screening|board|cent(?:er|re)|registry|society|association|foundation|clinic|consult|"
    r"consultation|service|department|team|specialist|residency)s?\b",
    re.IGNORECASE,
)
# "consult general surgery", "seen by plastic surgery": a department, not an operation.
_ASKED = re.compile(
    r"\b(?:consult(?:s|ed|ing|ation)?(?:\s+(?:to|with|from|by))?|referr(?:ed|al)\s+to|"
    r"(?:seen|evaluated|operated on)\s+by|"
    r"department of|journal of)\s+(?:the\s+)?(?:(?:general|vascular|plastic|thoracic|cardiac|pediatric|trauma|oral|"
    r"orthop\w{4,7}|cardiothoracic|neurological)\s+)*$",
    re.IGNORECASE,
)
_LOOKED_BACK = 60  # characters: "referral to the general thoracic"


def naming(text: str, found: Iterable[Found]) -> list[Found]:
    """Leave out what names something else than a concept of the patient."""
    addresses = [word.span() for word in _WORD.finditer(text) if _is_address(word.group())]
    return [item for item in found if not (_is_other(text, item) or _lies_in(item, addresses))]


def _is_address(word: str) -> bool:
    return ("." in word or ":" in word) and _ADDRESS.search(word) is not None  # most words have neither


def _is_other(text: str, item: Found) -> bool:
    if _OF_SOMETHING_ELSE.match(text, item.end):
        return True
    return _ASKED.search(text[max(0, item.start - _LOOKED_BACK) : item.start]) is not None


def _lies_in(item: Found, spans: Sequence[tuple[int, float]]) -> bool:
    nearest = bisect_right(spans, (item.start, math.inf)) - 1
    return nearest >= 0 and item.start < spans[nearest][1]
