"""A data set is made: planned in a first pass over the archive, written, counted and digested in a second, checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.case import Case, json_text
from ingest.errors import BusyError, InputError
from ingest.images.duplicates import Leak
from ingest.images.objects import ObjectStore
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.interface import DocumentStore
from ingest.subsets.citations import Citations
from ingest.subsets.croissant import write_croissant
from ingest.subsets.folder import whole_folder
from ingest.subsets.formats.opening import open_writers, passed_over
from ingest.subsets.formats.writer import BUFFER, FormatWriter
from ingest.subsets.item import Item, items_of
from ingest.subsets.leaks import LEDGER, leaks_of, ledger_row, read_ledger
from ingest.subsets.made import differences, recipe_with_made
from ingest.subsets.plan import Plan, plan_subset
from ingest.subsets.prompts import PromptTemplate
from ingest.subsets.readme import readme
from ingest.subsets.recipe import FILLED
from ingest.subsets.report import ItemCounts, SplitCounts, SubsetReport
from ingest.subsets.select import Selection

_PROGRESS_EVERY = 50  # cases


@dataclass(frozen=True)
class Archive:
    """Where the cases of a data set are from. `cache` keeps the hashes of images from run to run."""

    store: DocumentStore
    objects: ObjectStore
    cache: Path


def foresee_subset(
    archive: Archive,
    selection: Selection,
    template: PromptTemplate,
    *,
    on_progress: ProgressCallback = ignore_progress,
) -> SubsetReport:
    """Say what a data set would hold, with the digest that it would have. Raises BusyError as `write_subset`."""
    making = _Making(archive, selection, template, on_progress)
    leaks = leaks_of(ledger_row(item, making.plan.hashes) for _, item in making.items())
    return making.report(None, leaks, [])


def write_subset(
    archive: Archive,
    selection: Selection,
    template: PromptTemplate,
    folder: Path,
    *,
    recipe_text: str,
    on_progress: ProgressCallback = ignore_progress,
) -> SubsetReport:
    """Make a data set.

    Parameters
    ----------
    folder : Path
        A new or empty folder.
    recipe_text : str
        The recipe as it stands in its file, kept beside the data set.

    Raises
    ------
    InputError
        If the folder is not empty, or nothing is left to write.
    BusyError
        If the archive changes meanwhile.
    StorageError
        If it cannot be written; nothing half-written stays.
    """
    with whole_folder(folder) as unfinished:
        making = _Making(archive, selection, template, on_progress)
        writers = open_writers(unfinished, archive.objects, selection, template)
        works = _write_items(making, writers, unfinished)
        if not making.counts.items:
            raise InputError(f"nothing is left to write: {_why(making.plan)}. Change the recipe.")
        leaks = leaks_of(read_ledger(unfinished))  # what was written, not what was meant
        notices = passed_over(writers)
        notices += write_croissant(unfinished, making.report(str(folder), leaks, notices), selection.recipe)
        report = making.report(str(folder), leaks, notices)
        (unfinished / "README.md").write_text(readme(report, selection.recipe, works), encoding="utf-8")
        kept = recipe_with_made(recipe_text, report, selection.recipe)
        (unfinished / "recipe.toml").write_text(kept, encoding="utf-8")
    return report


class _Making:
    """One data set on its way."""

    def __init__(
        self, archive: Archive, selection: Selection, template: PromptTemplate, on_progress: ProgressCallback
    ) -> None:
        store = archive.store
        self.selection = selection
        self.counts = ItemCounts()
        self._store, self._on_progress = store, on_progress
        self._sequence, self._archive_digest = store.sequence(), store.content_digest()
        self.plan = plan_subset(store, archive.objects, selection, archive.cache, on_progress)
        filled = FILLED.intersection(selection.recipe.formats)
        about = {"recipe": selection.recipe.digest, "template": template.digest if filled else None}
        self._digest = hashlib.sha256(json_text(about).encode())

    def items(self) -> Iterator[tuple[Case, Item]]:
        """Yield each item with its case, counted and digested.

        Raises
        ------
        BusyError
            If the archive changed since it was planned.
        """
        recipe, done = self.selection.recipe, 0
        for stored in self._store.cases(self.selection.where):
            selected = self.selection.of(stored.case)
            if selected.left_out is not None:
                continue
            self._require_unchanged(stored.sequence)
            for item in items_of(stored.case, selected.chosen, recipe, self.plan.split(stored.case.case_id)):
                self._digest.update(json_text(item.plain).encode())
                self.counts.see(item)
                yield stored.case, item
            done += 1
            if done % _PROGRESS_EVERY == 0 or done == self.plan.cases:
                self._on_progress(done, self.plan.cases)
        self._require_unchanged(self._store.sequence())

    def report(self, folder: str | None, leaks: Sequence[Leak], notices: Sequence[str]) -> SubsetReport:
        """Return what is known of it once all items were seen."""
        recipe, plan, splits = self.selection.recipe, self.plan, self.counts.splits
        digest = self._digest.hexdigest()
        told = differences(recipe, digest=digest, archive=self._archive_digest, sequence=self._sequence)
        return SubsetReport(
            name=recipe.name,
            kind=str(recipe.kind),
            folder=folder,
            digest=digest,
            archive_digest=self._archive_digest,
            archive_sequence=self._sequence,
            cases=sum(one.cases for one in splits.values()),
            items=self.counts.items,
            images=sum(one.images for one in splits.values()),
            splits=splits,
            licences=dict(sorted(self.counts.licences.items())),
            left_out=dict(sorted(plan.left_out.items())),
            images_left_out=dict(sorted(plan.images_left_out.items())),
            ambiguous=plan.ambiguous,
            ambiguous_images=plan.ambiguous_images,
            unclassed_images=plan.unclassed_images,
            leaks=tuple(leaks),
            notices=(*told, *self._empty_classes(splits), *notices),
        )

    def _empty_classes(self, splits: Mapping[str, SplitCounts]) -> Iterator[str]:
        there = {name for counts in splits.values() for name in counts.classes}
        yield from (f"No image is of the class '{name}'." for name in self.selection.classes if name not in there)

    def _require_unchanged(self, sequence: int) -> None:
        if sequence > self._sequence:
            raise BusyError("the archive changed while the data set was made. Make it again.")


def _write_items(making: _Making, writers: Sequence[FormatWriter], folder: Path) -> int:
    """Write every item in every format, beside it ledger and works; return how many works there are."""
    with ExitStack() as files:
        for writer in writers:
            files.enter_context(_closed(writer))
        ledger = files.enter_context((folder / LEDGER).open("w", BUFFER, encoding="utf-8"))
        works = Citations(files.enter_context((folder / "CITATIONS.bib").open("w", BUFFER, encoding="utf-8")))
        for case, item in making.items():
            for writer in writers:
                writer.write(item)
            works.write(case)
            ledger.write(_line(ledger_row(item, making.plan.hashes)))
    return works.count


@contextmanager
def _closed(writer: FormatWriter) -> Generator[None]:
    try:
        yield
    finally:
        writer.close()


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _why(plan: Plan) -> str:
    reasons = [f"{count} cases: {reason}" for reason, count in plan.left_out.items()]
    return "; ".join(reasons) or "no case matches"
