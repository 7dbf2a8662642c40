"""A figure with its interval, from a row of results: as the row tells it, or of what it counts."""

from __future__ import annotations

from dataclasses import dataclass

from quality_lines import Told
from result_rows import Row
from scipy.stats import binomtest


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, and both ends of its 95 % interval where there is one."""

    value: float
    ends: tuple[float, float] | None = None

    @property
    def interval(self) -> tuple[float, float]:
        """Both ends; the value itself where no interval was measured."""
        return self.ends or (self.value, self.value)

    def __str__(self) -> str:
        return f"{_shown(self.value)} ({' to '.join(map(_shown, self.ends))})" if self.ends else _shown(self.value)


def figure_of(told: Told, row: Row) -> Figure | None:
    """Return the figure of a row; none where the row leaves it empty, or counts among nothing."""
    if told.share:
        total = int(row[told.of])
        return _counted(sum(int(row[name]) for name in told.share), total) if total else None
    if not row[told.value]:
        return None
    value, ends = float(row[told.value]), _ends(row, told.value)
    if ends is None and told.n:
        return _counted(round(value * int(row[told.n])), int(row[told.n]))
    return Figure(value, ends)


def hundred(value: float) -> str:
    """Return a share as a number of a hundred, which is none or all only where the share is."""
    found = int(round(100 * value, 6) + 0.5)
    return "fewer than 1" if found == 0 < value else "more than 99" if value < 1 and found == 100 else str(found)


def _counted(held: int, total: int) -> Figure:
    interval = binomtest(held, total).proportion_ci(method="wilson")
    return Figure(held / total, (float(interval.low), float(interval.high)))


def _ends(row: Row, column: str) -> tuple[float, float] | None:
    """Return what stands in the two columns behind a figure, where they are the ends of its interval."""
    names = [*row, "", ""]
    first, last = names[names.index(column) + 1 :][:2]
    if not (first.endswith("low") and last.endswith("high")):
        return None
    low, high = row[first], row[last]
    return (float(low), float(high)) if low and high else None


def _shown(value: float) -> str:
    return str(round(value, 3) + 0.0)
