"""What a check finds, and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ingest.remedies import Advice, Remedy, RemedyAction

INDEX = Remedy(RemedyAction.INDEX)
REBUILD = Remedy(RemedyAction.REBUILD_INDEX)
INGEST = Remedy(RemedyAction.INGEST)
FIX = Remedy(RemedyAction.CLEAR_LEFTOVERS)


@dataclass(frozen=True)
class Problem:
    """One disagreement: which check found it, what it is about, and the command that mends it."""

    check: str
    subject: str
    detail: str
    mend: Remedy


@dataclass(frozen=True)
class NotChecked:
    """What could not be looked at, and why."""

    part: str
    reason: Advice


Finding = Problem | NotChecked


def found(check: str, subjects: Iterable[str], detail: Callable[[str], str] | str, mend: Remedy) -> list[Problem]:
    """Return a problem for each subject, sorted."""
    return [Problem(check, one, detail if isinstance(detail, str) else detail(one), mend) for one in sorted(subjects)]
