"""What one person may decide about the cases of one store, and how each decision takes effect at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ingest.case import Case, Image
from ingest.curation.corrections import Correctable, parse_value, require_correctable
from ingest.curation.decided import cases_as_read, write_curated
from ingest.curation.decisions import (
    Action,
    Box,
    Decision,
    Withdrawal,
    next_decision_id,
    read_decisions,
    read_withdrawals,
    require_active,
    save_decision,
    save_withdrawal,
)
from ingest.curation.reports import (
    ErrorReport,
    Reported,
    next_report_id,
    require_reporter,
    require_said,
    save_report,
)
from ingest.curation.review import ReviewItem
from ingest.errors import InputError, UnknownCase
from ingest.images.derived import require_box, require_crop_box
from ingest.images.objects import ObjectStore
from ingest.normalise.normalised import Normalised, Rule
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore
from ingest.store.lookup import find_image, image_in, image_names
from ingest.store.stored_form import Clock, is_storable, utc_now, written_at


class DecisionState(StrEnum):
    """Whether a decision holds."""

    APPLIED = "applied"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class KnownDecision:
    """A decision with its state; `withdrawal` says who took it back. Waiting is what has no case or image yet."""

    decision: Decision
    state: DecisionState
    withdrawal: Withdrawal | None = None


@dataclass(frozen=True)
class Curator:
    """A person at work on a store. Each act is stored with its actor and applied to the case at once."""

    store: DocumentStore
    objects: ObjectStore
    actor: str
    clock: Clock = utc_now

    def accept(self, item: ReviewItem, *, reason: str = "") -> Decision:
        """Settle an item of the review queue as it is; should the source say something else one day, it is back."""
        decision = self._decision(
            Action.ACCEPT, item.case_id, item.image_id, field=item.field, value=item.value, raw=item.raw, reason=reason
        )
        return self._decide(decision)

    def report(
        self, case_id: str, said: str, *, about: Reported, image_id: str | None = None, reporter: str | None = None
    ) -> ErrorReport:
        """Say that something of a case is wrong. The case stays as it is; the report waits in the review queue.

        Parameters
        ----------
        said : str
            What is wrong, in one line.
        reporter : str, optional
            Who says so, where it is not the acting person.

        Raises
        ------
        InputError
            If it says nothing or too much.
        UnknownCase
            If there is no such case or image.
        """
        case = self.case(case_id)
        image = image_in(case, image_id) if image_id else None
        text, name = require_said(said), require_reporter(self.actor if reporter is None else reporter)
        with self.store.writer(self.actor) as writer:
            made = ErrorReport(
                next_report_id(self.store),
                case.case_id,
                image.image_id if image else None,
                about,
                text,
                name,
                written_at(self.clock),
            )
            save_report(writer, made)
        return made

    def correct(
        self, case_id: str, field_name: str, value: str, *, image_id: str | None = None, reason: str = ""
    ) -> Decision:
        """Give a field another value, an empty one for "not known"; the ledger keeps the raw one.

        Raises
        ------
        InputError
            If the field cannot be corrected or does not take the value; the message suggests the nearest one.
        UnknownCase
            If there is no such case or image.
        """
        case = self.case(case_id)
        field = require_correctable(field_name)
        image = self._image_of(case, field, image_id)
        text = Normalised(None, parse_value(field, value), Rule.CORRECTED).entry(field.path).value
        before = case.current_ledger.get(field.ledger_field(image.image_id if image else None))
        return self._decide(
            self._decision(
                Action.CORRECT,
                case.case_id,
                image.image_id if image else None,
                field=field.name,
                value=text,
                raw=before.raw if before else None,
                reason=reason,
            )
        )

    def reject_case(self, case_id: str, *, reason: str) -> Decision:
        """Take a case out of the documents; a tombstone stays. The reason is for those who ask where it went."""
        return self._decide(
            self._decision(Action.REJECT_CASE, self.case(case_id).case_id, reason=_require_reason(reason))
        )

    def reject_image(self, image_id: str, *, reason: str) -> Decision:
        """Take the pixels of an image away; its name and what is said of it stay."""
        case, image = self.image(image_id)
        return self._decide(
            self._decision(Action.REJECT_IMAGE, case.case_id, image.image_id, reason=_require_reason(reason))
        )

    def crop(self, image_id: str, box_px: Box, *, reason: str = "") -> Decision:
        """Show only a part of an image, given in pixels of the image as it was read. A later crop goes before."""
        case, image = self.image(image_id)
        require_crop_box(box_px, *_size_px(image))
        return self._decide(self._on_image(Action.CROP, case, image, [box_px], reason))

    def mark_text(self, image_id: str, boxes_px: Sequence[Box], *, reason: str = "") -> Decision:
        """Redact burned-in text of an image, given in pixels of the image as it was read."""
        case, image = self.image(image_id)
        if not boxes_px:
            raise InputError("no box is given. Say where the text is: left,top,right,bottom in pixels.")
        for box in boxes_px:
            require_box(box, *_size_px(image))
        return self._decide(self._on_image(Action.MARK_TEXT, case, image, boxes_px, reason))

    def withdraw(self, decision_id: str, *, reason: str = "") -> Withdrawal:
        """Take a decision back: the case becomes what the others make of it. The decision stays on record.

        Raises
        ------
        InputError
            If there is no such decision, or it was withdrawn before.
        """
        with self.store.writer(self.actor) as writer:
            found = require_active(decision_id, read_decisions(self.store), read_withdrawals(self.store))
            withdrawal = Withdrawal(found.decision_id, reason, self.actor, written_at(self.clock))
            save_withdrawal(writer, withdrawal)
            if found.case_id is not None:
                write_curated(self.store, self.objects, writer, found.case_id)
        return withdrawal

    def decisions(self) -> list[KnownDecision]:
        """Return every decision with its state, in the order in which they were made."""
        withdrawals = read_withdrawals(self.store)
        rejected = cases_as_read(self.store)
        return [self._known(one, withdrawals.get(one.decision_id), rejected) for one in read_decisions(self.store)]

    def original(self, image_id: str) -> bytes:
        """Return an image as it was read, before any crop, redaction or rejection.

        Raises
        ------
        InputError
            If no image was ever read.
        """
        _, image = self.image(image_id)
        if image.object_key is None:
            raise InputError(f"image '{image.image_id}' has no file: {image.problem or 'it was never stored'}.")
        return self.objects.read(image.object_key)

    def case(self, case_id: str) -> Case:
        """Return a case as it was read, rejected ones too, by its id or short id. Raises UnknownCase."""
        as_read = cases_as_read(self.store)
        for case in as_read.values():
            if case_id in (case.case_id, case.short_id):
                return case
        return self.store.get(case_id).case

    def image(self, image_id: str) -> tuple[Case, Image]:
        """Return an image as it was read, with its case, by its id or short id. Raises UnknownCase."""
        return find_image(image_id, self.case)

    def names_image(self, named: str) -> bool:
        """Tell whether this is the id of an image, rather than of a case."""
        try:
            self.image(named)
        except UnknownCase:
            return False
        return True

    def _image_of(self, case: Case, field: Correctable, image_id: str | None) -> Image | None:
        if field.of_image and image_id is None:
            raise InputError(
                f"'{field.name}' belongs to an image. Name it.",
                remedy=Remedy(RemedyAction.NAME_IMAGE, image_names(case)),
            )
        if image_id is None:
            return None
        if not field.of_image:
            raise InputError(f"'{field.name}' belongs to the case. Leave the image out.")
        return image_in(case, image_id)

    def _on_image(self, action: Action, case: Case, image: Image, boxes_px: Sequence[Box], reason: str) -> Decision:
        return self._decision(
            action, case.case_id, image.image_id, raw=image.pixel_sha256, boxes_px=tuple(boxes_px), reason=reason
        )

    def _decision(self, action: Action, case_id: str | None, image_id: str | None = None, **rest: object) -> Decision:
        """Return a decision that has no number yet.

        Raises
        ------
        InputError
            If one of its texts holds a character that no case can hold: it could be kept, but never applied.
        """
        for text in (*rest.values(), self.actor):
            if isinstance(text, str) and ("\0" in text or not is_storable(text)):
                raise InputError("the decision has a character that cannot be kept (NUL or half a surrogate pair).")
        when = written_at(self.clock)
        return Decision("", action, case_id, image_id, actor=self.actor, made_at=when, **rest)  # pyright: ignore[reportArgumentType]

    def _decide(self, decision: Decision) -> Decision:
        with self.store.writer(self.actor) as writer:
            numbered = replace(decision, decision_id=next_decision_id(read_decisions(self.store)))
            save_decision(writer, numbered)
            if numbered.case_id is not None:
                write_curated(self.store, self.objects, writer, numbered.case_id)
        return numbered

    def _known(self, decision: Decision, withdrawal: Withdrawal | None, rejected: dict[str, Case]) -> KnownDecision:
        if withdrawal is not None:
            return KnownDecision(decision, DecisionState.WITHDRAWN, withdrawal)
        if decision.case_id is None:
            return KnownDecision(decision, DecisionState.APPLIED)
        case = rejected.get(decision.case_id)
        image_ids = {image.image_id for image in case.images} if case else set()
        if case is None or decision.image_id not in (None, *image_ids):
            return KnownDecision(decision, DecisionState.WAITING)
        return KnownDecision(decision, DecisionState.APPLIED)


def _size_px(image: Image) -> tuple[int, int]:
    if image.object_key is None or image.width_px is None or image.height_px is None:
        raise InputError(f"image '{image.image_id}' has no file: {image.problem or 'it was never stored'}.")
    return image.width_px, image.height_px


def _require_reason(reason: str) -> str:
    if not reason.strip():
        raise InputError(
            "a rejection needs a reason, for the record.",
            remedy=Remedy(RemedyAction.GIVE_REASON),
        )
    return reason
