"""A filter as SQL: constant pieces of text, every name and value a parameter.

The store keeps what filters look at in two narrow tables, so that one condition is one constant subquery:
`case_values` (exact values, numbers, annotations) and `case_texts` (texts without upper and lower case).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, LiteralString

from ingest.store.checks import check_filter, unanswered
from ingest.store.filters import (
    FIELDS,
    AllOf,
    Annotated,
    AnyOf,
    Between,
    Classified,
    Condition,
    Contains,
    Filter,
    Not,
    OneOf,
    StartsWith,
    ValueKind,
    Within,
    over_parts,
    require_field,
)
from ingest.store.stored_form import field_values, fold, speaks_of_patient
from ingest.vocabulary import Assertion

Sql = tuple[LiteralString, list[Any]]

# json_each: one parameter for any number of values; SQLite takes at most 32 766 of them otherwise
_VALUE_IS_ONE_OF = (
    "c.case_id IN (SELECT case_id FROM case_values WHERE field_name = ? AND value IN (SELECT value FROM json_each(?)))"
)
_IS_ONE_OF_THE_CASES = "c.case_id IN (SELECT value FROM json_each(?)) OR c.short_id IN (SELECT value FROM json_each(?))"
_TEXT_IS_ONE_OF = (
    "c.case_id IN (SELECT case_id FROM case_texts WHERE field_name = ? AND folded IN (SELECT value FROM json_each(?)))"
)
_NUMBER_IS_BETWEEN = "c.case_id IN (SELECT case_id FROM case_values WHERE field_name = ? AND value BETWEEN ? AND ?)"
_TEXT_CONTAINS = "c.case_id IN (SELECT case_id FROM case_texts WHERE field_name = ? AND instr(folded, ?) > 0)"
_TEXT_BEGINS = "c.case_id IN (SELECT case_id FROM case_texts WHERE field_name = ? AND instr(folded, ?) = 1)"
_LARGEST = 1.7976931348623157e308  # of a double: an open end


def select_sql(columns: LiteralString, where: Filter | None, *, rest: LiteralString = "") -> Sql:
    """Return a question to the live cases, ``cases AS c``, that match a filter, and its parameters.

    Parameters
    ----------
    columns : str
        What to select.
    where : Filter or None
        None for every case.
    rest : str
        What follows the condition of the filter; its parameters come after those returned.

    Raises
    ------
    InvalidFilter
        If the filter does not make sense.
    """
    check_filter(where or AllOf(()))
    condition, parameters = _sql(where or AllOf(()))
    live = "FROM cases AS c WHERE c.document IS NOT NULL"
    return f"SELECT {columns} {live} AND ({condition}) {rest}", parameters


def value_rows(case_id: str, document: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield the rows of `case_values` of a case: field name, value, case id."""
    for field in FIELDS.values():
        if field.kind in (ValueKind.EXACT, ValueKind.NUMBER):
            for value in field_values(document, field):
                yield field.name, value, case_id
    spoken = (mention for mention in document["annotations"] if speaks_of_patient(mention))
    mentions = {(mention["assertion"], mention["concept_id"]) for mention in spoken}
    for assertion, concept_id in mentions:
        yield _annotation_field(assertion), concept_id, case_id


def text_rows(case_id: str, folded: Mapping[str, list[str]]) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of `case_texts` of a case: field name, folded text, case id."""
    for field_name, texts in folded.items():
        for text in texts:
            yield field_name, text, case_id


def _sql(where: Filter) -> Sql:
    match where:
        case AllOf(parts):
            return _joined(" AND ", parts, nothing="1")
        case AnyOf(parts):
            return _joined(" OR ", parts, nothing="0")
        case Not(part):
            text, parameters = _sql(part)
            return f"NOT ({text})", parameters
        case _:
            spread = over_parts(where)
            return _condition_sql(where) if spread is None else _sql(spread)


def _condition_sql(condition: Condition) -> Sql:
    match condition:
        case OneOf("case_id", values):
            return _IS_ONE_OF_THE_CASES, [json.dumps(values)] * 2
        case OneOf(name, values) if require_field(name).kind is not ValueKind.TEXT:
            return _VALUE_IS_ONE_OF, [name, json.dumps(values)]
        case Between(name, minimum, maximum):
            low = -_LARGEST if minimum is None else minimum
            return _NUMBER_IS_BETWEEN, [name, low, _LARGEST if maximum is None else maximum]
        case OneOf() | Contains() | StartsWith():
            return _text_sql(condition)
        case Annotated(concept_id, assertion):
            return _VALUE_IS_ONE_OF, [_annotation_field(assertion), json.dumps([concept_id])]
        case Within() | Classified():
            raise unanswered(condition)


def _text_sql(condition: OneOf | Contains | StartsWith) -> Sql:
    match condition:
        case OneOf(name, values):
            return _TEXT_IS_ONE_OF, [name, json.dumps([fold(value) for value in values])]
        case Contains(name, text):
            return _TEXT_CONTAINS, [name, fold(text)]
        case StartsWith(name, text):
            return _TEXT_BEGINS, [name, fold(text)]


def _joined(word: LiteralString, parts: tuple[Filter, ...], nothing: LiteralString) -> Sql:
    pieces = [_sql(part) for part in parts]
    text = word.join(f"({piece})" for piece, _ in pieces) or nothing
    return text, [parameter for _, parameters in pieces for parameter in parameters]


def _annotation_field(assertion: Assertion | str) -> str:
    return f"annotation:{assertion}"
