"""The words of an archive, read in one pass: as the parts count them by themselves, and without keeping a case."""

from __future__ import annotations

import weakref
from dataclasses import replace

import numpy as np
from search_cases import search_cases

from rag.search.archive_words import read_archive_words
from rag.search.case_words import case_words
from rag.search.query import Query
from rag.search.understanding import SpellingCounts


def test_one_pass_says_what_each_part_says_by_itself():
    cases = search_cases()
    read = read_archive_words(iter(cases))
    expected = case_words(cases)
    assert read.words.case_ids == expected.case_ids
    assert np.array_equal(read.words.weights.toarray(), expected.weights.toarray())
    spellings = SpellingCounts()
    for case in cases:
        spellings.add(case)
    assert read.understanding == spellings.understanding()
    named = next(case for case in cases if case.diagnosis)
    assert named.case_id in {
        found.case_id for found in read.diagnoses.cases_named(Query(named.diagnosis), {case.case_id for case in cases})
    }


def test_no_case_is_kept_while_the_words_are_read():
    seen, alive = [], []

    def cases():
        for case in search_cases():
            read = replace(case)
            seen.append(weakref.ref(read))
            yield read
            alive.append(sum(one() is not None for one in seen))

    read_archive_words(cases())
    assert len(alive) == len(search_cases()) > 2
    assert max(alive) <= 2
