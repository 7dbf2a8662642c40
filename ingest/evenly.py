"""A part of many things, taken evenly from the first to the last: enough to learn from, the same on every run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def taken_evenly(things: Sequence[T], limit: int) -> list[T]:
    """Return all things, or `limit` of them at equal distances where there are more.

    Examples
    --------
    >>> taken_evenly("abcdefgh", 4), taken_evenly("abc", 4)
    (['a', 'c', 'e', 'g'], ['a', 'b', 'c'])
    """
    count = len(things)
    return list(things) if count <= limit else [things[number * count // limit] for number in range(limit)]
