"""Where the sentences of an article end: at a full stop before a capital, and not after "Fig.", "et al." or "Dr."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.sources.pmc.article import Span

_END = re.compile(r"[.!?][\"”’)\]]*(?=\s+[\"“‘(\[]?[A-Z0-9]|\s*$)|\n+")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[])(?:figs?|tab|no|nos|dr|mr|mrs|ms|prof|st|vs|cf|ca|approx|resp|al|e\.g|i\.e|ref|refs|eq|vol|[A-Z])\.$",
    re.IGNORECASE,
)


def sentences_of(text: str, span: Span) -> Iterator[Span]:
    """Yield the sentences of a piece of a text, without the blanks around them."""
    start = span.start
    for found in _END.finditer(text, *span):
        if _ABBREVIATION.search(text[max(start, found.end() - 10) : found.end()]) and found.end() < span.end:
            continue
        yield from _trimmed(text, start, found.end())
        start = found.end()
    yield from _trimmed(text, start, span.end)


def sentence_around(text: str, block: Span, place: Span) -> Span:
    """Return the sentence of a block that a place lies in."""
    return next((one for one in sentences_of(text, block) if one.start <= place.start < one.end), block)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if stripped := piece.strip():
        first = start + len(piece) - len(piece.lstrip())
        yield Span(first, first + len(stripped))
