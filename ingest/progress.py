"""How a long function tells how far it is."""

from __future__ import annotations

from typing import Protocol


class ProgressCallback(Protocol):
    """Told how much is done of how much; it is called from the thread that works, and should return soon."""

    def __call__(self, done: int, total: int, /) -> None:
        """Take note that `done` of `total` are done."""
        ...


def ignore_progress(done: int, total: int, /) -> None:
    """Take no note."""
