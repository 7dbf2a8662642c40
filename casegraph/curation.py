"""What people decide about cases: the queue of what to look at, decisions, and near duplicates."""

from __future__ import annotations

from collections.abc import Sequence

from casegraph.engines import Engines
from ingest.case import Case
from ingest.curation.corrections import divide_ledger_field
from ingest.curation.curator import Curator, KnownDecision
from ingest.curation.decisions import Action, Box, Decision, Withdrawal
from ingest.curation.review import ReviewItem, ReviewKind, require_item, review_queue, shortened
from ingest.curation.understood import require_field_name
from ingest.images.duplicates import DISTANCE, HASH_SIDE, DuplicateReport, find_duplicates
from ingest.progress import ProgressCallback, ignore_progress

__all__ = [
    "DISTANCE",
    "HASH_SIDE",
    "Action",
    "Curation",
    "Decision",
    "DuplicateReport",
    "KnownDecision",
    "ReviewItem",
    "ReviewKind",
    "Withdrawal",
    "divide_ledger_field",
    "require_field_name",
    "shortened",
]


class Curation:
    """What the acting person may look at and decide; `indexing.run` follows what was decided."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    @property
    def _curator(self) -> Curator:
        engines = self._engines
        return Curator(engines.store, engines.objects, engines.settings.actor_name)

    def queue(self, *, on_progress: ProgressCallback = ignore_progress) -> list[ReviewItem]:
        """Return what a person should look at; near duplicates across cases are among it."""
        return review_queue(self._engines.store, self.near_duplicates(on_progress=on_progress).pairs)

    def item(self, item_id: str, *, on_progress: ProgressCallback = ignore_progress) -> ReviewItem:
        """Return an item of the review queue; images are only compared where it is none of the others.

        Raises
        ------
        InputError
            If it is not in the queue, or not any more.
        """
        without_images = review_queue(self._engines.store)
        known = any(item.item_id == item_id for item in without_images)
        return require_item(item_id, without_images if known else self.queue(on_progress=on_progress))

    def near_duplicates(
        self, *, distance: int = DISTANCE, on_progress: ProgressCallback = ignore_progress
    ) -> DuplicateReport:
        """Return the images that look alike, and the leaks between splits; see `ingest.images.duplicates`."""
        engines = self._engines
        cache = engines.folder / "image-hashes.json"
        return find_duplicates(engines.store, engines.objects, cache, distance=distance, on_progress=on_progress)

    def accept(self, item: ReviewItem, *, reason: str = "") -> Decision:
        """Settle an item of the review queue as it is."""
        return self._curator.accept(item, reason=reason)

    def correct(
        self, case_id: str, field: str, value: str, *, image_id: str | None = None, reason: str = ""
    ) -> Decision:
        """Correct a value; see `ingest.curation.curator.Curator.correct`."""
        return self._curator.correct(case_id, field, value, image_id=image_id, reason=reason)

    def reject(self, named: str, *, reason: str) -> Decision:
        """Leave a case, or one image of a case, out of the documents, now and on every ingest."""
        curator = self._curator
        reject = curator.reject_image if curator.names_image(named) else curator.reject_case
        return reject(named, reason=reason)

    def crop(self, image_id: str, box_px: Box, *, reason: str = "") -> Decision:
        """Show only a part of an image, given as left, top, right, bottom in pixels of the original."""
        return self._curator.crop(image_id, box_px, reason=reason)

    def mark_text(self, image_id: str, boxes_px: Sequence[Box], *, reason: str = "") -> Decision:
        """Redact burned-in text of an image, given in pixels of the original."""
        return self._curator.mark_text(image_id, boxes_px, reason=reason)

    def withdraw(self, decision_id: str, *, reason: str = "") -> Withdrawal:
        """Take a decision back; both stay on record."""
        return self._curator.withdraw(decision_id, reason=reason)

    def decisions(self) -> list[KnownDecision]:
        """Return what people decided, the withdrawn too, in order."""
        return self._curator.decisions()

    def case(self, case_id: str) -> Case:
        """Return a case as it was read, a rejected one too. Raises UnknownCase."""
        return self._curator.case(case_id)

    def original(self, image_id: str) -> bytes:
        """Return an image as PNG as it was read, before any crop, redaction or rejection."""
        return self._curator.original(image_id)
