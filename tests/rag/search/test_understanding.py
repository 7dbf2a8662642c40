"""What is read into a question: terms, spelling, and the conditions that it names; all of it said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_cases import search_case

from ingest.notices import NoticeCode
from ingest.store.filters import AllOf, Between, Filter, OneOf
from rag.search.query import Query
from rag.search.understanding import MAX_WORDS, open_understanding

CASES = [
    search_case(1, "Meningioma", "Dural mass with a broad base."),
    search_case(2, "Meningioma of the falx", "Dural mass, enhancing homogeneously."),
    search_case(3, "Femoral neck fracture", "Fracture of the hip."),
]
UNDERSTANDING = open_understanding(CASES)


def read(words, *, matching=lambda where: {"test:C1"}, **asked):
    return UNDERSTANDING.read(Query(words, **asked), matching)


def conditions(where: Filter | None) -> set[Filter]:
    return set() if where is None else set(where.parts) if isinstance(where, AllOf) else {where}


@pytest.mark.parametrize(
    ("words", "rest", "expected"),
    [
        ("MRI of the knee", "knee", {OneOf("modality", ("MR",))}),
        ("CT scan of a mass", "mass", {OneOf("modality", ("CT",))}),
        ("knee x-ray", "knee", {OneOf("modality", ("DX", "CR"))}),
        ("CT guided biopsy", "CT guided biopsy", set()),
        ("broken hip in an old woman", "hip fracture", {Between("age_years", 65.0, None), OneOf("sex", ("female",))}),
        ("58M with hemoptysis", "hemoptysis", {Between("age_years", 48.0, 68.0), OneOf("sex", ("male",))}),
        ("58 year old man with cough", "cough", {Between("age_years", 48.0, 68.0), OneOf("sex", ("male",))}),
        ("stroke over 70", "stroke", {Between("age_years", 70.0, None)}),
        ("stroke under 50 years", "stroke", {Between("age_years", None, 50.0)}),
        ("headache in a child", "headache", {Between("age_years", None, 18.0)}),
        ("newborn with a mass", "mass", {Between("age_years", None, 0.25)}),
        ("chest pain, 30-40 years", "chest pain,", {Between("age_years", 30.0, 40.0)}),
        ("old fracture of the hip", "old fracture of the hip", set()),
        ("show me cases of stroke", "stroke", set()),
        ("T2 hyperintensity at L4/5", "T2 hyperintensity at L4/5", set()),
    ],
)
def test_modality_sex_and_age_become_conditions_and_the_rest_stays(words, rest, expected):
    understood = read(words)
    assert understood.query.text == rest
    assert conditions(understood.query.where) == expected
    assert any(said.code is NoticeCode.FILTER_READ for said in understood.said) == bool(expected)


def test_conditions_join_the_filter_that_was_given():
    understood = read("MRI of the knee", where=OneOf("region", ("Head",)))
    assert conditions(understood.query.where) == {OneOf("region", ("Head",)), OneOf("modality", ("MR",))}


def test_a_condition_that_no_case_meets_is_left_out_and_said():
    def only_men(where: Filter | None) -> set[str]:
        return set() if OneOf("sex", ("female",)) in conditions(where) else {"test:C1"}

    understood = read("mass in a woman over 70", matching=only_men)
    assert conditions(understood.query.where) == {Between("age_years", 70.0, None)}
    assert "No case meets sex=female as well, so this was left out." in [said.text for said in understood.said]


def test_words_of_laymen_and_other_languages_are_read_in_the_terms_of_the_archive():
    assert read("fractura de cadera").query.text == "hip fracture"
    assert read("Hirntumor").query.text == "brain tumor"
    assert [said.text for said in read("tennis elbow").said] == ["'tennis elbow' is read as 'lateral epicondylitis'."]
    assert read("RCC of the kidney").query.text == "renal cell carcinoma of the kidney"
    assert read("de la").query.text == "de la"


@pytest.mark.parametrize(("typed", "meant"), [("meningeoma", "meningioma"), ("menigioma", "meningioma")])
def test_a_misspelt_word_is_corrected_and_said(typed, meant):
    understood = read(f"{typed} of the falx")
    assert understood.query.text == f"{meant} of the falx"
    assert [said.text for said in understood.said] == [f"Showing results for '{meant}' in place of '{typed}'."]


def test_a_word_that_the_archive_or_the_lexicon_knows_is_not_corrected_and_neither_is_a_short_or_a_strange_one():
    for words in ("Meningioma", "edema", "mas", "zxcvbnmlkj"):
        assert read(words).query.text == words


def test_a_literal_question_and_a_long_one_stay_as_they_are():
    assert read("MRI of a broken hip", literal=True).query.text == "MRI of a broken hip"
    text = "broken " * (MAX_WORDS + 1)
    assert read(text).query.text == text


def test_a_question_that_names_nothing_but_conditions_keeps_its_words():
    understood = read("MRI in children")
    assert understood.query.text
    assert OneOf("modality", ("MR",)) in conditions(understood.query.where)


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error_and_stays_a_question(text):
    understood = read(text)
    assert bool(understood.query.text) == bool(text) or not text.strip()
