from __future__ import annotations

import pytest

from ingest.sources.pmc.ages import AgeForm, ages_in
from ingest.sources.pmc.persons import is_of_relative, tells_of_others


@pytest.mark.parametrize(
    ("text", "years", "words"),
    [
        ("A 45-year-old man", 45, "45-year-old man"),
        ("a 3\u2010month\u2010old boy", 0.25, "3\u2010month\u2010old boy"),
        ("a fifteen-year-old", 15, "fifteen-year-old"),
        ("A 22-year, booked patient", 22, "22-year, booked patient"),
        ("58F with cough", 58, "58F"),
        ("a 34 y/o man", 34, "34 y/o"),
        ("M/58", 58, "M/58"),
        ("a two-and-a-half-year-old girl", 2.5, "two-and-a-half-year-old girl"),
        ("3 years and 4 months old", 3 + 4 / 12, "3 years and 4 months old"),
        ("a 7-year-9-month-old boy", 7.75, "7-year-9-month-old boy"),
        ("a 2-day-old boy", 2 / 365.25, "2-day-old boy"),
        ("a patient aged 45", 45, "aged 45"),
        ("a man 61 years of age", 61, "61 years of age"),
        ("a 45 years male", 45, "45 years male"),
    ],
)
def test_an_age_of_a_person_is_read_with_its_unit_and_place(text: str, years: float, words: str) -> None:
    (age,) = ages_in(text)
    assert (age.form, age.years) == (AgeForm.PERSON, pytest.approx(years))
    assert text[age.span.start : age.span.end] == words


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("a man in his 60s", 60, 69), ("in her early sixties", 60, 63), ("an octogenarian", 80, 89), ("mid-40s", 44, 46)],
)
def test_a_decade_is_a_range(text: str, low: float, high: float) -> None:
    (age,) = ages_in(text)
    assert (age.form, age.years, age.high_years) == (AgeForm.DECADE, low, high)


@pytest.mark.parametrize(
    "text",
    [
        "The mean age was 45 years",
        "a median age of 54 years",
        "patients aged 45 years and over",
        "adults aged 18-65 years",
        "children <5 years of age",
        "a 10-year history of pain",
        "after a 2-year follow-up the patient",
        "a 6F sheath was placed",
    ],
)
def test_ages_of_groups_and_spans_of_time_are_no_ages_of_a_person(text: str) -> None:
    assert [age for age in ages_in(text) if age.form is AgeForm.PERSON] == []


def test_weeks_of_pregnancy_and_ages_at_other_times_are_kept_apart() -> None:
    forms = [
        age.form for age in ages_in("Born at 38 weeks of gestation, operated at the age of 5 years, now 9 years old.")
    ]
    assert forms == [AgeForm.GESTATION, AgeForm.EARLIER, AgeForm.PERSON]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("his 34-year-old brother", True),
        ("His brother, a 34-year-old man,", True),
        ("delivered to a 30-year-old mother", True),
        ("a 58-year-old donor", True),
        ("A 45-year-old mother of two presented", False),
        ("A 45-year-old man", False),
    ],
)
def test_an_age_of_a_relative_is_told_from_the_patients(text: str, expected: bool) -> None:
    (age,) = ages_in(text)
    assert is_of_relative(text, *age.span) is expected


def test_a_sentence_about_patients_of_other_authors_is_known() -> None:
    assert tells_of_others("Lee et al. described a 71-year-old man.")
    assert not tells_of_others("A 71-year-old man presented with pain.")
