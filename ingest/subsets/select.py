"""Which cases and images a recipe keeps, and why the others are left out: the same when counting and when writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ingest.case import Case
from ingest.store.filters import Filter
from ingest.subsets.item import Chosen, chosen_images, licence_of
from ingest.subsets.recipe import Kind, Recipe


@dataclass(frozen=True)
class AmbiguousImage:
    """An image of several classes, left out of a classification set."""

    image_id: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Selected:
    """What is kept of a case.

    `left_out` says why nothing is. Of a case that is kept, `images_left_out` gives the reason of each image that is not
    under a licence that is let in; `unclassed` counts images that are of no class.
    """

    chosen: tuple[Chosen, ...] = ()
    left_out: str | None = None
    ambiguous: tuple[AmbiguousImage, ...] = ()
    unclassed: int = 0
    images_left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """A recipe with its filters, answered as far as documents alone can be asked."""

    recipe: Recipe
    where: Filter | None
    images: Filter | None
    classes: Mapping[str, Filter] = field(default_factory=dict)

    def of(self, case: Case) -> Selected:
        """Return what is kept of a case that matches `where`."""
        recipe = self.recipe
        matching = [] if recipe.kind is Kind.TEXT else chosen_images(case, self.images, self.classes)
        licences = [licence_of(case, [one.image]) for one in matching]
        told = licences or [licence_of(case)]
        if not any(map(recipe.lets_in, told)):
            return Selected(left_out=_under(told[0]))
        if recipe.splits.by_source and case.split is None:
            return Selected(left_out="no split at its source")
        if recipe.kind is Kind.TEXT:
            has_text = any(case.sections.get(section) for section in recipe.sections)
            return Selected(left_out=None if has_text else "no text in these sections")
        chosen = [one for one, licence in zip(matching, licences, strict=True) if recipe.lets_in(licence)]
        refused = tuple(_under(licence) for licence in licences if not recipe.lets_in(licence))
        if recipe.kind is not Kind.CLASSIFICATION:
            return Selected(tuple(chosen), None if chosen else "no image that is asked for", images_left_out=refused)
        return replace(_of_one_class(chosen), images_left_out=refused)


def _under(licence: str) -> str:
    return f"licence {licence}"


def _of_one_class(chosen: list[Chosen]) -> Selected:
    kept = tuple(one for one in chosen if len(one.labels) == 1)
    ambiguous = tuple(AmbiguousImage(one.image.image_id, one.labels) for one in chosen if len(one.labels) > 1)
    unclassed = sum(not one.labels for one in chosen)
    return Selected(kept, None if kept else "no image of exactly one class", ambiguous, unclassed)
