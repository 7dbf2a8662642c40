"""One typed condition as a value: what stands on both sides of its sign, checked against the fields."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ingest.errors import InvalidFilter
from ingest.store.checks import require_value
from ingest.store.filter_text import MODEL, WITHIN
from ingest.store.filters import (
    Annotated,
    AnyOf,
    Between,
    Classified,
    Contains,
    Filter,
    OneOf,
    StartsWith,
    ValueKind,
    Within,
    require_field,
)
from ingest.vocabulary import Assertion, ConceptKind

KEYWORDS = ("and", "or", "not")

_PREFIXES = frozenset([*ConceptKind, *Assertion])
_RANGE = re.compile(r"(?P<low>.*?)\.\.(?P<high>.*)", re.DOTALL)


def parse_values(field_name: str, values: Sequence[str]) -> Filter:
    """Return the condition ``field=a,b``: one of these values, or of these numbers and ranges."""
    if field_name.startswith(MODEL):
        return Classified(field_name.removeprefix(MODEL), tuple(values))
    field = require_field(field_name)
    if field.kind is ValueKind.NUMBER:
        ranges = tuple(_parse_range(field_name, value) for value in values)
        return ranges[0] if len(ranges) == 1 else AnyOf(ranges)
    return OneOf(field_name, tuple(require_value(field, value) for value in values))


def parse_contains(field_name: str, texts: Sequence[str]) -> Filter:
    """Return the condition ``field~a,b``: one of these is part of the text."""
    return _any([Contains(require_field(field_name).name, text) for text in texts])


def parse_starts_with(field_name: str, texts: Sequence[str]) -> Filter:
    """Return the condition ``field^a,b``: the text begins with one of these."""
    return _any([StartsWith(require_field(field_name).name, text) for text in texts])


def _any(parts: Sequence[Filter]) -> Filter:
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def is_within(word: str) -> bool:
    """Tell whether a word such as ``within:2:MPX9001`` begins a condition on the graph."""
    return word.casefold().startswith(WITHIN)


def parse_within(word: str) -> Within:
    """Return the condition of ``within:2:MPX9001``."""
    steps, _, node = word[len(WITHIN) :].partition(":")
    if not (steps.isascii() and steps.isdigit() and node):
        raise InvalidFilter(f"'{word}' is not a condition. Write within:2:NODE; a node is a case or a diagnosis.")
    return Within(node, int(steps[:4]))


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
