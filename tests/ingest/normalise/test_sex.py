from __future__ import annotations

import pytest

from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.sex import normalise_sex, sex_in_text
from ingest.vocabulary import Sex


@pytest.mark.parametrize(
    ("history", "sex"),
    [
        ("A female with cough", Sex.FEMALE),
        ("54 yo woman", Sex.FEMALE),
        ("Young primigravida", Sex.FEMALE),
        ("A male with cough", Sex.MALE),
        ("A boy; his sister and mother are well, she says", Sex.MALE),
        ("His mother tells of headaches", Sex.MALE),
        ("She coughs", Sex.FEMALE),
        ("55 yo WM", Sex.MALE),
        ("The patient has two wives and a mother", None),
        ("Mandible pain, management unclear", None),
        ("", None),
    ],
)
def test_whole_words_about_the_patient_tell_the_sex(history: str, sex: Sex | None) -> None:
    assert sex_in_text(history) is sex


@pytest.mark.parametrize(
    ("raw", "history", "sex", "rule", "conflict"),
    [
        ("female", "45-year-old woman", Sex.FEMALE, Rule.SPELLING, False),
        ("female", "A female", Sex.FEMALE, Rule.SPELLING, False),
        ("male", "A 56 yo Female", Sex.MALE, Rule.SPELLING, True),
        ("Male ", None, Sex.MALE, Rule.SPELLING, False),
        ("N/A", "A 56 yo Female", Sex.FEMALE, Rule.FROM_HISTORY, False),
        ("N/A", "Cough", None, Rule.NULL_SPELLING, False),
        (None, "her cough", Sex.FEMALE, Rule.FROM_HISTORY, False),
        ("woman?", "A boy", None, Rule.UNKNOWN_VALUE, False),
    ],
)
def test_sex_comes_from_the_source_first(
    raw: str | None, history: str | None, sex: Sex | None, rule: Rule, conflict: bool
) -> None:
    assert normalise_sex(raw, history) == Normalised(raw, sex, rule, conflict)


def test_the_first_telling_noun_counts_and_only_near_the_start() -> None:
    assert sex_in_text("A man and a WOMAN. She") is Sex.MALE
    assert sex_in_text("HE and she") is Sex.MALE
    assert sex_in_text("x" * 4999 + " man") is None
    assert sex_in_text("x" * 4996 + " man") is Sex.MALE
