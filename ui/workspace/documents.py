"""What one asks of the documents of a workspace, and what people decide about them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.case import Case, Image
from ingest.curation.curator import Curator
from ingest.curation.review import ReviewItem, require_item, review_queue
from ingest.export import ExportReport, export_cases
from ingest.ids import CaseId
from ingest.images.duplicates import DISTANCE, DuplicateReport, find_duplicates
from ingest.load import IngestReport, ingest
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.filters import Filter
from ingest.store.interface import Page
from ingest.store.lookup import find_image
from ingest.store.query_text import parse_filter
from ui.workspace.difference import Difference, Foresight
from ui.workspace.engines import WorkspaceEngines

SAVED_QUERY = "query"


def as_filter(where: str | Filter | None) -> Filter | None:
    """Return the filter that a reader wrote, parsed; no filter for an empty text."""
    if isinstance(where, str):
        return parse_filter(where) if where.strip() else None
    return where


class WorkspaceDocuments(WorkspaceEngines):
    """The documents of one workspace."""

    def ingest(
        self,
        source: str | Path,
        *,
        images: Path | None = None,
        dry_run: bool = False,
        on_progress: ProgressCallback = ignore_progress,
    ) -> IngestReport:
        """Read a source into the documents; see `ingest.load.ingest`. Where they are is kept afterwards."""
        report = ingest(
            source,
            self.store,
            self.objects,
            actor=self.settings.actor_name,
            images=images,
            dry_run=dry_run,
            on_progress=on_progress,
        )
        if not dry_run:
            self.keep()
        return report

    def foresee(
        self, source: str | Path, *, images: Path | None = None, on_progress: ProgressCallback = ignore_progress
    ) -> tuple[IngestReport, Difference]:
        """Say what an ingest of the source would do, and what it would change in documents, graph and vectors."""
        foresight = Foresight()
        report = ingest(
            source,
            self.store,
            self.objects,
            actor=self.settings.actor_name,
            images=images,
            dry_run=True,
            foresee=foresight.see,
            on_progress=on_progress,
        )
        return report, foresight.difference(report.vanished, self.vectors)

    def case(self, case_id: str) -> Case:
        """Return one case by its id or short id. Raises UnknownCase."""
        return self.store.get(case_id).case

    def image(self, image_id: str) -> Image:
        """Return one image by its id or short id. Raises UnknownCase."""
        return self.image_with_case(image_id)[1]

    def image_with_case(self, image_id: str) -> tuple[Case, Image]:
        """Return one image and its case, by the id or short id of the image. Raises UnknownCase."""
        return find_image(image_id, self.case)

    def query(self, where: str | Filter | None = None, *, after: str | None = None, limit: int = 25) -> Page:
        """Return a page of the cases that match."""
        return self.store.page(as_filter(where), after=after, limit=limit)

    def view_rows(self, name: str, where: Filter | None, *, limit: int) -> Iterator[dict[str, Any]]:
        """Yield the rows of a view of the MedPix 2.0 paper for the cases that match."""
        wanted = {CaseId(case_id).short for case_id in self.store.case_ids(where)}
        yield from islice((row for row in self.store.view(name) if row["U_id"] in wanted), limit)

    def export(self, folder: Path, *, where: str | Filter | None = None, images: bool = True) -> ExportReport:
        """Write a subset; see `ingest.export.export_cases`."""
        return export_cases(self.store, self.objects, folder, where=as_filter(where), images=images)

    @property
    def curator(self) -> Curator:
        """The acting person, to accept, correct, reject, crop and take back; `index` follows what was decided."""
        return Curator(self.store, self.objects, self.settings.actor_name)

    def near_duplicates(
        self, *, distance: int = DISTANCE, on_progress: ProgressCallback = ignore_progress
    ) -> DuplicateReport:
        """Return the images that look alike, and the leaks between splits; see `ingest.images.duplicates`."""
        cache = self.folder / "image-hashes.json"
        return find_duplicates(self.store, self.objects, cache, distance=distance, on_progress=on_progress)

    def review_queue(self, *, on_progress: ProgressCallback = ignore_progress) -> list[ReviewItem]:
        """Return what a person should look at; near duplicates across cases are among it."""
        return review_queue(self.store, self.near_duplicates(on_progress=on_progress).pairs)

    def review_item(self, item_id: str, *, on_progress: ProgressCallback = ignore_progress) -> ReviewItem:
        """Return an item of the review queue; images are only compared where it is none of the others.

        Raises
        ------
        InputError
            If it is not in the queue, or not any more.
        """
        without_images = review_queue(self.store)
        known = any(item.item_id == item_id for item in without_images)
        return require_item(item_id, without_images if known else self.review_queue(on_progress=on_progress))

    def save_query(self, name: str, query: str) -> None:
        """Keep the text of a query under a name."""
        with self.store.writer(self.settings.actor_name) as writer:
            writer.save_record(SAVED_QUERY, name, {"query": query})

    def saved_queries(self) -> dict[str, str]:
        """Return the kept queries by name."""
        return {name: str(record["query"]) for name, record in self.store.records(SAVED_QUERY).items()}
