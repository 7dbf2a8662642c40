"""What a check finds, and the commands that mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

INDEX = "casegraph index"
REBUILD = "casegraph index --rebuild"
INGEST = "casegraph ingest SOURCE"
FIX = "casegraph doctor --fix"


@dataclass(frozen=True)
class Problem:
    """One disagreement: which check found it, what it is about, and the command that mends it."""

    check: str
    subject: str
    detail: str
    mend: str


@dataclass(frozen=True)
class NotChecked:
    """What could not be looked at, and why."""

    part: str
    reason: str


Finding = Problem | NotChecked


def found(check: str, subjects: Iterable[str], detail: Callable[[str], str] | str, mend: str) -> list[Problem]:
    """Return a problem for each subject, sorted."""
    return [Problem(check, one, detail if isinstance(detail, str) else detail(one), mend) for one in sorted(subjects)]
