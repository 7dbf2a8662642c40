"""The collections of the MedPix 2.0 paper as views over the case documents, with the raw values of the source.

`Image_Descriptions` has one row per image, `Clinical_reports` one per case, and `Image_Reports` joins them on `U_id`
(Siragusa et al., Data Science and Engineering 2025). One table of columns owns their shape; `SQLITE_VIEWS` and
`mongo_views.py` are made from it. A value that the source does not give is null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.errors import InputError
from ingest.store.filters import did_you_mean

VIEW_NAMES = ("Image_Descriptions", "Clinical_reports", "Image_Reports")

IMAGE_COLUMNS = ("Type", "U_id", "Image", "Description", "Location", "Location Category")
CASE_COLUMNS = ("TAC", "MRI", "Case", "Topic")
NESTED_COLUMNS = ("Description", *CASE_COLUMNS)

DESCRIPTION_KEYS = ("ACR Codes", "Age", "Caption", "Figure Part", "Modality", "Plane", "Sex")

# What the source calls it, and the section that keeps it verbatim; the rest is kept under "Case.…" and "Topic.…"
CASE_KEYS: Mapping[str, str | None] = {
    "Title": "title",
    "History": "history",
    "Exam": "exam",
    "Findings": "findings",
    "Differential Diagnosis": "differential_diagnosis",
    "Case Diagnosis": "diagnosis",
    "Diagnosis By": "confirmation",
    "Discussion": "discussion",
    "Treatment & Follow Up": "treatment",
    "Media": None,
}
TOPIC_KEYS: Mapping[str, str | None] = {
    "Title": "topic_title",
    "Disease Discussion": "topic_discussion",
    "ACR Code": None,
    "Category": None,
    "Keywords": None,
    "Reference": None,
    "External Links": None,
}
IMAGE_LISTS = {"TAC": "CT", "MRI": "MR"}  # TAC is Italian for CT; the values are those of the source's key Type


def require_view(name: str) -> None:
    """Refuse the name of a view that does not exist.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    if name not in VIEW_NAMES:
        hint = did_you_mean(name, VIEW_NAMES) or f"Views: {', '.join(VIEW_NAMES)}."
        raise InputError(f"there is no view '{name}'. {hint}")


def select_view(name: str) -> str:
    """Return the question for the rows of a SQLite view; its one parameter is how many, -1 for all."""
    require_view(name)
    return f"SELECT * FROM {name} LIMIT ?"  # noqa: S608  one of three names


def sqlite_row(columns: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """Return a row of a SQLite view with its nested values."""
    return {
        name: json.loads(value) if name in NESTED_COLUMNS else value for name, value in zip(columns, row, strict=True)
    }


def _source_value(document: str, key: str) -> str:
    return f"""json_extract({document}, '$.source_values."{key}"')"""


def _case_value(part: str, key: str, section: str | None) -> str:
    raw = _source_value("c.document", f"{part}.{key}")
    return f"coalesce({raw}, json_extract(c.document, '$.sections.{section}'))" if section else raw


def _object(values: Mapping[str, str]) -> str:
    listed = ", ".join(f"'{key}', {value}" for key, value in values.items())
    return f"json_object({listed})"


_U_ID = "substr(c.case_id, instr(c.case_id, ':') + 1)"
_IMAGE_ID = "json_extract(i.value, '$.image_id')"
_SHORT_IMAGE_ID = f"substr({_IMAGE_ID}, instr({_IMAGE_ID}, ':') + 1)"
_IMAGES_OF_TYPE = (
    f"(SELECT json_group_array({_SHORT_IMAGE_ID}) FROM json_each(c.document, '$.images') AS i"  # noqa: S608  constants
    f" WHERE {_source_value('i.value', 'Type')} = '%s')"
)
_SQL_COLUMNS: Mapping[str, str] = {
    "Type": _source_value("i.value", "Type"),
    "U_id": _U_ID,
    "Image": _SHORT_IMAGE_ID,
    "Description": _object({key: _source_value("i.value", key) for key in DESCRIPTION_KEYS}),
    "Location": _source_value("i.value", "Location"),
    "Location Category": _source_value("i.value", "Location Category"),
    **{name: _IMAGES_OF_TYPE % kind for name, kind in IMAGE_LISTS.items()},
    "Case": _object({key: _case_value("Case", key, section) for key, section in CASE_KEYS.items()}),
    "Topic": _object({key: _case_value("Topic", key, section) for key, section in TOPIC_KEYS.items()}),
}
_OF_IMAGES = "cases AS c, json_each(c.document, '$.images') AS i WHERE c.document IS NOT NULL ORDER BY c.case_id, i.key"
_OF_CASES = "cases AS c WHERE c.document IS NOT NULL ORDER BY c.case_id"


def _view(name: str, columns: Sequence[str], origin: str) -> str:
    listed = ", ".join(f'{_SQL_COLUMNS[column]} AS "{column}"' for column in columns)
    return f"CREATE VIEW {name} AS SELECT {listed} FROM {origin}"  # noqa: S608  constants of this module only


SQLITE_VIEWS = (
    _view("Image_Descriptions", IMAGE_COLUMNS, _OF_IMAGES),
    _view("Clinical_reports", ("U_id", *CASE_COLUMNS), _OF_CASES),
    _view("Image_Reports", (*IMAGE_COLUMNS, *CASE_COLUMNS), _OF_IMAGES),
)
