"""The diseases that a diagnosis is found by: itself and its kinds, each under a name that finds it again."""

from __future__ import annotations

import pytest

from ingest.concepts.diagnosis_names import name_of_concept
from ingest.concepts.diseases import (
    cases_by_disease,
    diagnoses_of,
    disease_named,
    diseases_of,
    is_named_in_tables,
    names_of_known_diseases,
)

NAMES = (
    "Right MCA infarction",
    "Acute lacunar infarct",
    "Stroke",
    "Crohn's disease with ileorectal fistula",
    "Wegener granulomatosis",
    "Hepatic laceration with biloma",
    "Glioblastoma multiforme",
    "Meningioma or metastasis",
    "Ruptured appendicitis",
)


@pytest.mark.parametrize(
    ("diagnosis", "disease", "is_one"),
    [
        ("Right MCA infarction", "cerebral infarct", True),
        ("Right MCA infarction", "Stroke", True),
        ("Right MCA infarction", "right mca infarct", True),
        ("Renal infarct", "stroke", False),
        ("Stroke", "cerebral infarct", True),  # as where diseases are ranked
        ("Crohn's disease with ileorectal fistula", "Crohn disease", True),
        ("Hepatic laceration with biloma", "liver laceration", True),
        ("Hepatic laceration with biloma", "biloma", True),
        ("Glioblastoma multiforme", "BRAIN TUMORS", True),
        ("Meningioma", "glioma", False),
    ],
)
def test_a_diagnosis_is_of_its_diseases_and_of_no_other(diagnosis, disease, is_one):
    assert (disease_named(disease) in diseases_of(diagnosis)) is is_one


def test_what_names_nothing_is_of_no_disease():
    assert diseases_of("?!") == frozenset()
    assert disease_named("?!") is None


def test_what_is_counted_under_a_name_is_found_by_it():
    counts = cases_by_disease(dict.fromkeys(NAMES, 2))
    assert counts["Cerebral infarction"] == 6
    for name, cases in counts.items():
        assert cases == 2 * len(diagnoses_of(disease_named(name) or "", NAMES)), name


def test_every_diagnosis_is_counted_and_side_and_course_are_no_disease_of_their_own():
    assert all(cases_by_disease({name: 1}) for name in NAMES)
    counts = cases_by_disease({"Right MCA infarction": 1, "Ruptured appendicitis": 1})
    assert "MCA infarct" in counts and "Appendicitis" in counts
    assert not any(word in name.casefold() for name in counts for word in ("right", "ruptured"))


def test_a_diagnosis_counts_once_for_each_of_its_diseases():
    assert cases_by_disease({"Cerebral infarction and stroke": 5})["Stroke"] == 5


def test_each_name_of_our_tables_is_that_of_a_disease_that_one_may_ask_for():
    for name in names_of_known_diseases():
        disease = disease_named(name)
        assert disease and is_named_in_tables(disease) and name_of_concept(disease) == name
    assert not is_named_in_tables("diagnosis:heart-attack")
