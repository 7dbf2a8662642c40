"""An age in words."""

from __future__ import annotations

import pytest

from ingest.normalise.age_words import DAYS_A_YEAR, age_in_words


@pytest.mark.parametrize(
    ("age_years", "words"),
    [
        (None, "age unknown"),
        (0.0, "0 days"),
        (1 / DAYS_A_YEAR, "1 day"),
        (45 / DAYS_A_YEAR, "45 days"),
        (2 / 12, "2 months"),
        (0.75, "9 months"),
        (1.99, "24 months"),
        (2.0, "2 years"),
        (61.5, "61.5 years"),
    ],
)
def test_an_age_is_told_in_days_months_or_years(age_years, words):
    assert age_in_words(age_years) == words
