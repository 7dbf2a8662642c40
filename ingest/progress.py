"""How a long function tells how far it is. What it is told with may raise an error, which ends it at that place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class ProgressCallback(Protocol):
    """Told how much is done of how much; it is called from the thread that works, and should return soon."""

    def __call__(self, done: int, total: int, /) -> None:
        """Take note that `done` of `total` are done."""
        ...


def ignore_progress(done: int, total: int, /) -> None:
    """Take no note."""


@dataclass(frozen=True)
class ReadSoFar:
    """What an ingest has read until now: cases, their images, and documents that do not fit."""

    cases: int = 0
    images: int = 0
    quarantined: int = 0


class ReadingCallback(Protocol):
    """Told what has been read; it is called from the thread that works, and should return soon."""

    def __call__(self, read: ReadSoFar, /) -> None:
        """Take note of what has been read."""
        ...


def ignore_reading(read: ReadSoFar, /) -> None:
    """Take no note."""
