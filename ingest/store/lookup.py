"""Small answers that both engines give in the same words: which case is meant, what a page is, how facets sort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.errors import UnknownCase
from ingest.store.interface import Page, StoredCase


def the_only_case(asked: str, found: Sequence[str]) -> str:
    """Return the id of the one case that was found.

    Raises
    ------
    UnknownCase
        If there is none, or if a short id means several cases.
    """
    if not found:
        raise UnknownCase(f"there is no case '{asked}'. See what there is: casegraph query.")
    if len(found) > 1:
        raise UnknownCase(f"'{asked}' is the short id of {len(found)} cases: {', '.join(sorted(found))}. Name one.")
    return found[0]


def require_limit(limit: int) -> int:
    """Return the number of cases on a page, if it is one.

    Raises
    ------
    ValueError
        If a page would hold no case.
    """
    if limit < 1:
        raise ValueError(f"a page has at least one case, not {limit}.")
    return limit


def page_of(cases: Sequence[StoredCase], total: int, *, more: bool) -> Page:
    """Return a page; `more` says that another one follows."""
    return Page(tuple(cases), total, cases[-1].case.case_id if more else None)


def facet_counts(counts: Mapping[Any, int]) -> dict[str, int]:
    """Return the counts with values as text, most frequent first, then by value."""
    texts = {repr(value).removesuffix(".0") if isinstance(value, float) else str(value): value for value in counts}
    by_rank = sorted(texts, key=lambda text: (-counts[texts[text]], text))
    return {text: counts[texts[text]] for text in by_rank}
