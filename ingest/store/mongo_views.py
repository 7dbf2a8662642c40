"""The views of the MedPix 2.0 paper as MongoDB views, so that they are there in mongosh too; shape from `views.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.store.mongo_query import LIVE
from ingest.store.views import (
    CASE_COLUMNS,
    CASE_KEYS,
    DESCRIPTION_KEYS,
    IMAGE_COLUMNS,
    IMAGE_LISTS,
    TOPIC_KEYS,
)

Expression = dict[str, Any]


def _source_value(owner: str, key: str) -> Expression:
    pairs = {"$filter": {"input": f"{owner}source_values", "as": "pair", "cond": {"$eq": ["$$pair.k", key]}}}
    return {"$first": {"$map": {"input": pairs, "in": "$$this.v"}}}


def _or_null(*expressions: Any) -> Expression:
    return {"$ifNull": [*expressions, None]}


def _case_value(part: str, key: str, section: str | None) -> Expression:
    raw = _source_value("$", f"{part}.{key}")
    return _or_null({"$ifNull": [raw, f"$sections.{section}"]}) if section else _or_null(raw)


def _short(path: str) -> Expression:
    """The part of an id after its first colon; all of it where there is none."""
    place = {"$add": [{"$indexOfCP": [path, ":"]}, 1]}
    return {"$substrCP": [path, place, {"$strLenCP": path}]}


def _images_of_type(kind: str) -> Expression:
    images = {
        "$filter": {"input": "$images", "as": "image", "cond": {"$eq": [_source_value("$$image.", "Type"), kind]}}
    }
    return {"$map": {"input": images, "as": "image", "in": _short("$$image.image_id")}}


_OF_CASES: Mapping[str, Any] = {
    "U_id": _short("$_id"),
    **{name: _images_of_type(kind) for name, kind in IMAGE_LISTS.items()},
    "Case": {key: _case_value("Case", key, section) for key, section in CASE_KEYS.items()},
    "Topic": {key: _case_value("Topic", key, section) for key, section in TOPIC_KEYS.items()},
}
_OF_IMAGES: Mapping[str, Any] = {
    "Type": _or_null(_source_value("$image.", "Type")),
    "Image": _short("$image.image_id"),
    "Description": {key: _or_null(_source_value("$image.", key)) for key in DESCRIPTION_KEYS},
    "Location": _or_null(_source_value("$image.", "Location")),
    "Location Category": _or_null(_source_value("$image.", "Location Category")),
}


def _pipeline(columns: Sequence[str], *, per_image: bool) -> list[Expression]:
    live = [{"$match": LIVE}, {"$sort": {"_id": 1}}]
    spread = [{"$set": {"image": "$images"}}, {"$unwind": "$image"}] if per_image else []
    row = {column: {**_OF_CASES, **_OF_IMAGES}[column] for column in columns}
    return [*live, *spread, {"$replaceRoot": {"newRoot": row}}]


MONGO_VIEWS: Mapping[str, list[Expression]] = {
    "Image_Descriptions": _pipeline(IMAGE_COLUMNS, per_image=True),
    "Clinical_reports": _pipeline(("U_id", *CASE_COLUMNS), per_image=False),
    "Image_Reports": _pipeline((*IMAGE_COLUMNS, *CASE_COLUMNS), per_image=True),
}
