"""Small answers that both engines give in the same words: which case is meant, what a page is, how facets sort."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ingest.case import Case, Image
from ingest.errors import UnknownCase
from ingest.ids import ImageId
from ingest.remedies import Remedy, RemedyAction
from ingest.spelling import did_you_mean
from ingest.store.interface import Page, StoredCase


def the_only_case(asked: str, found: Sequence[str]) -> str:
    """Return the id of the one case that was found.

    Raises
    ------
    UnknownCase
        If there is none, or if a short id means several cases.
    """
    if not found:
        raise UnknownCase(f"there is no case '{asked}'. See what there is.", remedy=Remedy(RemedyAction.LIST_CASES))
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


def find_image(named: str, get: Callable[[str], Case]) -> tuple[Case, Image]:
    """Return the image of an id or short id with its case.

    Parameters
    ----------
    get : callable
        Gives the case of an id or short id, or raises UnknownCase.

    Raises
    ------
    UnknownCase
        If there is no such case, or it has no such image.
    """
    possible = ImageId(named).possible_case_ids
    if len(possible) <= 1:
        case = get(possible[0] if possible else named)
        return case, image_in(case, named)
    cases: list[Case] = []
    for case_id in possible:
        with suppress(UnknownCase):
            cases.append(get(case_id))
            return cases[-1], image_in(cases[-1], named)
    if cases:
        return cases[0], image_in(cases[0], named)  # raises, and names the images of the nearest case
    raise UnknownCase(
        f"there is no image '{named}', or its short id means several. See all.", remedy=Remedy(RemedyAction.LIST_CASES)
    )


def image_in(case: Case, named: str) -> Image:
    """Return the image of a case by its id or short id. Raises UnknownCase where the case has none such."""
    for image in case.images:
        if named in (image.image_id, ImageId(image.image_id).short):
            return image
    ids = [image.image_id for image in case.images]
    hint = did_you_mean(named, ids) or f"Its images: {image_names(case)}."
    raise UnknownCase(f"case '{case.case_id}' has no image '{named}'. {hint}")


def image_names(case: Case) -> str:
    """Return the ids of a case's images, for a message."""
    return ", ".join(image.image_id for image in case.images) or "none"
