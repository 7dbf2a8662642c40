"""Windows of dates: they add up to the day, whatever the months, and no window has more than a server lists."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import InputError
from ingest.fetch.windows import DateWindow, listable_windows

DAY = st.dates(date(1990, 1, 1), date(2030, 12, 31))


def days_of(window: DateWindow) -> list[date]:
    return [window.first + timedelta(days=n) for n in range((window.last - window.first).days + 1)]


@given(DAY, st.integers(0, 1500))
def test_the_parts_of_a_window_are_its_days_each_once_in_order(first: date, length: int) -> None:
    window = DateWindow(first, first + timedelta(days=length))
    parts = window.parts()
    assert bool(parts) == (length > 0)
    if parts:
        assert [day for part in parts for day in days_of(part)] == days_of(window)


def test_a_window_of_years_falls_into_years_a_year_into_months_a_month_into_days() -> None:
    years = DateWindow(date(2019, 11, 5), date(2021, 3, 2)).parts()
    assert [str(part) for part in years] == [
        "2019-11-05 to 2019-12-31", "2020-01-01 to 2020-12-31", "2021-01-01 to 2021-03-02"
    ]  # fmt: skip
    months = years[1].parts()
    assert [part.last.day for part in months] == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert [str(part) for part in months[1].parts()] == [f"2020-02-{day:02}" for day in range(1, 30)]


@given(st.lists(st.integers(0, 40), max_size=120), st.integers(1, 3), DAY)
def test_every_article_is_in_one_window_that_can_be_listed(offsets: list[int], busy: int, first: date) -> None:
    published = Counter(first + timedelta(days=17 * offset) for offset in offsets)
    limit = max([busy, *published.values()])

    def count(window: DateWindow) -> int:
        return sum(found for day, found in published.items() if window.first <= day <= window.last)

    windows = list(listable_windows(DateWindow(first, first + timedelta(days=17 * 40)), count, limit))
    assert all(0 < found <= limit for _, found in windows)
    assert sum(found for _, found in windows) == len(offsets)
    assert windows == sorted(windows)
    assert all(one.last < other.first for (one, _), (other, _) in pairwise(windows))


def test_a_window_that_can_be_listed_is_asked_once() -> None:
    asked: list[DateWindow] = []

    def count(window: DateWindow) -> int:
        asked.append(window)
        return 5

    whole = DateWindow(date(2020, 1, 1), date(2023, 12, 31))
    assert list(listable_windows(whole, count, 5)) == [(whole, 5)]
    assert asked == [whole]


def test_a_single_day_with_more_than_a_server_lists_is_an_error_that_names_it() -> None:
    def count(window: DateWindow) -> int:
        return 12 if window.first <= date(2020, 2, 29) <= window.last else 0

    with pytest.raises(InputError, match=r"12 articles on 2020-02-29 alone, and the server lists at most 10"):
        list(listable_windows(DateWindow(date(2019, 1, 1), date(2021, 1, 1)), count, 10))
