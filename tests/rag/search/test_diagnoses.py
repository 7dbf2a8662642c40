"""The name of a disease brings first the cases that have it, then those that resemble them."""

from __future__ import annotations

import pytest
from search_cases import search_case

from rag.search.diagnoses import DiagnosisIndex, diagnoses_named_in
from rag.search.fusion import Channel
from rag.search.query import Query

CASES = [
    search_case(1, "Adenocarcinoma of the lung", "Adenocarcinoma.", discussion="Adenocarcinoma " * 9),
    search_case(2, "Adenocarcinoma (poorly differentiated)", "Adenocarcinoma, adenocarcinoma."),
    search_case(3, "Adenocarcinoma", "Mass.", discussion="A long story of other things. " * 30),
    search_case(4, "Glioblastoma multiforme", "Ring enhancing mass."),
]


@pytest.mark.parametrize("typed", ["adenocarcinoma", "ADENOCARCINOMA.", "mass in the lung\nAdenocarcinoma?"])
def test_a_case_with_the_very_disease_comes_before_those_that_speak_more_of_it(search_over, typed):
    hits = search_over(CASES).similar_to_text(typed, k=4).hits
    assert hits[0].case_id == "test:C3"
    part = hits[0].channels[0]
    assert (part.channel, part.rank) == (Channel.DIAGNOSIS, 1)
    assert part.why == "it has the disease named, Adenocarcinoma"
    assert {hit.case_id for hit in hits[1:]} >= {"test:C1", "test:C2"}
    assert all(part.channel is not Channel.DIAGNOSIS for hit in hits[1:] for part in hit.channels)


def test_words_that_are_more_than_a_name_name_no_disease(search_over):
    hits = search_over(CASES).similar_to_text("adenocarcinoma with a ring enhancing mass", k=4).hits
    assert all(part.channel is not Channel.DIAGNOSIS for hit in hits for part in hit.channels)


def test_a_filter_holds_for_the_cases_named_too():
    index = DiagnosisIndex(CASES)
    assert [ranked.case_id for ranked in index.cases_named(Query("Glioblastoma"), {"test:C4", "test:C1"})] == [
        "test:C4"
    ]
    assert index.cases_named(Query("Glioblastoma"), {"test:C1"}) == []


def test_synonyms_name_the_same_disease():
    assert [ranked.case_id for ranked in DiagnosisIndex(CASES).cases_named(Query("GBM"), {"test:C4"})] == ["test:C4"]


def test_a_line_beyond_the_length_of_a_name_names_nothing():
    assert diagnoses_named_in("adenocarcinoma " * 20) == []
    assert diagnoses_named_in("") == []
