r"""The filter as people type it: ``modality=MR age_years=30..50 findings~"ring enhancing" not region=Head``.

    filter     = all { "or" all }
    all        = part { ["and"] part }
    part       = "not" part | "(" filter ")" | condition
    condition  = field "=" value { "," value }        one of these values
               | number field "=" [low] ".." [high]   a closed range, open at an end that is left out
               | text field "=" text { "," text }     the text is one of these, upper and lower case alike
               | field "~" text { "," text }          the text contains one of these, likewise
               | field "^" text { "," text }          the text begins with one of these, likewise
               | "finding:mass"                       an annotation, present
               | "absent:mass"                        likewise uncertain:, historical:, present:
               | "within:2:NODE"                      at most two steps of the graph from a case or a diagnosis
               | "model:" task "=" label { "," label }  the classifier is sure of this of an image

A value with blanks, commas or signs stands in double quotes, in which ``\"`` and ``\\`` are a quote and a
backslash. ``()`` matches every case. `format_filter` writes what `parse_filter` reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.errors import InvalidFilter
from ingest.spelling import did_you_mean
from ingest.store.checks import MAX_DEPTH, check_filter
from ingest.store.conditions import (
    KEYWORDS,
    is_annotation,
    is_within,
    parse_annotated,
    parse_contains,
    parse_starts_with,
    parse_values,
    parse_within,
)
from ingest.store.filter_text import format_filter
from ingest.store.filters import FIELDS, AllOf, AnyOf, Filter, Not, ValueKind, require_field

__all__ = ["filter_from_fields", "format_filter", "parse_filter"]

Value = str | float | Sequence[str] | tuple[float | None, float | None]

# Each alternative begins with another letter, so that reading is linear in the length of the text
_TOKEN = re.compile(
    r'(?P<blank>\s+)|(?P<sign>[()=~^,])|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>[^\s()=~^,"]+)', re.DOTALL
)
_PARSERS: Mapping[str, Callable[[str, Sequence[str]], Filter]] = {
    "=": parse_values,
    "~": parse_contains,
    "^": parse_starts_with,
}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Token:
    """One piece of a typed filter and where it begins."""

    kind: str
    text: str
    start: int


def parse_filter(text: str) -> Filter:
    """Return the filter that a text says; an empty text matches every case.

    Raises
    ------
    InvalidFilter
        If the text cannot be read, or names a field or value that does not exist; the message suggests the nearest.
    """
    reader = _Reader(list(_tokens(text)))
    where = reader.read_alternatives(depth=0) if reader.next_kind else AllOf(())
    if reader.next_kind:
        raise InvalidFilter(f"')' at character {reader.take().start + 1} closes nothing.")
    check_filter(where)
    return where


def filter_from_fields(values: Mapping[str, Value | None]) -> Filter:
    """Return the filter that the fields of a form say; a field that is None or empty asks for nothing.

    Parameters
    ----------
    values : mapping
        By field name: a text or several for exact values, a number or a ``(minimum, maximum)`` for numbers,
        a text to contain for texts.

    Raises
    ------
    InvalidFilter
        If a field or value does not exist.
    """
    parts = tuple(
        _from_field(name, value)
        for name, value in values.items()
        if value is not None and value not in ("", (), [], (None, None))
    )
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _from_field(name: str, value: Value) -> Filter:
    if isinstance(value, str):
        is_text = require_field(name).kind is ValueKind.TEXT
        return parse_contains(name, [value]) if is_text else parse_values(name, [value])
    if isinstance(value, (int, float)):
        return parse_values(name, [str(value)])
    if any(isinstance(item, str) for item in value):
        return parse_values(name, [str(item) for item in value])
    minimum, maximum = value
    return parse_values(name, [f"{'' if minimum is None else minimum}..{'' if maximum is None else maximum}"])


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise InvalidFilter(f"the quote at character {position + 1} is not closed.")
        if match.lastgroup == "quoted":
            yield Token("quoted", _ESCAPED.sub(r"\1", match["quoted"]), position)
        elif match.lastgroup != "blank":
            token = match[0]
            yield Token(token if match.lastgroup == "sign" else "word", token, position)
        position = match.end()


class _Reader:
    """Reads tokens from left to right; one method per line of the grammar."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._position = 0

    @property
    def next_kind(self) -> str | None:
        """A sign, ``word``, ``quoted``, or None at the end."""
        return self._tokens[self._position].kind if self._position < len(self._tokens) else None

    def take(self) -> Token:
        """Return the next token and go on."""
        if self.next_kind is None:
            raise InvalidFilter("the filter ends where a condition or a value is expected.")
        self._position += 1
        return self._tokens[self._position - 1]

    def read_alternatives(self, depth: int) -> Filter:
        """Read parts joined by ``or``."""
        if depth > MAX_DEPTH:
            raise InvalidFilter(f"the filter is nested deeper than {MAX_DEPTH} levels. Write it flatter.")
        parts = [self._read_all(depth)]
        while self._take_keyword("or"):
            parts.append(self._read_all(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _read_all(self, depth: int) -> Filter:
        parts = [self._read_part(depth)]
        while self.next_kind not in (None, ")") and not self._keyword_is_next("or"):
            self._take_keyword("and")
            parts.append(self._read_part(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _read_part(self, depth: int) -> Filter:
        if self._take_keyword("not"):
            if depth > MAX_DEPTH:
                raise InvalidFilter(f"the filter is nested deeper than {MAX_DEPTH} levels. Write it flatter.")
            return Not(self._read_part(depth + 1))
        token = self.take()
        if token.kind == "(":
            return self._read_group(token, depth)
        if token.kind != "word":
            raise InvalidFilter(f"'{token.text}' at character {token.start + 1} stands where a condition is expected.")
        return self._read_condition(token.text)

    def _read_group(self, opened: Token, depth: int) -> Filter:
        inner = AllOf(()) if self.next_kind == ")" else self.read_alternatives(depth + 1)
        if self.next_kind != ")":
            raise InvalidFilter(f"'(' at character {opened.start + 1} is not closed.")
        self.take()
        return inner

    def _read_condition(self, word: str) -> Filter:
        if (parse := _PARSERS.get(self.next_kind or "")) is not None:
            self.take()
            values = [self._read_value()]
            while self.next_kind == ",":
                self.take()
                values.append(self._read_value())
            return parse(word, values)
        if is_annotation(word) or is_within(word):
            quoted = self.take().text if word.endswith(":") and self.next_kind == "quoted" else ""
            return (parse_within if is_within(word) else parse_annotated)(word + quoted)
        hint = did_you_mean(word, [*FIELDS, *KEYWORDS]) or 'Write field=value, field~"text" or finding:mass.'
        raise InvalidFilter(f"'{word}' is not a condition. {hint}")

    def _read_value(self) -> str:
        token = self.take()
        if token.kind not in ("word", "quoted"):
            raise InvalidFilter(f"'{token.text}' at character {token.start + 1} stands where a value is expected.")
        return token.text

    def _keyword_is_next(self, keyword: str) -> bool:
        if self.next_kind != "word" or self._tokens[self._position].text.casefold() != keyword:
            return False
        following = self._tokens[self._position + 1 : self._position + 2]
        return not following or following[0].kind not in (*_PARSERS, ",")

    def _take_keyword(self, keyword: str) -> bool:
        found = self._keyword_is_next(keyword)
        self._position += found
        return found
