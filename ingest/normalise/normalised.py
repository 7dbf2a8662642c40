"""What normalising answers: the raw value, the value, the rule that made it, and whether sources disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, TypeVar

from ingest.case import LedgerEntry

Value_co = TypeVar("Value_co", covariant=True)


class Rule(StrEnum):
    """Name of the rule that made a value, as the ledger shows it."""

    AS_WRITTEN = "as written"
    CLEANED = "blanks, marks and numbering removed"
    SPELLING = "known spelling"
    SYNONYM = "synonym"
    MISSING = "missing"
    NULL_SPELLING = "null spelling"
    PLACEHOLDER = "placeholder"
    UNKNOWN_VALUE = "unknown value"
    NOT_SPECIFIED = "not specified"
    NOT_A_LOCATION = "not a location"
    NOT_CODED = "not coded"
    NO_POINT = "ACR code without a point"
    NUMBER_FOR_CODE = "a number, where 8.1 and 8.10 are two codes"
    FROM_TYPE = "from Type"
    FROM_HISTORY = "read in History"
    UNIT_WRITTEN = "unit written with the value"
    UNIT_IN_HISTORY = "unit read in History"
    NEWBORN_IN_HISTORY = "newborn in History"
    AMBIGUOUS = "ambiguous without a unit in History"
    YEARS = "years"
    NEWLINE_LIST = "list of lines"
    COMMA_LIST = "list between commas"
    SINGLE = "one entry"
    PROSE_LIST = "list inside prose"
    PROSE = "prose, not divided"
    TWO_SPLITS = "listed in several splits"
    IN_CASE_TEXT = "read in the case text"
    DECADE = "middle of a decade"
    IN_TITLE = "read in the title"
    NO_DIAGNOSIS_IN_TITLE = "the title states no diagnosis for sure"
    IN_CAPTION = "read in the caption"
    CORRECTED = "corrected by a person"
    ACCEPTED = "accepted by a person"
    REJECTED = "rejected by a person"
    CROPPED = "cropped by a person"
    TEXT_REDACTED = "text redacted by a person"
    IMAGE_CHANGED = "the image changed since a person cropped or marked it"


@dataclass(frozen=True)
class Normalised(Generic[Value_co]):
    """A value, what it was made from, and by which rule."""

    raw: str | None
    value: Value_co | None
    rule: Rule
    conflict: bool = False

    def entry(self, field: str) -> LedgerEntry:
        """Return the line of the ledger for this value."""
        return LedgerEntry(field, self.raw, str(self.rule), _as_text(self.value), self.conflict)

    def in_conflict(self, conflict: bool) -> Normalised[Value_co]:
        """Return the same value, marked where another source disagrees."""
        return replace(self, conflict=self.conflict or conflict)


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        return "; ".join(str(part) for part in value) or None
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
