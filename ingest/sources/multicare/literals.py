"""Values that a release writes as Python literals: lists of labels in the CSV, and in older versions whole columns."""

from __future__ import annotations

import ast
from typing import Any

MAX_LITERAL = 5_000_000  # characters; an article of many patients is written in some 100 000
_NOTHING = ("", "nan", "None", "NaN", "[]")


class NotALiteral(ValueError):
    """A text that should be a list or a mapping and is not."""


def parsed(value: Any) -> Any:
    """Return what a text that is a literal says; what is no text is returned as it is.

    Raises
    ------
    NotALiteral
        If it is none, too long or nested too deeply.
    """
    if not isinstance(value, str):
        return value
    if len(value) > MAX_LITERAL:
        raise NotALiteral
    try:
        return ast.literal_eval(value.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        raise NotALiteral from None


def words_of(value: Any) -> tuple[str, ...]:
    """Return a list of words: given as a list, as its literal, as one word, or not at all.

    Raises
    ------
    NotALiteral
        If it begins as a list and is none, or holds other things than words.

    Examples
    --------
    >>> words_of("['ct', 'head']")
    ('ct', 'head')
    >>> words_of("radiology")
    ('radiology',)
    """
    if value is None or value != value or value in _NOTHING:  # noqa: PLR0124  # nan differs from itself
        return ()
    if isinstance(value, str) and value.lstrip()[:1] not in ("[", "("):
        return (value.strip(),)
    items = parsed(value)
    if not isinstance(items, (list, tuple)) or not all(isinstance(one, str) for one in items):
        raise NotALiteral
    return tuple(one.strip() for one in items if one.strip())
