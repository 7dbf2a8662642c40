"""The keyword channel: a name finds its cases, rare words weigh more, filters hold before the ranking."""

from __future__ import annotations

import numpy as np
import pytest
from search_cases import search_case, search_cases

from rag.keywords import KeywordIndex, words_of

EVERYONE = {case.case_id for case in search_cases()}


@pytest.fixture(scope="module")
def keywords():
    return KeywordIndex(search_cases())


@pytest.mark.parametrize("case", search_cases(), ids=lambda case: case.short_id)
def test_the_name_of_a_disease_finds_a_case_that_has_it(keywords, case):
    assert keywords.similar_cases(case.diagnosis, 2, EVERYONE)[0].case_id in {
        other.case_id for other in search_cases() if other.diagnosis == case.diagnosis
    }


def test_the_words_shared_are_named_rarest_first(keywords):
    found = keywords.similar_cases("edema and midline shift, xyzzy", 1, EVERYONE)[0]
    assert found.words == ("midline", "shift", "edema")


def test_only_allowed_cases_are_ranked(keywords):
    found = keywords.similar_cases("glioblastoma", 5, {"test:C2", "test:C9", "unknown"})
    assert [match.case_id for match in found] == ["test:C2"]


def test_unknown_words_find_nothing(keywords):
    assert keywords.similar_cases("xyzzy", 5, EVERYONE) == []
    assert KeywordIndex([]).similar_cases("glioma", 5, EVERYONE) == []


def test_scores_agree_with_the_formula_of_bm25(keywords):
    """Robertson's BM25 with the idf of Lucene: log(1 + (N - n + .5) / (n + .5)), k1 1.5, b .75."""
    documents = {case_id: document(case_id) for case_id in EVERYONE}
    mean_length = np.mean([len(words) for words in documents.values()])
    for match in keywords.similar_cases("ring enhancing edema", 10, EVERYONE):
        expected = 0.0
        for word in ("ring", "enhancing", "edema"):
            having = sum(word in words for words in documents.values())
            count, length = documents[match.case_id].count(word), len(documents[match.case_id])
            idf = np.log(1 + (len(documents) - having + 0.5) / (having + 0.5))
            expected += idf * count / (count + 1.5 * (1 - 0.75 + 0.75 * length / mean_length))
        assert match.score == pytest.approx(expected, rel=1e-4)


def document(case_id):
    case = next(case for case in search_cases() if case.case_id == case_id)
    names = f"{case.title} {case.diagnosis} {case.topic.title} " * 3
    texts = [text for section, text in case.sections.items() if section != "confirmation"]
    return words_of(names + " ".join([*texts, *(image.caption for image in case.images)]))


def test_a_case_with_the_very_disease_comes_before_those_that_speak_more_of_it():
    cases = [
        search_case(1, "Adenocarcinoma of the lung", "Adenocarcinoma.", discussion="Adenocarcinoma " * 9),
        search_case(2, "Adenocarcinoma (poorly differentiated)", "Adenocarcinoma, adenocarcinoma."),
        search_case(3, "Adenocarcinoma", "Mass.", discussion="A long story of other things. " * 30),
    ]
    found = KeywordIndex(cases).similar_cases("adenocarcinoma", 3, {case.case_id for case in cases})
    assert (found[0].case_id, found[0].named) == ("test:C3", True)
    assert [match.named for match in found[1:]] == [False, False]


def test_plural_and_singular_meet():
    assert words_of("The masses, abscesses of the thalamus: cysts") == ["masse", "abscesse", "thalamus", "cyst"]
    assert words_of("cyst") == words_of("Cysts")
