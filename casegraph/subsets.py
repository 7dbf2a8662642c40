"""Data sets by recipe: counted, foreseen and written from the documents of a workspace."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from shutil import rmtree

from casegraph.engines import Engines
from casegraph.filters import resolved
from casegraph.recipes import Recipe, RecipeText, parse_recipe, template_of
from ingest.errors import BusyError, InputError
from ingest.files import write_file
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.filters import Filter
from ingest.store.matching import check_image_filter
from ingest.subsets.count import Counted, count_subset
from ingest.subsets.item import Item, items_of
from ingest.subsets.prompts import Example, PromptTemplate
from ingest.subsets.recipe import EXAMPLE, FILLED
from ingest.subsets.report import SplitCounts, SubsetReport, licence_statement
from ingest.subsets.select import Selection
from ingest.subsets.write import Archive, foresee_subset, write_subset
from ingest.subsets.zipped import folder_for, write_zip

__all__ = [
    "Counted",
    "Recipe",
    "RecipeText",
    "ShownItem",
    "SplitCounts",
    "SubsetReport",
    "Subsets",
    "fits_one_file",
    "licence_statement",
    "write_example",
]

MAX_COUNTED = 5000
"""Cases that are read to be counted while one waits: about four seconds on two cores."""

MAX_ITEMS, MAX_IMAGES = 20_000, 2_000
"""Up to these a data set is handed over as one file, which a server then holds in its memory: about half a gigabyte."""

ZIP = ".zip"
KEPT = "data-sets"
NOT_DEALT = "…"  # stands for a split that is dealt only when the data set is made


@dataclass(frozen=True)
class ShownItem:
    """An item as it would be written, and its template filled where the recipe fills one."""

    item: Item
    filled: Example | None


@dataclass(frozen=True)
class Subsets:
    """The data sets that one workspace can give.

    A recipe is a file, or the text of one that comes from elsewhere, as from a browser.
    """

    _engines: Engines

    def foresee(self, recipe: Path | RecipeText, *, on_progress: ProgressCallback = ignore_progress) -> SubsetReport:
        """Say what the data set of a recipe would hold, who would leak, and its digest.

        Raises
        ------
        InputError
            If the recipe, a filter in it or its template cannot be used.
        """
        _, selection, template = self._asked(recipe)
        return foresee_subset(self._archive, selection, template, on_progress=on_progress)

    def write(
        self, recipe: Path | RecipeText, place: Path, *, on_progress: ProgressCallback = ignore_progress
    ) -> SubsetReport:
        """Write the data set of a recipe into a new folder, or into one new file where `place` ends in ``.zip``.

        See `ingest.subsets.write.write_subset`.
        """
        text, selection, template = self._asked(recipe)
        if place.suffix != ZIP:
            return write_subset(self._archive, selection, template, place, recipe_text=text, on_progress=on_progress)
        with folder_for(place) as folder:
            report = write_subset(self._archive, selection, template, folder, recipe_text=text, on_progress=on_progress)
            write_zip(folder, place)
        return replace(report, folder=str(place))

    def keep(
        self, recipe: Path | RecipeText, foreseen: SubsetReport, *, on_progress: ProgressCallback = ignore_progress
    ) -> SubsetReport:
        """Write the data set of a recipe into `kept_folder_of` what was foreseen of it.

        Raises
        ------
        BusyError
            If the archive has changed since; nothing is kept.
        """
        place = self.kept_folder_of(foreseen)
        report = self.write(recipe, place, on_progress=on_progress)
        if report.digest != foreseen.digest:
            rmtree(place)
            raise BusyError("the archive changed since the data set was checked. Check it again.")
        return report

    def kept_folder_of(self, report: SubsetReport) -> Path:
        """Return the folder of the workspace where a data set is kept, or would be."""
        return self._engines.folder / KEPT / f"{report.name}-{report.digest[:12]}"

    def count(self, recipe: Path | RecipeText, *, at_most: int = MAX_COUNTED) -> Counted:
        """Count what a recipe takes, quickly: no splits, no images read; of at most so many cases."""
        _, selection, _ = self._asked(recipe)
        return count_subset(self._engines.store, selection, at_most)

    def examples(self, recipe: Path | RecipeText, k: int = 3) -> list[ShownItem]:
        """Return the first item of each of the first k cases, looked for among `MAX_COUNTED`.

        Where there are splits, theirs is not known yet.
        """
        _, selection, template = self._asked(recipe)
        asked = selection.recipe
        fills = FILLED.intersection(asked.formats)
        split = NOT_DEALT if asked.splits.divided else asked.splits.only
        items = (
            next(items_of(stored.case, selected.chosen, asked, split), None)
            for stored in islice(self._engines.store.cases(selection.where), MAX_COUNTED)
            if (selected := selection.of(stored.case)).left_out is None
        )
        return [ShownItem(item, template.fill(item) if fills else None) for item in islice(filter(None, items), k)]

    def _asked(self, recipe: Path | RecipeText) -> tuple[str, Selection, PromptTemplate]:
        text = recipe.text if isinstance(recipe, RecipeText) else _text_of(recipe)
        read = parse_recipe(text)
        template = template_of(read, None if isinstance(recipe, RecipeText) else recipe.parent)
        return text, self._selection(read), template

    @property
    def _archive(self) -> Archive:
        engines = self._engines
        return Archive(engines.store, engines.objects, engines.image_hashes)

    def _selection(self, recipe: Recipe) -> Selection:
        classes = {name: self._of_images(where) for name, where in recipe.classes.items()}
        return Selection(
            recipe,
            where=resolved(self._engines, recipe.where),
            images=self._of_images(recipe.images),
            classes={name: where for name, where in classes.items() if where is not None},
        )

    def _of_images(self, where: str) -> Filter | None:
        asked = resolved(self._engines, where)
        if asked is not None:
            check_image_filter(asked)
        return asked


def fits_one_file(report: SubsetReport) -> bool:
    """Tell whether a data set is small enough to be handed over as one file by a server."""
    return report.items <= MAX_ITEMS and report.images <= MAX_IMAGES


def write_example(file: Path) -> None:
    """Write a recipe with every key explained. Raises InputError where the file is there or cannot be written."""
    try:
        if file.exists():
            raise InputError(f"'{file}' is there already, and nothing is overwritten. Name another file.")
        write_file(file, EXAMPLE.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"'{file}' cannot be written: {error.strerror}. Name another file.") from error


def _text_of(recipe: Path) -> str:
    try:
        return recipe.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the recipe '{recipe}' cannot be read: no such text file. Begin one with --init.") from error
