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
_RANGES_OVERLAP = (
    "c.case_id IN (SELECT case_id FROM case_values WHERE field_name = ? AND value BETWEEN ? AND ?)"
    " OR (c.case_id IN (SELECT case_id FROM case_values WHERE field_name = ? AND value <= ?)"
    " AND c.case_id IN (SELECT case_id FROM case_values WHERE field_name = ? AND value >= ?))"
)
_TEXT_IS_THERE = "c.case_id IN (SELECT case_id FROM case_texts WHERE field_name = ?)"
_HAS = "instr(folded, ?) > 0"
_TEXT_CONTAINS_ALL = "c.case_id IN (SELECT case_id FROM case_texts WHERE field_name = ? AND {})"
_TEXT_CONTAINS = "c.case_id IN (SELECT case_id FROM case_texts WHERE field_name = ? AND instr(folded, ?) > 0)"
_TEXT_BEGINS = "c.case_id IN (SELECT case_id FROM case_texts WHERE field_name = ? AND instr(folded, ?) = 1)"
_OF_VALUES = (ValueKind.EXACT, ValueKind.NUMBER, ValueKind.FLAG)
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
    fields = (one for field in FIELDS.values() if field.kind in _OF_VALUES for one in (field, *field.ends))
    for field in fields:
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
            return _all_sql(parts)
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
        case Between():
            return _range_sql(condition)
        case OneOf() | Contains() | StartsWith():
            return _text_sql(condition)
        case Annotated(concept_id, assertion):
            return _VALUE_IS_ONE_OF, [_annotation_field(assertion), json.dumps([concept_id])]
        case Within() | Classified():
            raise unanswered(condition)


def _range_sql(condition: Between) -> Sql:
    field = require_field(condition.field_name)
    low = -_LARGEST if condition.minimum is None else condition.minimum
    high = _LARGEST if condition.maximum is None else condition.maximum
    if not field.ends:
        return _NUMBER_IS_BETWEEN, [field.name, low, high]
    lowest, highest = field.ends
    return _RANGES_OVERLAP, [field.name, low, high, lowest.name, high, highest.name, low]


def _text_sql(condition: OneOf | Contains | StartsWith) -> Sql:
    match condition:
        case OneOf(name, values):
            return _TEXT_IS_ONE_OF, [name, json.dumps([fold(value) for value in values])]
        case Contains(name, "") | StartsWith(name, ""):
            return _TEXT_IS_THERE, [name]
        case Contains(name, text):
            return _TEXT_CONTAINS, [name, fold(text)]
        case StartsWith(name, text):
            return _TEXT_BEGINS, [name, fold(text)]


def _all_sql(parts: tuple[Filter, ...]) -> Sql:
    """Return the conjunction; what one text of a case has to contain is looked for in one pass over these texts."""
    words: dict[str, list[str]] = {}
    others: list[Filter] = []
    for part in parts:
        if isinstance(part, Contains) and part.text and _has_one_text(part.field_name):
            words.setdefault(part.field_name, []).append(fold(part.text))
        else:
            others.append(part)
    pieces: list[Sql] = [_contains_all(name, of) for name, of in words.items()]
    return _together(" AND ", [*pieces, *map(_sql, others)], nothing="1")


def _contains_all(field_name: str, words: list[str]) -> Sql:
    has_each: LiteralString = " AND ".join([_HAS for _ in words])
    return _TEXT_CONTAINS_ALL.format(has_each), [field_name, *words]


def _has_one_text(field_name: str) -> bool:
    field = require_field(field_name)
    return not (field.of_images or field.read or field.parts)


def _joined(word: LiteralString, parts: tuple[Filter, ...], nothing: LiteralString) -> Sql:
    return _together(word, [_sql(part) for part in parts], nothing)


def _together(word: LiteralString, pieces: list[Sql], nothing: LiteralString) -> Sql:
    text = word.join(f"({piece})" for piece, _ in pieces) or nothing
    return text, [parameter for _, parameters in pieces for parameter in parameters]


def _annotation_field(assertion: Assertion | str) -> str:
    return f"annotation:{assertion}"
