"""Spellings of one diagnosis meet; different diagnoses do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.diagnosis import diagnosis_concept_id, diagnosis_name


@pytest.mark.parametrize(
    "spelling",
    [
        "Arteriovenous Malformation (AVM)",
        "arteriovenous malformation",
        "Arteriovenous Malformation.",
        "  Arteriovenous   Malformation \r\n",
        "Arteriovenous\u00a0Malformation;",
        "ARTERIOVENOUS MALFORMATION (A.V.M.)",
        "- Arteriovenous malformation",
        "“Arteriovenous malformation”",
    ],
)
def test_spellings_of_one_name_meet(spelling):
    assert diagnosis_concept_id(spelling) == "diagnosis:arteriovenous-malformation"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Glioma (left)", "Glioma (right)"),
        ("Astrocytoma (III)", "Astrocytoma (II)"),
        ("Pneumonia", "Pneumonias"),
        ("Type 1 tumor", "Type 2 tumor"),
        ("Acute abscess", "Abscess"),
        ("Fracture (PCL)", "Fracture"),
        ("Na\u00efve tumor", "Naive tumor"),
        ("क्षय", "कषय"),
    ],
)
def test_names_that_say_different_things_stay_apart(one, other):
    assert diagnosis_concept_id(one) != diagnosis_concept_id(other)


def test_curly_and_straight_apostrophes_meet():
    assert diagnosis_concept_id("Crohn\u2019s disease") == diagnosis_concept_id("Crohn's Disease")


@pytest.mark.parametrize("nothing", ["", " \r\n", "...", "-", "()", "\u200b"])
def test_nothing_is_no_diagnosis(nothing):
    assert diagnosis_name(nothing) is None
    assert diagnosis_concept_id(nothing) is None


def test_a_name_keeps_its_letters_and_loses_its_line_ends():
    assert diagnosis_name(" Crohn\u2019s  Disease (CD).\r\n") == "Crohn's Disease (CD)"


@given(st.text())
def test_a_name_is_cleaned_once_for_all(name):
    shown = diagnosis_name(name)
    if shown is None:
        assert diagnosis_concept_id(name) is None
    else:
        assert diagnosis_name(shown) == shown
        assert diagnosis_concept_id(shown) == diagnosis_concept_id(name)
        assert diagnosis_concept_id(name).removeprefix("diagnosis:")


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1))
def test_blanks_and_punctuation_around_a_name_do_not_matter(name):
    assert diagnosis_concept_id(f"  {name}. ") == diagnosis_concept_id(name)
