"""A view as a MongoDB pipeline over the collection of cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingest.store.filters import Filter
from ingest.store.mongo_query import live_query
from ingest.store.views import CaseValue, Column, ImageIds, ImageValue, Known, SourceView, Values

Expression = dict[str, Any]


def view_pipeline(view: SourceView, where: Filter | None = None) -> list[Expression]:
    """Return the stages that make the rows of a view from the cases, in order of case.

    Raises
    ------
    InvalidFilter
        If the filter does not make sense.
    """
    cases = [{"$match": live_query(view.of_matching(where))}, {"$sort": {"_id": 1}}]
    images = [{"$set": {"image": "$images"}}, {"$unwind": "$image"}] if view.per_image else []
    row = {name: _column(column) for name, column in view.columns.items()}
    return [*cases, *images, {"$replaceRoot": {"newRoot": row}}]


def _column(column: Column) -> Expression:
    match column:
        case Known():
            return _KNOWN[column]
        case CaseValue(key, section):
            return _or_null(_source_value("$", key), *([f"$sections.{section}"] if section else []))
        case ImageValue(key):
            return _or_null(_source_value("$image.", key))
        case ImageIds(key, value):
            same = {"$eq": [_source_value("$$image.", key), {"$literal": value}]}
            images = {"$filter": {"input": "$images", "as": "image", "cond": same}}
            return {"$map": {"input": images, "as": "image", "in": _short("$$image.image_id")}}
        case Values(parts):
            return {name: _column(part) for name, part in parts.items()}


def _source_value(owner: str, key: str) -> Expression:
    same = {"$eq": ["$$pair.k", {"$literal": key}]}
    pairs = {"$filter": {"input": f"{owner}source_values", "as": "pair", "cond": same}}
    return {"$first": {"$map": {"input": pairs, "in": "$$this.v"}}}


def _or_null(*expressions: Any) -> Expression:
    return {"$ifNull": [*expressions, None]}


def _short(path: str) -> Expression:
    """The part of an id after its first colon; all of it where there is none."""
    place = {"$add": [{"$indexOfCP": [path, ":"]}, 1]}
    return {"$substrCP": [path, place, {"$strLenCP": path}]}


_KNOWN: Mapping[Known, Expression] = {
    Known.CASE_ID: _short("$_id"),
    Known.IMAGE_ID: _short("$image.image_id"),
    Known.IMAGE_FILE: _or_null("$image.object_key"),
}
