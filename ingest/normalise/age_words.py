"""An age as people say it."""

from __future__ import annotations

DAYS_A_YEAR, MONTHS_A_YEAR = 365.25, 12


def age_in_words(age_years: float | None) -> str:
    """Return an age in days below two months, in months below two years, else in years.

    Examples
    --------
    >>> [age_in_words(age) for age in (2 / 365.25, 0.5, 61.0, None)]
    ['2 days', '6 months', '61 years', 'age unknown']
    """
    if age_years is None:
        return "age unknown"
    if age_years * MONTHS_A_YEAR < 2:
        days = round(age_years * DAYS_A_YEAR)
        return f"{days} day" if days == 1 else f"{days} days"
    return f"{age_years * MONTHS_A_YEAR:.0f} months" if age_years < 2 else f"{age_years:g} years"
