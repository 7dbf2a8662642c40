"""What a recipe takes, counted in one quick pass: no splits, no leaks, no pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.store.interface import DocumentStore
from ingest.subsets.item import licence_of
from ingest.subsets.select import Selection


@dataclass(frozen=True)
class Counted:
    """What a recipe takes.

    Attributes
    ----------
    matching : int
        How many cases match the filter.
    whole : bool
        Whether each of them was looked at; if not, there are too many, and all that follows counts none.
    cases, items, images : int
        How many it takes.
    sources, licences : mapping
        How many of the cases are of each source, and under each licence, the most first.
    left_out : mapping
        How many cases that match the filter are left out, by reason.
    images_left_out : mapping
        How many images of the cases that it takes are left out as their licence is not let in, by reason.
    """

    matching: int
    whole: bool
    cases: int
    items: int
    images: int
    sources: Mapping[str, int]
    licences: Mapping[str, int]
    left_out: Mapping[str, int]
    images_left_out: Mapping[str, int]


def count_subset(store: DocumentStore, selection: Selection, at_most: int) -> Counted:
    """Count what a recipe takes, where no more than `at_most` cases match its filter."""
    matching = store.page(selection.where, after=None, limit=1).total
    if matching > at_most:
        return Counted(matching, False, 0, 0, 0, {}, {}, {}, {})
    images, per_image = 0, selection.recipe.kind.per_image
    sources: Counter[str] = Counter()
    licences: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    images_left_out: Counter[str] = Counter()
    for stored in store.cases(selection.where):
        case, selected = stored.case, selection.of(stored.case)
        if selected.left_out is not None:
            left_out[selected.left_out] += 1
            continue
        images += len(selected.chosen)
        sources[case.source] += 1
        licences[licence_of(case, [one.image for one in selected.chosen])] += 1
        images_left_out.update(selected.images_left_out)
    cases = sources.total()
    return Counted(
        matching,
        True,
        cases,
        images if per_image else cases,
        images,
        dict(sources.most_common()),
        dict(licences.most_common()),
        dict(left_out.most_common()),
        dict(images_left_out.most_common()),
    )
