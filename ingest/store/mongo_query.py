"""A filter as a MongoDB query: operators only from here, every name from the table of fields, every value a value.

No text of a user becomes a pattern: `Contains` compares letters with ``$indexOfCP`` on the folded copy of a text.
"""

from __future__ import annotations

from typing import Any

from ingest.store.checks import check_filter, unanswered
from ingest.store.filters import (
    AllOf,
    Annotated,
    AnyOf,
    Between,
    Classified,
    Condition,
    Contains,
    Field,
    Filter,
    Flag,
    Not,
    OneOf,
    StartsWith,
    ValueKind,
    Within,
    over_parts,
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
    if field.read is not None:
        return f"said.{field.name}"
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
            spread = over_parts(where)
            return _condition_query(where) if spread is None else _query(spread)


def _condition_query(condition: Condition) -> Query:
    match condition:
        case OneOf("case_id", values):
            ids = {"$in": [str(value) for value in values]}
            return {"$or": [{"_id": ids}, {"short_id": ids}]}
        case OneOf(name, values) if require_field(name).kind is ValueKind.FLAG:
            return {value_path(require_field(name)): {"$in": [value == Flag.TRUE for value in values]}}
        case OneOf(name, values) if require_field(name).kind is not ValueKind.TEXT:
            return {value_path(require_field(name)): {"$in": [str(value) for value in values]}}
        case Between():
            return _range_query(condition)
        case OneOf() | Contains() | StartsWith():
            return _text_query(condition)
        case Annotated(concept_id, assertion):
            mention = {
                "concept_id": {"$eq": concept_id},
                "assertion": {"$eq": str(assertion)},
                "subject": {"$ne": str(AnnotationSubject.LITERATURE)},
            }
            return {"annotations": {"$elemMatch": mention}}
        case Within() | Classified():
            raise unanswered(condition)


def _text_query(condition: OneOf | Contains | StartsWith) -> Query:
    field = require_field(condition.field_name)
    match condition:
        case OneOf(_, values):
            return {f"folded.{field.name}": {"$in": [fold(value) for value in values]}}
        case Contains(_, text):
            return {"$expr": _found_at(field, text, {"$gte": ["$$place", 0]})}
        case StartsWith(_, text):
            return {"$expr": _found_at(field, text, {"$eq": ["$$place", 0]})}


def _range_query(condition: Between) -> Query:
    field = require_field(condition.field_name)
    inside = {value_path(field): _range(condition.minimum, condition.maximum)}
    if not field.ends:
        return inside
    lowest, highest = map(value_path, field.ends)
    overlap = {lowest: _range(None, condition.maximum), highest: _range(condition.minimum, None)}
    return {"$or": [inside, overlap]}


def _range(minimum: float | None, maximum: float | None) -> Query:
    ends = {"$gte": minimum, "$lte": maximum}
    return {"$type": "number", **{operator: end for operator, end in ends.items() if end is not None}}


def _found_at(field: Field, text: str, holds: Query) -> Query:
    """Return whether for any text of the field the place of these letters, -1 where it lacks them, is such."""
    place = {"$indexOfCP": ["$$this", {"$literal": fold(text)}]}
    texts = {"$ifNull": [f"$folded.{field.name}", []]}
    each = {"$let": {"vars": {"place": place}, "in": holds}}
    return {"$anyElementTrue": [{"$map": {"input": texts, "in": each}}]}
