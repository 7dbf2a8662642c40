"""What readers report as wrong in a case: kept beside the decisions, so that every ingest leaves it as it is.

A report changes nothing by itself. It stands in the review queue until a person accepts it as dealt with.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

from ingest.errors import InputError
from ingest.store.interface import DocumentStore, Writer
from ingest.store.stored_form import is_storable

REPORT = "error-report"
MAX_REPORT_LETTERS = 500
MAX_NAME_LETTERS = 80


class Reported(StrEnum):
    """What of a case is wrong, as its reader says."""

    DIAGNOSIS = "diagnosis"
    FINDING = "finding"
    IMAGE_LABEL = "image label"
    TEXT = "text"
    OTHER = "something else"


@dataclass(frozen=True)
class ErrorReport:
    """That a reader found something wrong.

    Attributes
    ----------
    image_id : str or None
        The image, where it is about one.
    said : str
        One line in the reader's own words.
    reporter : str
        Who says so.
    made_at : str
        UTC in ISO 8601.
    """

    report_id: str
    case_id: str
    image_id: str | None
    about: Reported
    said: str
    reporter: str
    made_at: str


_REPORT = TypeAdapter(ErrorReport)


def read_reports(store: DocumentStore) -> list[ErrorReport]:
    """Return every report, settled ones too, in the order in which they were made."""
    found = (_REPORT.validate_python(record) for record in store.records(REPORT).values())
    return sorted(found, key=lambda report: _number(report.report_id))


def save_report(writer: Writer, report: ErrorReport) -> None:
    """Keep a report."""
    writer.save_record(REPORT, report.report_id, _REPORT.dump_python(report, mode="json"))


def forget_reports(store: DocumentStore, writer: Writer, case_id: str) -> None:
    """Forget what was reported of a case; for whoever deletes it."""
    for report in read_reports(store):
        if report.case_id == case_id:
            writer.delete_record(REPORT, report.report_id)


def next_report_id(store: DocumentStore) -> str:
    """Return the id of the next report: ``R1``, ``R2``, ...; to be asked by the one who may write."""
    return f"R{max((_number(report.report_id) for report in read_reports(store)), default=0) + 1}"


def require_said(text: str) -> str:
    """Return what a reader says as one line.

    Raises
    ------
    InputError
        If it says nothing, too much, or holds a character that cannot be kept.
    """
    said = _one_line(text)
    if not said:
        raise InputError("the report is empty. Say in one line what is wrong.")
    if len(said) > MAX_REPORT_LETTERS:
        raise InputError(f"the report has {len(said)} characters. Use at most {MAX_REPORT_LETTERS}.")
    return said


def require_reporter(name: str) -> str:
    """Return the name of a reader. Raises InputError if it is too long or holds a character that cannot be kept."""
    said = _one_line(name)
    if len(said) > MAX_NAME_LETTERS:
        raise InputError(f"the name has {len(said)} characters. Use at most {MAX_NAME_LETTERS}.")
    return said


def _one_line(text: str) -> str:
    if "\0" in text or not is_storable(text):
        raise InputError("the report has a character that cannot be kept (NUL or half a surrogate pair).")
    return " ".join(text.split())


def _number(report_id: str) -> int:
    return int(report_id[1:])
