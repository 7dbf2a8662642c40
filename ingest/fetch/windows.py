"""Windows of dates that add up exactly: a search that finds more than a server lists is asked year by year, then month
by month, then day by day.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.errors import InputError


@dataclass(frozen=True, order=True)
class DateWindow:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"

    def parts(self) -> tuple[DateWindow, ...]:
        """Return the years of the window; the months of one within a year; the days of one within a month.

        They follow each other without gap or overlap. A single day has no parts.
        """
        if self.first == self.last:
            return ()
        if self.first.year != self.last.year:
            return tuple(self._cut(lambda day: date(day.year, 12, 31)))
        if self.first.month != self.last.month:
            return tuple(self._cut(lambda day: day.replace(day=calendar.monthrange(day.year, day.month)[1])))
        return tuple(self._cut(lambda day: day))

    def _cut(self, end_of: Callable[[date], date]) -> Iterator[DateWindow]:
        begin = self.first
        while True:
            end = min(end_of(begin), self.last)
            yield DateWindow(begin, end)
            if end == self.last:
                return
            begin = end + timedelta(days=1)


def listable_windows(
    whole: DateWindow, count: Callable[[DateWindow], int], limit: int
) -> Iterator[tuple[DateWindow, int]]:
    """Yield windows in which the server can list all that it finds, with how many that are; empty ones are left out.

    Parameters
    ----------
    count : callable
        Asks the server how many it finds in a window.
    limit : int
        How many the server lists at most.

    Raises
    ------
    InputError
        If a single day has more.
    """
    found = count(whole)
    if found > limit and whole.first == whole.last:
        raise InputError(
            f"the query finds {found} articles on {whole.first} alone, and the server lists at most {limit}. "
            "Narrow the query."
        )
    if found > limit:
        for part in whole.parts():
            yield from listable_windows(part, count, limit)
    elif found:
        yield whole, found
