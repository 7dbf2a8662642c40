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
        ("a 45 year female", 45, "45 year female"),
        ("45-yr-old", 45, "45-yr-old"),
        ("45 yo F", 45, "45 yo"),
        ("a 72 Y/O man", 72, "72 Y/O"),
        ("twenty three year old", 23, "twenty three year old"),
        ("45years-old", 45, "45years-old"),
        ("45- year- old", 45, "45- year- old"),
        ("a 45 years' old man", 45, "45 years' old"),
        ("a patient who was 45 years old", 45, "45 years old"),
        ("He was 45 years at presentation", 45, "He was 45 years"),
        ("an 18 months old", 1.5, "18 months old"),
        ("18-months-old", 1.5, "18-months-old"),
        ("a 6-week-old infant", 42 / 365.25, "6-week-old infant"),
        ("a 6-wk-old boy", 42 / 365.25, "6-wk-old boy"),
        ("a 36-h-old boy", 1.5 / 365.25, "36-h-old"),
        ("a girl, 12 hours old", 0.5 / 365.25, "12 hours old"),
        ("a day-old boy", 1 / 365.25, "day-old"),
    ],
)
def test_an_age_of_a_person_is_read_with_its_unit_and_place(text: str, years: float, words: str) -> None:
    (age,) = ages_in(text)
    assert (age.form, age.years) == (AgeForm.PERSON, pytest.approx(years))
    assert text[age.span.start : age.span.end] == words


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("a 1-year-and-3-month-old boy", 1.25),
        ("a 45-year-and-6-month-old man", 45.5),
        ("a 17 year and 6-month-old girl", 17.5),
        ("a girl, aged 3 years and 3 months", 3.25),
        ("5 years, 9 months old", 5.75),
        ("14 yrs 3 mths old", 14.25),
        ("16y 3m old girl", 16.25),
        ("a 3 years, 2 months and 5 days old boy", 3 + 2 / 12 + 5 / 365.25),
        ("a 2 month and 10 day old girl", 2 / 12 + 10 / 365.25),
        ("a 10-and-a-half-year-old girl", 10.5),
        ("2 and half years old", 2.5),
        ("a 3 1/2-year-old girl", 3.5),
        ("a 5 11/12-year-old boy", 5 + 11 / 12),
        ("aged 2 ½ years", 2.5),
        ("aged 6/12", 0.5),
        ("a 4/52 old girl", 28 / 365.25),
        ("aged 3/7", 3 / 365.25),
    ],
)
def test_no_part_of_an_age_is_lost(text: str, years: float) -> None:
    (age,) = ages_in(text)
    assert (age.form, age.years) == (AgeForm.PERSON, pytest.approx(years))


def test_ages_in_a_list_are_not_added() -> None:
    assert [age.years for age in ages_in("ages: 2 months, 17 months, and 5 years old")] == [pytest.approx(2 / 12), 5]
    assert [age.years for age in ages_in("a boy aged 5 years, 3 months after surgery")] == [5]


@pytest.mark.parametrize(
    ("text", "years", "words"),
    [
        ("male patient of 45 years", 45, "male patient of 45 years"),
        ("a male infant of 5 months", 5 / 12, "male infant of 5 months"),
        ("a male of age 45", 45, "age 45"),
        ("a lady of 72 was admitted", 72, "lady of 72"),
        ("a primigravida of 28 years", 28, "primigravida of 28 years"),
        ("a child of 18 months of age", 1.5, "child of 18 months of age"),
        ("woman, 45, presented with", 45, "woman, 45"),
        ("a boy, 5, was brought", 5, "boy, 5"),
        ("Female, 45 years.", 45, "Female, 45 years"),
        ("a man (45) presented", 45, "man (45"),
        ("a man (45 y) presented", 45, "man (45 y"),
        ("a girl (14 years, 3 months)", 14.25, "girl (14 years, 3 months"),
    ],
)
def test_an_age_beside_the_word_for_a_person_is_read(text: str, years: float, words: str) -> None:
    (age,) = ages_in(text)
    assert (age.form, age.years) == (AgeForm.PERSON, pytest.approx(years))
    assert text[age.span.start : age.span.end] == words


@pytest.mark.parametrize(
    "text",
    [
        "72M w/ chest pain",
        "a 72M presented",
        "age/sex: 72/M",
        "72/F",
        "72/Male",
        "M, 72 years",
        "F 72y",
        "72-year/male",
        "72Y/M",
        "72 yr/F",
        "a 72 y male",
        "Age: 72 years",
        "Age = 72",
        "age - 72 years",
        "Age (years): 72",
        "Sex: male; age: 72",
        "Her age was 72",
        "aged nearly 72",
    ],
)
def test_an_age_in_the_shorthand_of_a_form_or_letter_is_read(text: str) -> None:
    (age,) = ages_in(text)
    assert (age.form, age.years) == (AgeForm.PERSON, 72)


@pytest.mark.parametrize(
    ("text", "days", "form"),
    [
        ("on day 3 of life", 3, AgeForm.PERSON),
        ("3 days of life", 3, AgeForm.PERSON),
        ("day of life 3", 3, AgeForm.PERSON),
        ("on day-of-life 3", 3, AgeForm.PERSON),
        ("on day of life (DOL) 3", 3, AgeForm.PERSON),
        ("DOL 3", 3, AgeForm.PERSON),
        ("on the third day of life", 3, AgeForm.PERSON),
        ("on her 12th day of life", 12, AgeForm.PERSON),
        ("at 36 hours of life", 1.5, AgeForm.EARLIER),
        ("at hour 12 of life", 0.5, AgeForm.EARLIER),
        ("at 3 days of age", 3, AgeForm.EARLIER),
    ],
)
def test_the_first_days_of_life_are_an_age(text: str, days: float, form: AgeForm) -> None:
    (age,) = ages_in(text)
    assert (age.form, age.years) == (form, pytest.approx(days / 365.25))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("a man in his 60s", 60, 69),
        ("in her early sixties", 60, 63),
        ("an octogenarian", 80, 89),
        ("mid-40s", 44, 46),
        ("in her late teens", 17, 19),
        ("a man in the sixth decade of life", 50, 59),
        ("in her 7th decade", 60, 69),
        ("in her early fifth decade", 40, 43),
        ("in his second decade", 10, 19),
        ("a patient in the mid-fourth decade of life", 34, 36),
        ("a patient aged between 40 and 50", 40, 50),
        ("a woman aged between 40 and 50 years presented", 40, 50),
        ("a man aged 40-50", 40, 50),
        ("a woman between 40 and 50 years of age", 40, 50),
        ("a child aged 18 to 24 months", 1.5, 2),
    ],
)
def test_a_decade_or_an_age_with_two_ends_is_a_range(text: str, low: float, high: float) -> None:
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
        "patients aged between 40 and 50 years were",
        "boys aged 5 to 10",
        "any patient aged 40-50",
        "a man aged 50-40",
        "Age: 6-10 years",
        "women in the sixth decade of life",
        "common in the sixth decade of life",
        "in the last decade",
        "patients of 45 years",
        "women (45) and men (30)",
        "a man (1) presented",
        "a man (45%)",
        "a woman (60 kg) was",
        "a woman, 12, 13 and 14",
        "a woman, 3 years later, was",
        "a man of 45 years' experience",
        "a patient of 5 months duration",
        "a patient of 70 kg",
        "a woman of 2 children",
        "second child of three, was",
        "a 40-year smoker",
        "a 2-year-and-3-month history",
        "less than one-year-old",
        "a 3-day-old haematoma",
        "a 10 week old fetus",
        "12/12 nodes",
        "within the first 3 days of life",
        "in the first 24 hours of life",
        "survived for 3 days of life",
        "on day 3 of life support",
        "on day 3 of admission",
        "the first day of life",
        "quality of life",
        "Median age (years): 45",
    ],
)
def test_ages_of_groups_and_spans_of_time_are_no_ages_of_a_person(text: str) -> None:
    assert [age for age in ages_in(text) if age.form in (AgeForm.PERSON, AgeForm.DECADE)] == []


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("preterm at 32 weeks", 32),
        ("born preterm at 32+4 weeks", 32 + 4 / 7),
        ("delivered vaginally at 40 weeks", 40),
        ("born at term (39 weeks)", 39),
        ("born at 32 weeks of gestation", 32),
        ("a 34-week preterm infant", 34),
        ("at 35 6/7 weeks of gestation", 35 + 6 / 7),
        ("at 35 weeks + 2 days of gestation", 35 + 2 / 7),
        ("at 8 months of gestation", 8 * 365.25 / 12 / 7),
        ("GA 32 weeks", 32),
    ],
)
def test_weeks_at_birth_are_gestation(text: str, weeks: float) -> None:
    (age,) = ages_in(text)
    assert (age.form, age.years) == (AgeForm.GESTATION, pytest.approx(weeks * 7 / 365.25))
    assert age.weeks == round(weeks, 2)


@pytest.mark.parametrize("text", ["born at 5 am", "delivered at 10 weeks", "delivered at 30 weeks interval"])
def test_other_times_of_a_delivery_are_no_gestation(text: str) -> None:
    assert ages_in(text) == []


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
