from __future__ import annotations

import pytest

from ingest.normalise.age import age_in_text, normalise_age
from ingest.normalise.normalised import Rule


@pytest.mark.parametrize(
    ("history", "years"),
    [
        ("45-year-old woman with headaches", 45),
        ("A 4-month-old boy", 4 / 12),
        ("8 week old girl", 8 * 7 / 365.25),
        ("2wk old male", 14 / 365.25),
        ("2 day old infant", 2 / 365.25),
        ("11 mo female with seizures", 11 / 12),
        ("16 month healthy male", 16 / 12),
        ("2.5-year-old girl", 2.5),
        ("62 y.o. man with cough", 62),
        ("21y.o. soldier", 21),
        ("33 y/o male", 33),
        ("33 yo WM", 33),
        ("Sixty-three year-old man", 63),
        ("Sixty year-old man", 60),
        ("One-year-old boy", 1),
        ("Six month old baby", 0.5),
        ("Elderly (>89 y.o.) man", 89),
        ("History (can include gestational age, or age in days, weeks, months):\n64 y.o. woman", 64),
    ],
)
def test_the_first_age_of_a_history_is_read_with_its_unit(history: str, years: float) -> None:
    found = age_in_text(history)
    assert found is not None
    assert found[0] == pytest.approx(years)


@pytest.mark.parametrize(
    "history",
    [
        "24 hours of pain in the right lower quadrant",
        "Back from a 9-month cruise",
        "2 month history of fever",
        "Chemotherapy 5 years ago",
        "25 pack-year smoker",
        "",
    ],
)
def test_a_span_of_time_is_no_age(history: str) -> None:
    assert age_in_text(history) is None


@pytest.mark.parametrize(
    ("raw", "history", "years", "rule", "conflict"),
    [
        ("45", "45-year-old woman", 45, Rule.YEARS, False),
        ("45", None, 45, Rule.YEARS, False),
        ("45", "54-year-old woman", 45, Rule.YEARS, True),
        ("2", "30 month old girl", 2.5, Rule.UNIT_IN_HISTORY, False),
        ("2", "2-year-old girl", 2, Rule.YEARS, False),
        ("2", "12 month old girl", 2, Rule.YEARS, True),
        ("2", "2.5-year-old girl", 2.5, Rule.UNIT_IN_HISTORY, False),
        ("3", "2-year-old girl", 3, Rule.YEARS, True),
        ("30", "3-year-old girl", 30, Rule.YEARS, True),
        ("58.5", "58-year-old man", 58.5, Rule.YEARS, False),
        ("58.5", "Newborn who is 0 years old", 58.5, Rule.YEARS, True),
        ("6 months", None, 0.5, Rule.UNIT_WRITTEN, False),
        ("6 months", "6 month old boy", 0.5, Rule.UNIT_WRITTEN, False),
        ("6 months", "18-month-old boy", 0.5, Rule.UNIT_WRITTEN, True),
        ("12 months", "2-year-old boy", 1, Rule.UNIT_WRITTEN, True),
        ("12 months", "20-month-old boy", 1, Rule.UNIT_WRITTEN, False),
        ("1 year", "4-month-old boy", 1, Rule.UNIT_WRITTEN, False),
        ("2 years", "30 month old girl", 2.5, Rule.UNIT_IN_HISTORY, False),
        ("45 years", "54-year-old woman", 45, Rule.YEARS, True),
        ("0", "24 month old boy", 2, Rule.UNIT_IN_HISTORY, True),
        ("0", "30 month old boy", 2.5, Rule.UNIT_IN_HISTORY, True),
        ("0", "One-year-old boy", 1, Rule.FROM_HISTORY, True),
        ("N/A", "120-year-old man", 120, Rule.FROM_HISTORY, False),
        ("1", "4-month-old boy", 4 / 12, Rule.UNIT_IN_HISTORY, False),
        ("1", "One-year-old boy", 1, Rule.YEARS, False),
        ("1", "20 year-old woman", 1, Rule.YEARS, True),
        ("1", "Cough.", None, Rule.AMBIGUOUS, False),
        ("0", "Cough.", None, Rule.AMBIGUOUS, False),
        ("0", "Adult with cough.", None, Rule.AMBIGUOUS, False),
        ("0", "9 month old boy", 0.75, Rule.UNIT_IN_HISTORY, False),
        ("0", "Full-term newborn", 0, Rule.NEWBORN_IN_HISTORY, False),
        ("1", "Neonate with a murmur", 0, Rule.NEWBORN_IN_HISTORY, False),
        ("0", "45 yo woman", 45, Rule.FROM_HISTORY, True),
        ("0", None, None, Rule.AMBIGUOUS, False),
        ("N/A", "45 yo woman", 45, Rule.FROM_HISTORY, False),
        ("N/A", "Cough.", None, Rule.NULL_SPELLING, False),
        (None, None, None, Rule.MISSING, False),
        ("forty", "45 yo woman", None, Rule.UNKNOWN_VALUE, False),
        ("-3", None, None, Rule.UNKNOWN_VALUE, False),
        ("450", None, None, Rule.UNKNOWN_VALUE, False),
        ("4" * 5000, None, None, Rule.UNKNOWN_VALUE, False),
        ("٤٥", None, None, Rule.UNKNOWN_VALUE, False),
    ],
)
def test_age_is_in_years_with_its_rule(
    raw: str | None, history: str | None, years: float | None, rule: Rule, conflict: bool
) -> None:
    age = normalise_age(raw, history)
    assert age.value == (None if years is None else pytest.approx(years))
    assert (age.rule, age.conflict, age.raw) == (rule, conflict, raw)


@pytest.mark.parametrize(
    ("raw", "years"),
    [
        ("58.0", 58),
        ("58.5", 58.5),
        ("058Y", 58),
        ("006M", 0.5),
        ("010D", 10 / 365.25),
        ("003W", 21 / 365.25),
        ("58 y/o", 58),
        ("58yo", 58),
        ("58 years", 58),
        ("58F", 58),
        ("58/M", 58),
        ("4-month-old", 4 / 12),
        (" 58 ", 58),
        ("58M", None),
        ("6m", None),
        ("1e3", None),
        ("89+", None),
        ("000Y", None),
        ("130Y", None),
    ],
)
def test_an_age_of_another_tool_is_taken_where_it_has_one_meaning(raw: str, years: float | None) -> None:
    assert normalise_age(raw, None).value == (None if years is None else pytest.approx(years))
