"""The name of a disease brings first the cases that have it, then those that resemble them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from search_cases import search_case

from rag.search.archive_words import read_archive_words
from rag.search.diagnoses import (
    BESIDE_ANOTHER,
    MAX_NAME_LENGTH,
    OF_ITS_KIND,
    VERY_NAME,
    diagnoses_named_in,
    is_named,
)
from rag.search.fusion import Channel
from rag.search.query import Query

CASES = [
    search_case(1, "Adenocarcinoma of the lung", "Adenocarcinoma.", discussion="Adenocarcinoma " * 9),
    search_case(2, "Adenocarcinoma (poorly differentiated)", "Adenocarcinoma, adenocarcinoma."),
    search_case(3, "Adenocarcinoma", "Mass.", discussion="A long story of other things. " * 30),
    search_case(4, "Glioblastoma multiforme", "Ring enhancing mass."),
]


def diagnoses(cases):
    return read_archive_words(cases).diagnoses


@pytest.mark.parametrize("typed", ["adenocarcinoma", "ADENOCARCINOMA.", "mass in the lung\nAdenocarcinoma?"])
def test_a_case_with_the_very_disease_comes_before_those_that_speak_more_of_it(search_over, typed):
    hits = search_over(CASES).similar_to_text(typed, k=4).hits
    assert hits[0].case_id == "test:C3"
    part = hits[0].channels[0]
    assert (part.channel, part.rank) == (Channel.DIAGNOSIS, 1)
    assert part.why == "it has the disease named: Adenocarcinoma"
    assert {hit.case_id for hit in hits[1:]} >= {"test:C1", "test:C2"}
    named = {hit.case_id: part.why for hit in hits for part in hit.channels if part.channel is Channel.DIAGNOSIS}
    assert named.keys() == {"test:C1", "test:C2", "test:C3"}
    assert named["test:C1"] == f"it has {typed.splitlines()[-1].rstrip('.?')}: Adenocarcinoma of the lung"


def named_by(search_over, words, **asked):
    hits = search_over(CASES).search(Query(words, k=4, **asked)).hits
    return {hit.case_id for hit in hits for part in hit.channels if part.channel is Channel.DIAGNOSIS}


def test_a_disease_is_found_among_other_words_unless_they_deny_it(search_over):
    assert named_by(search_over, "adenocarcinoma with a ring enhancing mass") == {"test:C1", "test:C2", "test:C3"}
    assert named_by(search_over, "ring enhancing mass, no adenocarcinoma") == set()
    assert named_by(search_over, "no adenocarcinoma, but a glioblastoma") == {"test:C4"}


def test_of_a_literal_question_whole_lines_name_diseases_only(search_over):
    assert named_by(search_over, "adenocarcinoma with a mass", literal=True) == set()
    assert "test:C3" in named_by(search_over, "adenocarcinoma", literal=True)


def test_what_names_a_kind_of_thing_names_no_disease(search_over):
    assert named_by(search_over, "a mass, perhaps a tumor or carcinoma") == set()


def test_a_disease_in_another_course_is_of_the_kind_and_one_beside_another_comes_last():
    cases = [
        search_case(1, "Chronic appendicitis", "Mass."),
        search_case(2, "Acute appendicitis", "Mass."),
        search_case(3, "Malrotation and acute appendicitis", "Mass."),
        search_case(4, "Diffuse edema - mimic of acute appendicitis", "Mass."),
    ]
    found = diagnoses(cases).cases_named(Query("acute appendicitis"), {f"test:C{n}" for n in range(1, 5)})
    assert [one.case_id for one in found] == ["test:C2", "test:C1", "test:C3"]
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


KINDS = [
    search_case(1, "Ameloblastoma", "Lesion of the jaw."),
    search_case(2, "Aneurysmal bone cyst", "Lesion."),
    search_case(3, "Splenic cyst", "Cyst."),
    search_case(4, "Giant cell tumor", "Lesion."),
    search_case(5, "B-cell lymphoma", "Mass."),
    search_case(6, "Fracture of the mandible", "Fracture."),
    search_case(7, "Non-small cell lung cancer", "Mass."),
    search_case(8, "Meningioma", "Mass."),
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("tumor of the jaw", {1}),
        ("large tumor of the jaw", {1}),
        ("cystic left jaw tumor", {1}),
        ("brown tumor of the jaw", set()),
        ("Warthin tumor", set()),
        ("phyllodes tumor", set()),
        ("giant cell tumor of the knee", {4}),
        ("bone cyst", {2}),
        ("unicameral bone cyst", set()),
        ("simple bone cyst", set()),
        ("Baker cyst", set()),
        ("Rathke cleft cyst", set()),
        ("cyst of the ovary", set()),
        ("lymphoma", {5}),
        ("malignant lymphoma", {5}),
        ("Hodgkin lymphoma", set()),
        ("Jones fracture", set()),
        ("acute left fracture", {6}),
        ("small cell lung cancer", set()),
        ("calcified meningioma with edema", {8}),
        ("headache, jaw tumor in a woman", {1}),
    ],
)
def test_a_word_that_makes_another_disease_of_a_general_name_is_not_dropped(typed, found):
    named = diagnoses(KINDS).cases_named(Query(typed), {f"test:C{n}" for n in range(1, 9)})
    assert {one.case_id for one in named} == {f"test:C{n}" for n in found}


def test_a_filter_holds_for_the_cases_named_too():
    index = diagnoses(CASES)
    assert [ranked.case_id for ranked in index.cases_named(Query("Glioblastoma"), {"test:C4", "test:C1"})] == [
        "test:C4"
    ]
    assert index.cases_named(Query("Glioblastoma"), {"test:C1"}) == []


def test_synonyms_name_the_same_disease():
    assert [ranked.case_id for ranked in diagnoses(CASES).cases_named(Query("GBM"), {"test:C4"})] == ["test:C4"]


def test_a_line_beyond_the_length_of_a_name_names_nothing():
    assert diagnoses_named_in("adenocarcinoma " * 20) == []
    assert diagnoses_named_in("") == []


def told(cases, query):
    everyone = {case.case_id for case in cases}
    return [(one.case_id[-1], one.score, one.why) for one in diagnoses(cases).cases_named(query, everyone)]


def test_the_reason_says_whether_the_disease_stands_beside_another():
    cases = [
        search_case(1, "Malrotation and acute appendicitis", "Mass."),
        search_case(2, "Malrotation, hernia and acute appendicitis", "Mass."),
        search_case(3, "Perforated  appendicitis", "Mass."),
    ]
    beside = "it has appendicitis beside another disease:"
    assert told(cases, Query("appendicitis!")) == [
        ("3", OF_ITS_KIND, "it has appendicitis: Perforated appendicitis"),
        ("1", BESIDE_ANOTHER, f"{beside} Malrotation and acute appendicitis"),
        ("2", BESIDE_ANOTHER, f"{beside} Malrotation, hernia and acute appendicitis"),
    ]


def test_a_case_that_two_names_find_counts_once_with_the_better_of_both():
    cases = [search_case(1, "Acute appendicitis", "Mass.")]
    for typed in ("appendicitis\nacute appendicitis", "acute appendicitis\nappendicitis"):
        assert told(cases, Query(typed)) == [("1", VERY_NAME, "it has the disease named: Acute appendicitis")]


def test_a_disease_that_was_picked_needs_no_words():
    picked = Query(concept_ids=("diagnosis:glioblastoma", "finding:mass"))
    assert [row[:2] for row in told(CASES, picked)] == [("4", VERY_NAME)]
    (disease,) = diagnoses(CASES).diseases_of(picked)
    assert (disease.name, disease.concept_id, disease.family) == (
        "diagnosis:glioblastoma",
        "diagnosis:glioblastoma",
        None,
    )


def test_a_long_line_is_passed_over_and_the_next_one_read():
    index, long = diagnoses(CASES), "glioblastoma".ljust(MAX_NAME_LENGTH, ".")
    assert [one.name for one in index.diseases_in(Query(long))] == ["glioblastoma"]
    assert [one.name for one in index.diseases_in(Query(f"{long}.\nadenocarcinoma"))] == ["adenocarcinoma"]
    assert diagnoses_named_in(long) == ["diagnosis:glioblastoma"]


def test_a_case_without_a_diagnosis_has_no_disease():
    without = replace(CASES[0], diagnosis=None)
    assert told([without], Query("None")) == told([without], Query("adenocarcinoma")) == []


@pytest.mark.parametrize(
    ("diagnosis", "named"),
    [
        ("Acute appendicitis", True),
        ("Malrotation and appendicitis", True),
        ("appendicitis", True),
        ("Malrotation", False),
        ("Glioblastoma", False),
    ],
)
def test_a_diagnosis_is_told_to_be_of_a_disease_that_is_named(diagnosis, named):
    (disease,) = diagnoses([search_case(1, "Appendicitis", "Mass.")]).diseases_in(Query("appendicitis"))
    assert is_named(disease, diagnosis) is named
