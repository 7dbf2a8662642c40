"""What is read into a question: terms, spelling, and the conditions that it names; all of it said."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_cases import search_case

from ingest.notices import NoticeCode
from ingest.store.filters import AllOf, Between, Filter, OneOf
from rag.search.archive_words import read_archive_words
from rag.search.query import READ_FIELDS, Query
from rag.search.understanding import MAX_WORDS, Understanding, modalities_named

CASES = [
    search_case(1, "Meningioma", "Dural mass with a broad base."),
    search_case(2, "Meningioma of the falx", "Dural mass, enhancing homogeneously."),
    search_case(3, "Femoral neck fracture", "Fracture of the hip."),
]
UNDERSTANDING = read_archive_words(CASES).understanding


def read(words, *, matching=lambda where: {"test:C1"}, **asked):
    return UNDERSTANDING.read(Query(words, **asked), matching)


def conditions(where: Filter | None) -> set[Filter]:
    return set() if where is None else set(where.parts) if isinstance(where, AllOf) else {where}


@pytest.mark.parametrize(
    ("words", "rest", "expected"),
    [
        ("MRI of brain tumor", "brain tumor", {OneOf("modality", ("MR",))}),
        ("CT scan of a mass", "mass", {OneOf("modality", ("CT",))}),
        ("pelvic x-ray", "pelvic", {OneOf("modality", ("DX", "CR"))}),
        ("CT and MRI of a mass", "mass", {OneOf("modality", ("CT", "MR"))}),
        ("mass CT scan, MRI or ultrasound brain", "mass brain", {OneOf("modality", ("CT", "MR", "US"))}),
        ("PET/CT of lymphoma", "lymphoma", {OneOf("modality", ("PT",))}),
        ("CT angiography of a mass", "angiography of a mass", {OneOf("modality", ("CT",))}),
        ("CT guided biopsy", "CT guided biopsy", set()),
        ("broken hip in an old woman", "hip fracture", {Between("age_years", 65.0, None), OneOf("sex", ("female",))}),
        ("58M with hemoptysis", "hemoptysis", {Between("age_years", 48.0, 68.0), OneOf("sex", ("male",))}),
        ("58F with cough", "cough", {Between("age_years", 48.0, 68.0), OneOf("sex", ("female",))}),
        ("fever in a man and a woman", "fever in a man and a woman", set()),
        ("child abuse", "child abuse", set()),
        ("5 year old boy with cough", "cough", {Between("age_years", 0.0, 15.0), OneOf("sex", ("male",))}),
        ("STROKE IN A WOMAN OVER 70", "STROKE", {Between("age_years", 70.0, None), OneOf("sex", ("female",))}),
        ("mass\nMRI of a cyst", "mass\ncyst", {OneOf("modality", ("MR",))}),
        ("58 year old man with cough", "cough", {Between("age_years", 48.0, 68.0), OneOf("sex", ("male",))}),
        ("stroke over 70", "stroke", {Between("age_years", 70.0, None)}),
        ("stroke under 50 years", "stroke", {Between("age_years", None, 50.0)}),
        ("chest pain, 30-40 years", "chest pain,", {Between("age_years", 30.0, 40.0)}),
        ("old fracture of the hip", "old fracture of the hip", set()),
        ("show me cases of stroke", "stroke", set()),
        ("T2 hyperintensity at L4/5", "T2 hyperintensity at L4/5", set()),
    ],
)
def test_modality_sex_and_age_become_conditions_and_the_rest_stays(words, rest, expected):
    understood = read(words)
    assert understood.query.text == rest
    assert conditions(understood.query.where) == set(understood.conditions) == expected
    assert any(said.code is NoticeCode.FILTER_READ for said in understood.said) == bool(expected)


CHILD, GIRL, BOY = Between("age_years", None, 17.99), OneOf("sex", ("female",)), OneOf("sex", ("male",))


@pytest.mark.parametrize(
    ("words", "rest", "expected"),
    [
        ("headache in a child", "headache", {CHILD}),
        ("children's brain tumor", "brain tumor", {CHILD}),
        ("girl with headache", "headache", {CHILD, GIRL}),
        ("Mädchen mit Fieber", "fever", {CHILD, GIRL}),
        ("Junge mit Husten", "cough", {CHILD, BOY}),
        ("Kind mit Husten", "cough", {CHILD}),
        ("junge Frau mit Fieber", "fever", {Between("age_years", 15.0, 40.0), GIRL}),
        ("niña con fiebre", "fever", {CHILD, GIRL}),
        ("niño con fiebre", "fever", {CHILD}),
        ("bambino con febbre", "fever", {CHILD}),
        ("bambina con febbre", "fever", {CHILD, GIRL}),
        ("some kind of mass", "some kind of mass", set()),
        ("newborn with a mass", "mass", {Between("age_years", None, 0.25)}),
        ("2 week old with vomiting", "vomiting", {Between("age_years", None, 0.25)}),
        ("6 month old with fever", "fever", {Between("age_years", 0.25, 1.0)}),
        ("6-month-old girl, fever", ", fever", {Between("age_years", 0.25, 1.0), GIRL}),
        ("limp in an 18 months boy", "limp", {Between("age_years", 0.75, 3.0), BOY}),
        ("18 months with limp", "limp", {Between("age_years", 0.75, 3.0)}),
        ("limp, aged 18 months", "limp,", {Between("age_years", 0.75, 3.0)}),
        ("6 month old infarct", "6 month old infarct", set()),
        ("cough for 6 months", "cough for 6 months", set()),
        ("6 months of cough", "6 months of cough", set()),
        ("fever in a toddler", "fever", {Between("age_years", 1.0, 4.0)}),
        ("fever in a teenager", "fever", {Between("age_years", 12.0, 20.0)}),
        ("fever in the elderly", "fever", {Between("age_years", 65.0, None)}),
    ],
)
def test_ages_are_read_in_months_and_weeks_in_words_and_in_other_languages(words, rest, expected):
    understood = read(words)
    assert understood.query.text == rest
    assert conditions(understood.query.where) == expected


@pytest.mark.parametrize(
    ("words", "rest", "expected"),
    [
        (
            "axial CT of the head",
            "head",
            {OneOf("modality", ("CT",)), OneOf("plane", ("axial",)), OneOf("region", ("Head",))},
        ),
        ("knee MRI", "knee", {OneOf("modality", ("MR",)), OneOf("region", ("Spine and Muscles",))}),
        ("images of the chest", "chest", {OneOf("region", ("Thorax",))}),
    ],
)
def test_plane_and_region_become_conditions_and_the_place_stays_in_the_words(words, rest, expected):
    understood = read(words)
    assert understood.query.text == rest
    assert conditions(understood.query.where) == expected
    assert {one.field_name for one in understood.conditions} == {one.field_name for one in expected}


def test_a_plane_or_region_that_was_taken_away_sets_no_condition():
    assert read("axial images of the chest", ignored=("plane", "region")).query.where is None


def test_a_region_that_no_case_has_with_the_modality_is_left_out_before_the_modality():
    def no_heads(where: Filter | None) -> set[str]:
        return set() if OneOf("region", ("Head",)) in conditions(where) else {"test:C1"}

    assert conditions(read("head CT", matching=no_heads).query.where) == {OneOf("modality", ("CT",))}


def test_an_abbreviation_is_read_by_the_words_around_it_and_its_sense_is_said():
    understood = read("AML with blasts")
    assert understood.query.text == "acute myeloid leukemia with blasts"
    assert [said.text for said in understood.said] == ["'AML' is read as 'acute myeloid leukemia'."]
    assert read("AVN and heart block").query.text == "atrioventricular node and heart block"
    assert read("AVN").query.text == "avascular necrosis"
    assert read("renal cell carcinoma (RCC)").query.text == "renal cell carcinoma"


def test_conditions_join_the_filter_that_was_given():
    understood = read("MRI of a cyst", where=OneOf("region", ("Head",)))
    assert conditions(understood.query.where) == {OneOf("region", ("Head",)), OneOf("modality", ("MR",))}
    assert understood.conditions == (OneOf("modality", ("MR",)),)


@pytest.mark.parametrize(
    ("ignored", "expected"),
    [
        (("modality",), {Between("age_years", 70.0, None), OneOf("sex", ("female",))}),
        (("age_years", "sex"), {OneOf("modality", ("MR",))}),
        (READ_FIELDS, set()),
    ],
)
def test_a_condition_that_is_ignored_is_left_out_with_its_words(ignored, expected):
    understood = read("MRI of a mass in a woman over 70", ignored=ignored)
    assert understood.query.text == "mass"
    assert conditions(understood.query.where) == set(understood.conditions) == expected
    assert [said.code for said in understood.said] == ([NoticeCode.FILTER_READ] if expected else [])


def test_a_condition_that_no_case_meets_is_left_out_and_said():
    def only_men(where: Filter | None) -> set[str]:
        return set() if OneOf("sex", ("female",)) in conditions(where) else {"test:C1"}

    understood = read("mass in a woman over 70", matching=only_men)
    assert conditions(understood.query.where) == set(understood.conditions) == {Between("age_years", 70.0, None)}
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


def test_what_was_read_is_said_in_order_each_with_its_code():
    def no_women(where: Filter | None) -> set[str]:
        return set() if OneOf("sex", ("female",)) in conditions(where) else {"test:C1"}

    understood = read("MRI of a tennis elbow over 70 beside a meningeoma in a woman", matching=no_women)
    assert [(said.code, said.text) for said in understood.said] == [
        (NoticeCode.READ_AS, "'tennis elbow' is read as 'lateral epicondylitis'."),
        (NoticeCode.CORRECTED, "Showing results for 'meningioma' in place of 'meningeoma'."),
        (
            NoticeCode.FILTER_READ,
            "Understood as a filter: age_years=70.. and modality=MR. Literal search takes the words as they stand.",
        ),
        (NoticeCode.FILTER_LEFT_OUT, "No case meets sex=female as well, so this was left out."),
    ]
    assert read("Meningioma", literal=True).said == ()


def test_the_words_of_an_archive_are_those_of_two_cases_and_long_ones():
    said = Counter(
        word
        for case in CASES
        for word in {
            word for text in (case.title, *case.sections.values()) for word in re.findall("[a-z]+", text.casefold())
        }
    )
    assert read_archive_words(CASES).understanding.words == {w: n for w, n in said.items() if n > 1 or len(w) > 8}
    assert {"dural", "homogeneously"} <= read_archive_words(CASES).understanding.words.keys()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("edemo", "edema"),  # five letters, one wrong
        ("zdema", "zdema"),  # of a short word the first letter is right
        ("fractuer", "fracture"),
        ("frectare", "fracture"),  # eight letters, two wrong
        ("frectara", "frectara"),  # three
        ("meningio", "meningioma"),  # two left out
        ("eningiomo", "meningioma"),  # of a long word the first may be wrong
        ("edam", "edam"),
    ],
)
def test_how_far_a_word_may_be_from_what_is_meant(typed: str, meant: str):
    assert read(typed).query.text == meant


@pytest.mark.parametrize("often", ["alphabeta", "alphabetb"])
def test_of_two_words_as_near_the_one_that_more_cases_have_is_meant(often: str):
    known = Understanding({"alphabeta": 1, "alphabetb": 1, often: 5})
    assert known.read(Query("alphabetc"), lambda where: {"test:C1"}).query.text == often


def test_as_many_words_as_a_question_has_at_most_are_read():
    words = " ".join(["MRI", *["mass"] * (MAX_WORDS - 1)])
    assert conditions(read(words).query.where) == {OneOf("modality", ("MR",))}
    assert conditions(read(f"{words} mass").query.where) == set()


@pytest.mark.parametrize(
    ("text", "values"), [("MRI of the knee", ("MR",)), ("an X-ray", ("DX", "CR")), ("CT guided biopsy", ()), ("", ())]
)
def test_modalities_are_named_by_their_words(text: str, values: tuple[str, ...]):
    assert modalities_named(text) == values


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error_and_stays_a_question(text):
    understood = read(text)
    assert bool(understood.query.text) == bool(text) or not text.strip()
