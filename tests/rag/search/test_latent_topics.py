"""Themes: words that stand in the same cases answer for each other."""

from __future__ import annotations

import numpy as np
import pytest
from search_cases import search_case

from rag.search.case_words import case_words
from rag.search.latent_topics import CASES_PER_TOPIC, MIN_CASES, LatentTopicIndex

FILLERS = tuple(f"filler{letter}" for letter in "bcdfghjklmnpqrtvwxz")


def archive():
    """Return 30 cases, of which 12 have an air crescent and a fungus ball, and one that has a fungus ball alone."""
    random = np.random.default_rng(3)
    cases = []
    for number in range(1, 31):
        name, sign = ("Aspergilloma", "air crescent, fungus ball") if number <= 12 else ("Fracture", "tibia, callus")
        told = f"{sign}, {', '.join(random.choice(FILLERS, 3, replace=False))}"
        cases.append(search_case(number, name, told, history="", discussion="", caption=""))
    return [*cases, search_case(31, "Mycosis", "A fungus ball.", history="", discussion="", caption="")]


CASES = archive()
EVERYONE = {case.case_id for case in CASES}


@pytest.fixture(scope="module")
def words():
    return case_words(CASES)


def test_a_case_without_the_word_asked_is_found_by_what_the_word_goes_with(words):
    found = LatentTopicIndex(words).similar_cases("air crescent", 15, EVERYONE)
    assert "test:C31" in {match.case_id for match in found}
    told = next(match for match in found if match.case_id == "test:C31").words
    assert "fungus" in told
    assert not {"air", "crescent"} & set(told)


def test_scores_agree_with_the_full_decomposition(words):
    dense = words.weights.toarray()
    shared = dense * ((dense > 0).sum(axis=0) > 1)
    axes = np.linalg.svd(shared, full_matrices=False)[2][: len(CASES) // CASES_PER_TOPIC].T
    columns, counts = words.question("callus tibia")
    asked = np.zeros(dense.shape[1])
    asked[columns] = counts * words.idf[columns]
    expected = (dense @ axes) @ (asked @ axes)
    expected /= np.linalg.norm(dense @ axes, axis=1) * np.linalg.norm(asked @ axes)
    for match in LatentTopicIndex(words).similar_cases("callus tibia", 30, EVERYONE):
        assert match.score == pytest.approx(expected[words.case_ids.index(match.case_id)], abs=1e-6)


def test_only_allowed_cases_are_ranked_and_unknown_words_find_nothing(words):
    index = LatentTopicIndex(words)
    assert {m.case_id for m in index.similar_cases("air crescent", 9, {"test:C2", "other"})} == {"test:C2"}
    assert index.similar_cases("xyzzy", 9, EVERYONE) == []


def test_a_handful_of_cases_has_no_topics():
    few = case_words(CASES[: MIN_CASES - 1])
    assert LatentTopicIndex(few).similar_cases("air crescent", 9, EVERYONE) == []


def test_two_builds_answer_alike(words):
    first, second = (LatentTopicIndex(words).similar_cases("air crescent", 9, EVERYONE) for _ in range(2))
    assert first == second


def test_of_a_large_archive_topics_are_learnt_from_some_and_every_case_is_found(words, monkeypatch):
    monkeypatch.setattr("rag.search.latent_topics.MAX_LEARNT_FROM", MIN_CASES)
    found = LatentTopicIndex(words).similar_cases("air crescent", len(CASES), EVERYONE)
    learnt = {words.case_ids[number * len(CASES) // MIN_CASES] for number in range(MIN_CASES)}
    assert {match.case_id for match in found} - learnt
