"""Whether a filter makes sense: known fields, values of the vocabulary, a size that every engine can answer.

Both engines ask here before they translate, so that a wrong filter is refused with the same sentence everywhere.
"""

from __future__ import annotations

import math

from ingest.errors import InvalidFilter
from ingest.spelling import did_you_mean
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
    Not,
    OneOf,
    StartsWith,
    ValueKind,
    Within,
    require_field,
)
from ingest.store.stored_form import is_storable

MAX_DEPTH = 32  # MongoDB refuses a condition nested deeper than 100, and each level of ours takes up to three
MAX_STEPS_AWAY = 4  # of the graph: beyond, nearly every case is near
MAX_CONDITIONS = 500  # SQLite refuses expressions deeper than 1000 (SQLITE_MAX_EXPR_DEPTH); a chain of AND is that deep

_OF_VALUES = (ValueKind.EXACT, ValueKind.FLAG, ValueKind.TEXT, ValueKind.DISEASE, ValueKind.COLLECTION)


def check_filter(where: Filter) -> None:
    """Refuse a filter that no engine could answer.

    Raises
    ------
    InvalidFilter
        On an unknown field, a value outside the vocabulary, a condition that does not suit the kind of its field,
        or more conditions or levels than the engines take.
    """
    conditions = _check(where, depth=1)
    if conditions > MAX_CONDITIONS:
        raise InvalidFilter(f"the filter has {conditions} conditions, at most {MAX_CONDITIONS} are answered.")


def require_value(field: Field, text: str) -> str:
    """Return the value of the field's vocabulary that `text` means, upper and lower case alike.

    Raises
    ------
    InvalidFilter
        If the vocabulary has no such value; the message suggests the nearest one.
    """
    if field.vocabulary is None:
        return text
    for value in field.vocabulary:
        if value.casefold() == text.casefold():
            return str(value)
    values = [str(value) for value in field.vocabulary]
    hint = did_you_mean(text, values) or f"Values: {', '.join(values)}."
    raise InvalidFilter(f"{field.name} '{text}' is not in the vocabulary. {hint}")


def _check(where: Filter, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise InvalidFilter(f"the filter is nested deeper than {MAX_DEPTH} levels. Write it flatter.")
    match where:
        case AllOf(parts) | AnyOf(parts):
            return sum(_check(part, depth + 1) for part in parts)
        case Not(part):
            return _check(part, depth + 1)
        case _:
            _check_condition(where)
            return 1


def unanswered(condition: Within | Classified) -> InvalidFilter:
    """Return the error of a condition that the documents alone cannot answer."""
    asks = "the graph" if isinstance(condition, Within) else "the classifier"
    return InvalidFilter(f"a condition of the filter asks {asks}, which is not asked here. Leave it out.")


def require_counted(field: Field) -> Field:
    """Return a field by whose values cases can be counted. Raises InvalidFilter for one that is any of others."""
    if field.parts:
        raise InvalidFilter(
            f"cases are not counted by '{field.name}'. Name one of its parts: {', '.join(field.parts)}."
        )
    return field


def _check_condition(condition: Condition) -> None:
    match condition:
        case OneOf(name, values):
            field = _require_kind(name, "one of some values", *_OF_VALUES)
            for value in values:
                _check_text(value)
                _check_vocabulary(field, value)
        case Between(name, minimum, maximum):
            _require_kind(name, "a range", ValueKind.NUMBER)
            if not all(bound is None or math.isfinite(bound) for bound in (minimum, maximum)):
                raise InvalidFilter(f"the ends of the range of '{name}' are not finite numbers. Leave an end open.")
            if minimum is not None and maximum is not None and minimum > maximum:
                raise InvalidFilter(f"the range {name}={minimum:g}..{maximum:g} ends before it begins.")
        case Contains(name, text) | StartsWith(name, text):
            _require_kind(name, "a text", ValueKind.TEXT)
            _check_text(text)
        case Annotated(concept_id, _):
            _check_text(concept_id)
        case Within(node, steps):
            _check_text(node)
            if not 1 <= steps <= MAX_STEPS_AWAY:
                raise InvalidFilter(f"a case stands within 1 to {MAX_STEPS_AWAY} steps of a node, not {steps}.")
        case Classified(task, labels):
            for text in (task, *labels):
                _check_text(text)


def _require_kind(name: str, what: str, *kinds: ValueKind) -> Field:
    field = require_field(name)
    if field.kind not in kinds:
        example = {
            ValueKind.EXACT: f"{name}=value",
            ValueKind.NUMBER: f"{name}=30..50",
            ValueKind.FLAG: f"{name}=true",
            ValueKind.TEXT: f'{name}~"text"',
            ValueKind.DISEASE: f"{name}=stroke",
            ValueKind.COLLECTION: f"{name}=name",
        }[field.kind]
        raise InvalidFilter(f"field '{name}' cannot be asked for {what}. Write {example}.")
    return field


def _check_vocabulary(field: Field, value: str) -> None:
    meant = require_value(field, value)
    if meant != value:
        raise InvalidFilter(f"{field.name} '{value}' is not in the vocabulary. Did you mean '{meant}'?")


def _check_text(text: str) -> None:
    if "\0" in text or not is_storable(text):
        raise InvalidFilter("the filter holds a character that no text of a case can hold (NUL or half a pair).")
