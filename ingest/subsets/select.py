"""Which cases and images a recipe keeps, and why the others are left out: the same when counting and when writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.case import Case
from ingest.licences import NOT_STATED
from ingest.store.filters import Filter
from ingest.subsets.item import Chosen, chosen_images
from ingest.subsets.recipe import Kind, Recipe


@dataclass(frozen=True)
class AmbiguousImage:
    """An image of several classes, left out of a classification set."""

    image_id: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Selected:
    """What is kept of a case. `left_out` says why nothing is; `unclassed` counts images that are of no class."""

    chosen: tuple[Chosen, ...] = ()
    left_out: str | None = None
    ambiguous: tuple[AmbiguousImage, ...] = ()
    unclassed: int = 0


@dataclass(frozen=True)
class Selection:
    """A recipe with its filters, answered as far as documents alone can be asked."""

    recipe: Recipe
    where: Filter | None
    images: Filter | None
    classes: Mapping[str, Filter] = field(default_factory=dict)

    def of(self, case: Case) -> Selected:
        """Return what is kept of a case that matches `where`."""
        licence = case.article.licence if case.article else None
        if not self.recipe.lets_in(licence):
            return Selected(left_out=f"licence {licence or NOT_STATED}")
        if self.recipe.splits.by_source and case.split is None:
            return Selected(left_out="no split at its source")
        if self.recipe.kind is Kind.TEXT:
            has_text = any(case.sections.get(section) for section in self.recipe.sections)
            return Selected(left_out=None if has_text else "no text in these sections")
        chosen = chosen_images(case, self.images, self.classes)
        if self.recipe.kind is not Kind.CLASSIFICATION:
            return Selected(tuple(chosen), None if chosen else "no image that is asked for")
        return _of_one_class(chosen)


def _of_one_class(chosen: list[Chosen]) -> Selected:
    kept = tuple(one for one in chosen if len(one.labels) == 1)
    ambiguous = tuple(AmbiguousImage(one.image.image_id, one.labels) for one in chosen if len(one.labels) > 1)
    unclassed = sum(not one.labels for one in chosen)
    return Selected(kept, None if kept else "no image of exactly one class", ambiguous, unclassed)
