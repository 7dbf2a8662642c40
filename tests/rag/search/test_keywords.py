"""The keyword channel: a name finds its cases, rare words weigh more, filters hold before the ranking."""

from __future__ import annotations

import numpy as np
import pytest
from search_cases import search_case, search_cases

from rag.search.case_words import BACKGROUND_WEIGHT, K1, B, case_words, fields_of
from rag.search.feedback import Feedback
from rag.search.keywords import KeywordIndex
from rag.search.words import words_of

EVERYONE = {case.case_id for case in search_cases()}


@pytest.fixture(scope="module")
def keywords():
    return KeywordIndex(case_words(search_cases()))


@pytest.mark.parametrize("case", search_cases(), ids=lambda case: case.short_id)
def test_the_name_of_a_disease_finds_a_case_that_has_it(keywords, case):
    assert keywords.similar_cases(case.diagnosis, 2, EVERYONE)[0].case_id in {
        other.case_id for other in search_cases() if other.diagnosis == case.diagnosis
    }


def test_the_words_shared_are_named_rarest_first(keywords):
    found = keywords.similar_cases("edema and midline shift, xyzzy", 1, EVERYONE)[0]
    assert found.words == ("midline", "shift", "edema")


def test_words_as_rare_as_each_other_are_named_in_order_of_the_alphabet():
    found = KeywordIndex(case_words([search_case(1, "Glioma", "A pattern of zebra, core and apple.")]))
    assert found.similar_cases("zebra core apple", 1, {"test:C1"})[0].words == ("apple", "core", "zebra")


@pytest.mark.parametrize("word", ["mass", "edema", "midline", "right"])
def test_every_case_that_says_the_word_is_found_and_no_other(keywords, word):
    saying = {
        case.case_id
        for case in search_cases()
        if any(words_of(word)[0] in words_of(text) for _, text in fields_of(case))
    }
    assert len(saying) < len(EVERYONE)
    found = keywords.similar_cases(word, len(EVERYONE), EVERYONE)
    assert {match.case_id for match in found} == saying
    assert all(match.words == (word,) for match in found)


def test_equal_scores_stand_in_the_order_of_the_cases():
    cases = [search_case(n, "Glioma", "Mass." if n % 3 else "Mass with edema.") for n in range(1, 61)]
    index = KeywordIndex(case_words(cases))
    place = {case.case_id: n for n, case in enumerate(cases)}
    found = index.similar_cases("mass", 60, set(place))
    assert len({match.score for match in found}) == 2
    assert found == sorted(found, key=lambda match: (-match.score, place[match.case_id]))


def test_the_question_moves_towards_a_case_that_is_liked_and_away_from_one_that_is_not(keywords):
    def found(**judged):
        feedback = Feedback(**judged)
        return {m.case_id: m for m in keywords.similar_cases("midline", 10, EVERYONE, feedback=feedback)}

    by_id = {case.case_id: case for case in search_cases()}
    plain, liked, disliked = found(), found(liked=(by_id["test:C6"],)), found(disliked=(by_id["test:C1"],))
    assert plain.keys() == {"test:C1", "test:C3"}
    assert "pneumothorax" in {word.casefold() for word in liked["test:C6"].words}
    assert disliked["test:C3"].score < plain["test:C3"].score
    assert all(match.words == ("midline",) for match in disliked.values())


def test_only_allowed_cases_are_ranked(keywords):
    found = keywords.similar_cases("glioblastoma", 5, {"test:C2", "test:C9", "unknown"})
    assert [match.case_id for match in found] == ["test:C2"]


def test_unknown_words_find_nothing(keywords):
    assert keywords.similar_cases("xyzzy", 5, EVERYONE) == []
    assert KeywordIndex(case_words([])).similar_cases("glioma", 5, EVERYONE) == []
    assert keywords.similar_cases("glioma", 5, set()) == []


def test_scores_agree_with_the_formula_of_bm25f(keywords):
    """Robertson et al. 2004: counts are normalised by the length of their field, summed, then saturated."""
    counted = {case.case_id: {name: words_of(text) for name, text in fields_of(case)} for case in search_cases()}
    names = {name for fields in counted.values() for name in fields}
    mean_length = {name: np.mean([len(fields.get(name, ())) for fields in counted.values()]) for name in names}
    found = keywords.similar_cases("ring enhancing edema", 10, EVERYONE, background="midline edema")
    assert len(found) >= 5
    for match in found:
        expected = 0.0
        for word, asked in (("ring", 1.0), ("enhanc", 1.0), ("edema", 1 + BACKGROUND_WEIGHT), ("midlin", 0.5)):
            stemmed = words_of(word)[0]
            having = sum(any(stemmed in words for words in fields.values()) for fields in counted.values())
            idf = np.log(1 + (len(counted) - having + 0.5) / (having + 0.5))
            frequency = sum(
                (2 if name == "names" else 1) * words.count(stemmed) / (1 - B + B * len(words) / mean_length[name])
                for name, words in counted[match.case_id].items()
                if words
            )
            expected += asked * idf * frequency / (K1 + frequency)
        assert match.score == pytest.approx(expected, rel=1e-6)


def test_what_is_known_besides_counts_less(keywords):
    asked = keywords.similar_cases("midline shift", 1, EVERYONE)[0].score
    besides = keywords.similar_cases("", 1, EVERYONE, background="midline shift")[0].score
    assert besides == pytest.approx(BACKGROUND_WEIGHT * asked)
