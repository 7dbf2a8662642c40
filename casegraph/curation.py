"""What people decide about cases: the queue of what to look at, decisions, and near duplicates."""

from __future__ import annotations

from collections.abc import Sequence

from casegraph.engines import Engines
from ingest.case import Case
from ingest.curation.corrections import CORRECTABLE, divide_ledger_field
from ingest.curation.curator import Curator, DecisionState, KnownDecision
from ingest.curation.decisions import Action, Box, Decision, Withdrawal
from ingest.curation.reports import MAX_NAME_LETTERS, MAX_REPORT_LETTERS, ErrorReport, Reported
from ingest.curation.review import CaseItems, ReviewItem, ReviewKind, require_item, review_queue, shortened
from ingest.curation.understood import require_field_name
from ingest.images.duplicates import DISTANCE, HASH_SIDE, DuplicateReport, find_duplicates
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.lookup import find_image

__all__ = [
    "DISTANCE",
    "HASH_SIDE",
    "MAX_NAME_LETTERS",
    "MAX_REPORT_LETTERS",
    "Action",
    "Curation",
    "Decision",
    "DecisionState",
    "DuplicateReport",
    "ErrorReport",
    "KnownDecision",
    "Reported",
    "ReviewItem",
    "ReviewKind",
    "Withdrawal",
    "correctable_fields",
    "divide_ledger_field",
    "require_field_name",
    "shortened",
]


def correctable_fields(*, of_image: bool) -> list[str]:
    """Return the names of the fields that can be corrected: those of an image, or those of a case."""
    return [field.name for field in CORRECTABLE.values() if field.of_image is of_image]


class Curation:
    """What the acting person may look at and decide; `indexing.run` follows what was decided."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._case_items = CaseItems()

    @property
    def _curator(self) -> Curator:
        engines = self._engines
        return Curator(engines.store, engines.objects, engines.settings.actor_name)

    def queue(
        self,
        *,
        duplicates: bool = True,
        compared: DuplicateReport | None = None,
        on_progress: ProgressCallback = ignore_progress,
    ) -> list[ReviewItem]:
        """Return what a person should look at; of cases that were read for it before, only what changed is read.

        Parameters
        ----------
        duplicates : bool
            Near duplicates across cases too, for which all images are compared.
        compared : DuplicateReport, optional
            What comparing the images found already: they are not compared again.
        """
        if compared is None and duplicates:
            compared = self.near_duplicates(on_progress=on_progress)
        return review_queue(self._engines.store, compared.pairs if compared else (), self._case_items)

    def item(self, item_id: str, *, on_progress: ProgressCallback = ignore_progress) -> ReviewItem:
        """Return an item of the review queue; images are only compared where it is none of the others.

        Raises
        ------
        InputError
            If it is not in the queue, or not any more.
        """
        without_images = self.queue(duplicates=False)
        known = any(item.item_id == item_id for item in without_images)
        return require_item(item_id, without_images if known else self.queue(on_progress=on_progress))

    def near_duplicates(
        self, *, distance: int = DISTANCE, on_progress: ProgressCallback = ignore_progress
    ) -> DuplicateReport:
        """Return the images that look alike, and the leaks between splits; see `ingest.images.duplicates`."""
        engines = self._engines
        cache = engines.image_hashes
        return find_duplicates(engines.store, engines.objects, cache, distance=distance, on_progress=on_progress)

    def report(
        self,
        case_id: str,
        said: str,
        *,
        about: Reported,
        image_id: str | None = None,
        reporter: str | None = None,
    ) -> ErrorReport:
        """Say that something of a case is wrong; see `ingest.curation.curator.Curator.report`."""
        return self._curator.report(case_id, said, about=about, image_id=image_id, reporter=reporter)

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

    def mark_seen_text(self, item: ReviewItem, *, reason: str = "") -> Decision:
        """Redact the burned-in text of an item of the review queue, where it was seen.

        Raises
        ------
        InputError
            If nobody saw where it is.
        """
        _, image = find_image(item.image_id or "", lambda case_id: self._engines.store.get(case_id).case)
        left, top = image.crop_box_px[:2] if image.crop_box_px else (0, 0)
        boxes = [(x0 + left, y0 + top, x1 + left, y1 + top) for x0, y0, x1, y1 in item.boxes_px]
        return self.mark_text(image.image_id, boxes, reason=reason)

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
