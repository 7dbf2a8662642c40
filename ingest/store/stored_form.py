"""What a case becomes before any engine writes it: its document, its digest, and what filters look at.

Both engines store this one form, so that equal cases have equal digests and equal answers everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingest.case import Case, json_text, sha256_of_text, to_document
from ingest.errors import RejectedRecord
from ingest.store.filters import FIELDS, Field, Flag, ValueKind
from ingest.vocabulary import AnnotationSubject

Clock = Callable[[], datetime]

_MAX_INTEGER = 2**63 - 1  # SQLite and BSON
_NUL_IN_JSON = "\\u0000"  # also the text of a backslash, u and four noughts: then each text is looked at


@dataclass(frozen=True)
class StoredForm:
    """A case as plain values, ready to be written.

    `folded` holds the texts that `Contains` looks into, in the spelling that ignores upper and lower case.
    """

    case_id: str
    short_id: str
    content_digest: str
    document: dict[str, Any]
    folded: dict[str, list[str]]


def stored_form(case: Case) -> StoredForm:
    """Return what is written of a case.

    Raises
    ------
    RejectedRecord
        If a text or number of the case cannot be stored alike on every engine.
    """
    document = to_document(case)
    if not case.case_id:
        raise RejectedRecord("case", "it has an empty case_id, expected '<source>:<id at the source>'.")
    try:
        text = json_text(document)
        digest = sha256_of_text(text)
    except UnicodeEncodeError as error:
        raise RejectedRecord(case.case_id, "a text holds half a surrogate pair, which is not a character.") from error
    except ValueError as error:
        raise RejectedRecord(case.case_id, "a number is not finite.") from error
    may_have_nul = _NUL_IN_JSON in text
    for value in _leaves(document):
        if may_have_nul and isinstance(value, str) and "\0" in value:
            raise RejectedRecord(case.case_id, "a text holds a NUL character, which not every engine can store.")
        if type(value) is int and abs(value) > _MAX_INTEGER:
            raise RejectedRecord(case.case_id, "a number has more than 64 bits, which not every engine can store.")
    return StoredForm(case.case_id, case.short_id, digest, document, folded_texts(document))


def field_values(document: Mapping[str, Any], field: Field) -> list[Any]:
    """Return the values that a case document has for a field, each once, without nulls."""
    if field.read is not None:
        said = document["source_values"].get(field.path)
        return list(dict.fromkeys(field.read(said))) if said else []
    owners = document["images"] if field.of_images else [document]
    values: dict[Any, None] = {}
    for owner in owners:
        for value in _at(owner, field.path):
            if value is not None:
                values[flag_text(value) if field.kind is ValueKind.FLAG else value] = None
    return list(values)


def flag_text(value: bool) -> str:
    """Return true or false as filters write it."""
    return str(Flag.TRUE if value else Flag.FALSE)


def said_values(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values that are read from what the source said, by field."""
    return {field.name: field_values(document, field) for field in FIELDS.values() if field.read is not None}


def speaks_of_patient(mention: Mapping[str, Any]) -> bool:
    """Tell whether an annotation of a document is of the patient; only the literature is said to be its subject."""
    return mention.get("subject") != AnnotationSubject.LITERATURE


def fold(text: str) -> str:
    """Return the spelling in which upper and lower case are the same (Unicode 3.13, default case folding)."""
    return text.casefold()


def is_storable(text: str) -> bool:
    """Tell whether a text can be asked for: half a surrogate pair, as in a mistyped argument, is in no store."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


def written_at(clock: Clock) -> str:
    """Return the clock's time as UTC in ISO 8601, to the millisecond."""
    return clock().astimezone(UTC).isoformat(timespec="milliseconds")


def folded_texts(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the texts of a case document that `Contains` looks into, by field."""
    texts = (field for field in FIELDS.values() if field.kind is ValueKind.TEXT and not field.parts)
    return {field.name: [fold(text) for text in field_values(document, field)] for field in texts}


def _at(document: Mapping[str, Any], path: str) -> list[Any]:
    """Return what stands at a path; of a list on the way, what stands in each of its items."""
    found: list[Any] = [document]
    for step in path.split("."):
        inside = [value.get(step) for value in found if value is not None]
        found = [item for value in inside for item in (value if isinstance(value, (list, tuple)) else [value])]
    return found


def _leaves(value: Any) -> Iterator[Any]:
    """Yield every key and every value that holds no others, in no order."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, dict):
            rest.extend(item)
            rest.extend(item.values())
        elif isinstance(item, (list, tuple)):
            rest.extend(item)
        else:
            yield item
