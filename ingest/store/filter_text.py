"""A filter as text again, for saved queries and for showing what was asked; `query_text.parse_filter` reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.store.filters import (
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
    Within,
)
from ingest.vocabulary import Assertion, ConceptKind

MODEL, WITHIN = "model:", "within:"

_EVERYTHING = "()"
_NOTHING = "not ()"
_BARE = re.compile(r"[\w.:/+-]+")  # what needs no quotes; `parse_filter` takes more, people need not know


def format_filter(where: Filter) -> str:
    """Return the text that `parse_filter` reads as a filter of the same meaning."""
    match where:
        case AllOf(parts):
            return " ".join(_bracketed(part) for part in parts) or _EVERYTHING
        case AnyOf(parts):
            return " or ".join(_bracketed(part) for part in parts) or _NOTHING
        case Not(part):
            return f"not {_bracketed(part)}"
        case _:
            return _format_condition(where)


def _format_condition(condition: Condition) -> str:
    match condition:
        case OneOf(name, values):
            return _format_values(name, values)
        case Classified(task, labels):
            return _format_values(f"{MODEL}{task}", labels)
        case Between(name, minimum, maximum):
            low, high = _number(minimum), _number(maximum)
            return f"{name}={low}" if low and low == high else f"{name}={low}..{high}"
        case Contains(name, text) | StartsWith(name, text):
            return f"{name}{'~' if isinstance(condition, Contains) else '^'}{_quoted(text)}"
        case Annotated(concept_id, assertion):
            return _format_annotated(concept_id, assertion)
        case Within(node, steps):
            return f"{WITHIN}{steps}:{_quoted(node)}"


def _format_values(name: str, values: Sequence[str]) -> str:
    return f"{name}={','.join(_quoted(value) for value in values)}" if values else _NOTHING


def _format_annotated(concept_id: str, assertion: Assertion) -> str:
    kind = concept_id.partition(":")[0]
    bare = _BARE.fullmatch(concept_id) is not None
    if bare and assertion is Assertion.PRESENT and kind in tuple(ConceptKind):
        return concept_id
    return f"{assertion}:{concept_id if bare else _quoted(concept_id)}"


def _bracketed(part: Filter) -> str:
    text = format_filter(part)
    several = isinstance(part, (AllOf, AnyOf)) and len(part.parts) > 1
    return f"({text})" if several else text


def _quoted(text: str) -> str:
    if _BARE.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _number(value: float | None) -> str:
    return "" if value is None else repr(float(value)).removesuffix(".0")
