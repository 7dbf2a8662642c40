"""A filter as a MongoDB query: operators only from here, every name from the table of fields, every value a value.

No text of a user becomes a pattern: `Contains` compares letters with ``$indexOfCP`` on the folded copy of a text.
"""

from __future__ import annotations

from typing import Any

from ingest.store.checks import check_filter
from ingest.store.filters import (
    AllOf,
    Annotated,
    AnyOf,
    Between,
    Contains,
    Field,
    Filter,
    Not,
    OneOf,
    ValueKind,
    require_field,
)
from ingest.store.stored_form import fold
from ingest.vocabulary import AnnotationSubject

Query = dict[str, Any]

LIVE: Query = {"deleted": False}
_NOTHING: Query = {"_id": {"$in": []}}


def live_query(where: Filter | None) -> Query:
    """Return the query for the live cases that match.

    Raises
    ------
    InvalidFilter
        If the filter does not make sense.
    """
    if where is None:
        return LIVE
    check_filter(where)
    return {"$and": [LIVE, _query(where)]}


def value_path(field: Field) -> str:
    """Return where a stored document keeps the values of a field."""
    return f"images.{field.path}" if field.of_images else field.path


def _query(where: Filter) -> Query:
    match where:
        case AllOf(parts):
            return {"$and": [_query(part) for part in parts]} if parts else {}
        case AnyOf(parts):
            return {"$or": [_query(part) for part in parts]} if parts else _NOTHING
        case Not(part):
            return {"$nor": [_query(part)]}
        case _:
            return _condition_query(where)


def _condition_query(condition: OneOf | Between | Contains | Annotated) -> Query:
    match condition:
        case OneOf("case_id", values):
            ids = {"$in": [str(value) for value in values]}
            return {"$or": [{"_id": ids}, {"short_id": ids}]}
        case OneOf(name, values):
            field = require_field(name)
            if field.kind is ValueKind.TEXT:
                return {f"folded.{field.name}": {"$in": [fold(value) for value in values]}}
            return {value_path(field): {"$in": [str(value) for value in values]}}
        case Between(name, minimum, maximum):
            return {value_path(require_field(name)): _range(minimum, maximum)}
        case Contains(name, text):
            return {"$expr": _contains(require_field(name), text)}
        case Annotated(concept_id, assertion):
            mention = {
                "concept_id": {"$eq": concept_id},
                "assertion": {"$eq": str(assertion)},
                "subject": {"$ne": str(AnnotationSubject.LITERATURE)},
            }
            return {"annotations": {"$elemMatch": mention}}


def _range(minimum: float | None, maximum: float | None) -> Query:
    ends = {"$gte": minimum, "$lte": maximum}
    return {"$type": "number", **{operator: end for operator, end in ends.items() if end is not None}}


def _contains(field: Field, text: str) -> Query:
    place = {"$indexOfCP": ["$$this", {"$literal": fold(text)}]}
    texts = {"$ifNull": [f"$folded.{field.name}", []]}
    return {"$anyElementTrue": [{"$map": {"input": texts, "in": {"$gte": [place, 0]}}}]}
