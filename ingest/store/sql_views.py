"""A view as SQL: what it shows is extracted from the case documents, each name in it quoted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.store.filters import Filter
from ingest.store.sql import select_sql
from ingest.store.views import CaseValue, Column, ImageIds, ImageValue, Known, SourceView, Values

_IMAGE_ID = "json_extract(i.value, '$.image_id')"
_KNOWN: Mapping[Known, str] = {
    Known.CASE_ID: "substr(c.case_id, instr(c.case_id, ':') + 1)",
    Known.IMAGE_ID: f"substr({_IMAGE_ID}, instr({_IMAGE_ID}, ':') + 1)",
    Known.IMAGE_FILE: "json_extract(i.value, '$.object_key')",
}
_IMAGES = "json_each(c.document, '$.images') AS i"


def select_view(view: SourceView, where: Filter | None, limit: int) -> tuple[str, list[Any]]:
    """Return the question for the rows of a view, in order of case, and its parameters; -1 is no limit.

    Raises
    ------
    InvalidFilter
        If the filter does not make sense.
    """
    cases, parameters = select_sql("c.case_id, c.document", view.of_matching(where))
    listed = ", ".join(f"{_column(column)} AS {_name(name)}" for name, column in view.columns.items())
    images, order = (f", {_IMAGES}", ", i.key") if view.per_image else ("", "")
    statement = f"SELECT {listed} FROM ({cases}) AS c{images} ORDER BY c.case_id{order} LIMIT ?"  # noqa: S608  quoted
    return statement, [*parameters, limit]


def view_row(view: SourceView, row: Sequence[Any]) -> dict[str, Any]:
    """Return a row of a view by column, its objects and lists read."""
    return {
        name: json.loads(value) if isinstance(column, (Values, ImageIds)) else value
        for (name, column), value in zip(view.columns.items(), row, strict=True)
    }


def _column(column: Column) -> str:
    match column:
        case Known():
            return _KNOWN[column]
        case CaseValue(key, section):
            raw = _source_value("c.document", key)
            return f"coalesce({raw}, json_extract(c.document, '$.sections.{section}'))" if section else raw
        case ImageValue(key):
            return _source_value("i.value", key)
        case ImageIds(key, value):
            images = f"{_IMAGES} WHERE {_source_value('i.value', key)} = {_text(value)}"
            return f"(SELECT json_group_array({_KNOWN[Known.IMAGE_ID]}) FROM {images})"  # noqa: S608  quoted
        case Values(parts):
            return f"json_object({', '.join(f'{_text(name)}, {_column(part)}' for name, part in parts.items())})"


def _source_value(document: str, key: str) -> str:
    return f"""json_extract({document}, {_text(f'$.source_values."{key}"')})"""


def _text(text: str) -> str:
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _name(name: str) -> str:
    quoted = name.replace('"', '""')
    return f'"{quoted}"'
