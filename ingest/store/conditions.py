"""One typed condition as a value: what stands on both sides of its sign, checked against the fields."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ingest.errors import InvalidFilter
from ingest.store.checks import require_value
from ingest.store.filters import Annotated, AnyOf, Between, Contains, Filter, OneOf, ValueKind, require_field
from ingest.vocabulary import Assertion, ConceptKind

KEYWORDS = ("and", "or", "not")

_PREFIXES = frozenset([*ConceptKind, *Assertion])
_RANGE = re.compile(r"(?P<low>.*?)\.\.(?P<high>.*)", re.DOTALL)


def parse_values(field_name: str, values: Sequence[str]) -> Filter:
    """Return the condition ``field=a,b``: one of these values, or of these numbers and ranges."""
    field = require_field(field_name)
    if field.kind is ValueKind.NUMBER:
        ranges = tuple(_parse_range(field_name, value) for value in values)
        return ranges[0] if len(ranges) == 1 else AnyOf(ranges)
    return OneOf(field_name, tuple(require_value(field, value) for value in values))


def parse_contains(field_name: str, text: str) -> Contains:
    """Return the condition ``field~text``; `check_filter` refuses it for fields that are no texts."""
    return Contains(require_field(field_name).name, text)


def is_annotation(word: str) -> bool:
    """Tell whether a word such as ``absent:mass`` or ``finding:mass`` begins a condition on annotations."""
    prefix, colon, _ = word.partition(":")
    return bool(colon) and prefix.casefold() in _PREFIXES


def parse_annotated(word: str) -> Annotated:
    """Return the condition of ``finding:mass`` or ``absent:mass``; a bare name means a finding."""
    prefix, _, rest = word.partition(":")
    if prefix.casefold() in tuple(ConceptKind):
        assertion, concept = Assertion.PRESENT, f"{prefix.casefold()}:{rest}"
    else:
        assertion, concept = Assertion(prefix.casefold()), rest if ":" in rest else f"{ConceptKind.FINDING}:{rest}"
    if not concept.partition(":")[2]:
        raise InvalidFilter(f"'{word}' names no concept. Write for example {word}mass.")
    return Annotated(concept, assertion)


def _parse_range(field_name: str, text: str) -> Between:
    ends = _RANGE.fullmatch(text)
    if ends is None:
        number = _parse_number(field_name, text)
        return Between(field_name, number, number)
    low, high = (_parse_number(field_name, end) if end else None for end in ends.group("low", "high"))
    return Between(field_name, low, high)


def _parse_number(field_name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidFilter(f"{field_name} '{text}' is not a number. Write {field_name}=30, 30..50, 30.. or ..50.")
    return number
