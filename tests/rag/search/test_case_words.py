"""The words of cases, weighed: against a count of each word of each field in plain Python."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import log

import numpy as np
import pytest
from search_cases import search_cases

from ingest.case import Topic
from ingest.vocabulary import Section
from rag.search.case_words import BACKGROUND_WEIGHT, NAMES, WORDS_OF_MIDDLE, case_words, fields_of
from rag.search.words import words_of

CASES = search_cases()


def slow_weights(cases):
    """Return the weight of each word of each case: BM25F with K1 1.5 and B .75, the names counting twice."""
    fields = [dict(fields_of(case)) for case in cases]
    counts = [{name: Counter(words_of(text)) for name, text in held.items()} for held in fields]
    mean = {
        name: sum(one.get(name, Counter()).total() for one in counts) / len(cases)
        for name in {name for one in counts for name in one}
    }
    pseudo = [Counter() for _ in cases]
    for case, held in zip(pseudo, counts, strict=True):
        for name, words in held.items():
            for word, count in words.items():
                norm = 1 - 0.75 + 0.75 * words.total() / mean[name]
                case[word] += (2.0 if name == NAMES else 1.0) * count / norm
    having = Counter(word for case in pseudo for word in case)
    idf = {word: log(1 + (len(cases) - m + 0.5) / (m + 0.5)) for word, m in having.items()}
    return [{word: idf[word] * tf / (1.5 + tf) for word, tf in case.items()} for case in pseudo], idf


def test_each_word_weighs_what_counting_says():
    words = case_words(CASES)
    expected, idf = slow_weights(CASES)
    assert words.case_ids == tuple(case.case_id for case in CASES)
    dense = words.weights.toarray()
    assert dense.shape == (len(CASES), len(words.column_of))
    assert set(words.column_of) == set(idf)
    for word, column in words.column_of.items():
        assert words.idf[column] == pytest.approx(idf[word])
        assert dense[:, column] == pytest.approx([case.get(word, 0.0) for case in expected])


def test_no_cases_have_no_words():
    words = case_words([])
    assert (words.case_ids, words.spelling, words.weights.shape) == ((), (), (0, 0))


def test_a_word_is_spelled_as_the_first_case_spells_it():
    words = case_words(
        [replace(CASES[0], sections={Section.FINDINGS: "Masses."}, diagnosis=None, topic=Topic()), *CASES]
    )
    assert words.spelling[words.column_of[words_of("mass")[0]]].casefold() == "masses"
    assert len(words.spelling) == len(words.column_of)


def test_the_fields_of_a_case_are_its_names_its_texts_and_all_captions():
    case = replace(CASES[0], topic=Topic("Glioma"), diagnosis="GBM")
    fields = dict(fields_of(case))
    assert fields[NAMES].split("\n") == sorted({"GBM", "Glioblastoma multiforme", "Glioma"})
    assert fields[Section.CAPTION] == "\n".join(image.caption or "" for image in case.images)
    assert fields.keys() == {NAMES, Section.CAPTION} | (
        case.sections.keys() - {Section.TITLE, Section.DIAGNOSIS, Section.CONFIRMATION, Section.TOPIC_TITLE}
    )
    bare = replace(case, images=(replace(case.images[0], caption=None), case.images[1]))
    assert dict(fields_of(bare))[Section.CAPTION] == case.images[1].caption


def test_words_asked_count_once_each_time_and_words_of_the_background_half():
    words = case_words(CASES)
    columns, counts = words.question("edema mass edema unknownword", "mass shift")
    by_word = dict(zip(columns.tolist(), counts.tolist(), strict=True))
    column = {word: words.column_of[words_of(word)[0]] for word in ("edema", "mass", "shift")}
    assert columns.tolist() == [column["edema"], column["mass"], column["shift"]]
    assert by_word == {column["edema"]: 2.0, column["mass"]: 1.5, column["shift"]: 0.5}
    assert BACKGROUND_WEIGHT == 0.5


def middle(words, case_ids):
    """Return the heaviest words of the mean of some cases, one after another."""
    dense = words.weights.toarray()
    rows = [words.case_ids.index(case_id) for case_id in case_ids]
    mean = {column: sum(dense[row, column] for row in rows) / len(rows) for column in range(dense.shape[1])}
    kept = sorted(mean, key=lambda column: (-mean[column], column))[:WORDS_OF_MIDDLE]
    counts = {column: mean[column] / words.idf[column] for column in kept if mean[column] > 0}
    length = sum(value**2 for value in counts.values()) ** 0.5
    return {column: value / length for column, value in counts.items()}


@pytest.mark.parametrize("text", ["edema mass edema", ""])
def test_liked_cases_bring_their_words_and_disliked_ones_take_them(text):
    words = case_words(CASES)
    asked = words.question(text)
    plain = dict(zip(*(part.tolist() for part in asked), strict=True))
    length = sum(value**2 for value in plain.values()) ** 0.5 or 1.0
    for column, value in middle(words, ["test:C1", "test:C3"]).items():
        plain[column] = plain.get(column, 0.0) + 0.75 * length * value
    for column, value in middle(words, ["test:C6"]).items():
        plain[column] = plain.get(column, 0.0) - 0.15 * length * value
    columns, counts = words.question(text, liked=["test:C1", "no:C1", "test:C3"], disliked=["test:C6"])
    assert dict(zip(columns.tolist(), counts.tolist(), strict=True)) == pytest.approx(plain)


def test_a_middle_brings_so_many_words_and_an_unknown_case_none():
    words = case_words(CASES)
    columns, _ = words.question("", liked=[case.case_id for case in CASES])
    assert len(columns) == WORDS_OF_MIDDLE < len(words.spelling)
    columns, _ = words.question("edema", liked=["no:C1"], disliked=["no:C2"])
    assert len(columns) == 1


def test_likeness_is_the_cosine_of_two_rows():
    words = case_words(
        [*CASES, replace(CASES[0], case_id="test:empty", sections={}, diagnosis=None, topic=Topic(), images=())]
    )
    dense = words.weights.toarray()
    asked = ["test:C3", "no:C1", "test:C1", "test:empty"]
    found = words.likeness(asked)
    for i, first in enumerate(asked):
        for j, second in enumerate(asked):
            if "no:C1" in (first, second):
                assert found[i, j] == 0.0
                continue
            a, b = dense[words.case_ids.index(first)], dense[words.case_ids.index(second)]
            assert found[i, j] == pytest.approx(a @ b / ((np.linalg.norm(a) * np.linalg.norm(b)) or 1.0))
