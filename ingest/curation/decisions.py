"""What people decided about cases, one frozen record each, kept in the document store with their actor.

A decision is never changed and never deleted by another decision: to take one back is a `Withdrawal` of its own.
Decisions apply in the order in which they were made, again on every ingest, so that they survive it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

from ingest.errors import InputError
from ingest.images.derived import Box
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore, Writer

DECISION = "decision"
WITHDRAWAL = "withdrawal"


class Action(StrEnum):
    """What a person may decide."""

    ACCEPT = "accept"
    CORRECT = "correct"
    REJECT_CASE = "reject-case"
    REJECT_IMAGE = "reject-image"
    CROP = "crop"
    MARK_TEXT = "mark-text"


@dataclass(frozen=True)
class Decision:
    """One decision.

    Attributes
    ----------
    case_id : str or None
        None for a decision about a record in quarantine, which is no case.
    field, value : str or None
        What was accepted, or corrected to what; an empty value means "not known".
    raw : str or None
        What the source said when it was decided; of an image, its `pixel_sha256`. Where the source says something
        else by now, a person has to look again.
    boxes_px : tuple
        Where to crop (one box), or what to redact, in pixels of the image as it was read.
    made_at : str
        UTC in ISO 8601.
    """

    decision_id: str
    action: Action
    case_id: str | None
    image_id: str | None = None
    field: str | None = None
    value: str | None = None
    raw: str | None = None
    boxes_px: tuple[Box, ...] = ()
    reason: str = ""
    actor: str = ""
    made_at: str = ""


@dataclass(frozen=True)
class Withdrawal:
    """That a decision was taken back, by whom and when."""

    decision_id: str
    reason: str
    actor: str
    made_at: str


_DECISION = TypeAdapter(Decision)
_WITHDRAWAL = TypeAdapter(Withdrawal)


def read_decisions(store: DocumentStore) -> list[Decision]:
    """Return every decision that was ever made, withdrawn ones too, in the order in which they were made."""
    found = (_DECISION.validate_python(record) for record in store.records(DECISION).values())
    return sorted(found, key=lambda decision: _number(decision.decision_id))


def read_withdrawals(store: DocumentStore) -> dict[str, Withdrawal]:
    """Return the withdrawals by the id of the decision."""
    return {key: _WITHDRAWAL.validate_python(record) for key, record in store.records(WITHDRAWAL).items()}


def active_decisions(store: DocumentStore) -> list[Decision]:
    """Return the decisions that hold, in the order in which they were made."""
    withdrawn = store.records(WITHDRAWAL)
    return [decision for decision in read_decisions(store) if decision.decision_id not in withdrawn]


def by_case(decisions: Iterable[Decision]) -> dict[str, tuple[Decision, ...]]:
    """Return the decisions about each case."""
    grouped: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.case_id is not None:
            grouped.setdefault(decision.case_id, []).append(decision)
    return {case_id: tuple(found) for case_id, found in grouped.items()}


def save_decision(writer: Writer, decision: Decision) -> None:
    """Keep a decision; it waits where its case is not there."""
    writer.save_record(DECISION, decision.decision_id, _DECISION.dump_python(decision, mode="json"))


def save_withdrawal(writer: Writer, withdrawal: Withdrawal) -> None:
    """Keep the word that a decision was taken back."""
    writer.save_record(WITHDRAWAL, withdrawal.decision_id, _WITHDRAWAL.dump_python(withdrawal, mode="json"))


def next_decision_id(decisions: Iterable[Decision]) -> str:
    """Return the id of the next decision: ``D1``, ``D2``, ...; to be asked by the one who may write."""
    return f"D{max((_number(decision.decision_id) for decision in decisions), default=0) + 1}"


def require_active(decision_id: str, decisions: Iterable[Decision], withdrawals: Mapping[str, Withdrawal]) -> Decision:
    """Return the decision of this id, upper and lower case alike.

    Raises
    ------
    InputError
        If there is none, or it was withdrawn before.
    """
    found = next((one for one in decisions if one.decision_id.casefold() == decision_id.casefold()), None)
    if found is None:
        raise InputError(
            f"there is no decision '{decision_id}'. See them all.", remedy=Remedy(RemedyAction.SHOW_DECISIONS)
        )
    if found.decision_id in withdrawals:
        raise InputError(
            f"decision '{found.decision_id}' was already withdrawn, by {withdrawals[found.decision_id].actor}."
        )
    return found


def _number(decision_id: str) -> int:
    return int(decision_id[1:])
