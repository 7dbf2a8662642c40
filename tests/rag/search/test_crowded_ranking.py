"""Near copies and small sources, on rankings whose likeness a test says."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.notices import Notice, NoticeCode
from ingest.remedies import Remedy, RemedyAction
from rag.search.diversity import COPY, diversity_notices, without_copies
from rag.search.fusion import Hit


class Words:
    """Cases of the same letter are copies, to this degree."""

    def __init__(self, degree=COPY):
        self.degree = degree

    def likeness(self, case_ids):
        same = [[self.degree if a[5] == b[5] else 0.0 for b in case_ids] for a in case_ids]
        return np.array(same).reshape(len(case_ids), len(case_ids))


def ranked(names):
    return [Hit(f"test:{name}", 1 - place / 100, place + 1, ()) for place, name in enumerate(names.split())]


def slowly(names, k):
    """Take one after another, unless its letter was taken."""
    kept, copies = [], {}
    for name in names.split():
        if len(kept) == k:
            break
        first = next((one for one in kept if one[0] == name[0]), None)
        if first is None:
            kept.append(name)
        else:
            copies.setdefault(first, []).append(name)
    return kept, copies


@pytest.mark.parametrize("names", ["a1 a2 b1 a3 c1 b2 d1 e1", "a1 b1 c1", "a1 a2 a3 a4 a5 a6 a7 b1", ""])
@pytest.mark.parametrize("k", [0, 1, 2, 3, 4, 10])
def test_the_best_of_each_group_of_copies_stays_and_the_others_make_room(names, k):
    hits, told = without_copies(ranked(names), k, Words())
    kept, _ = slowly(names, k)
    assert [hit.case_id for hit in hits] == [f"test:{name}" for name in kept]
    assert [hit.rank for hit in hits] == list(range(1, len(kept) + 1))
    if len(kept) == len({name[0] for name in names.split()}) < k:  # all were looked at
        copies = slowly(names, 99)[1]
        assert len(told) == len(copies)


def test_hits_keep_their_scores():
    hits, _ = without_copies(ranked("a1 a2 b1"), 2, Words())
    assert [hit.score for hit in hits] == [1.0, 0.98]


def test_what_is_left_out_is_told_with_at_most_five_names():
    _, told = without_copies(ranked("a1 a2 b1 a3 b2"), 9, Words())
    assert [notice.text for notice in told] == [
        "2 near copies of a1 were left out: a2, a3.",
        "1 near copies of b1 were left out: b2.",
    ]
    _, told = without_copies(ranked("a1 a2 a3 a4 a5 a6"), 9, Words())
    assert [notice.text for notice in told] == ["5 near copies of a1 were left out: a2, a3, a4, a5, a6."]
    _, told = without_copies(ranked("a1 a2 a3 a4 a5 a6 a7 a8"), 9, Words())
    assert [notice.text for notice in told] == ["7 near copies of a1 were left out: a2, a3, a4, a5, a6 and 2 more."]


def test_cases_a_little_less_alike_than_copies_all_stay():
    assert len(without_copies(ranked("a1 a2 a3"), 9, Words(COPY))[0]) == 1
    assert len(without_copies(ranked("a1 a2 a3"), 9, Words(np.nextafter(COPY, 0)))[0]) == 3


def hits(own, others):
    return [Hit(f"{source}:{n}", 1.0, n + 1, ()) for n, source in enumerate(["own"] * own + ["medpix2"] * others)]


def allowed(own, others):
    return {f"own:{n}" for n in range(own)} | {f"medpix2:{n}" for n in range(others)}


def test_a_source_of_a_third_that_has_more_than_two_thirds_of_the_hits_is_told():
    assert diversity_notices(hits(7, 3), allowed(1, 2)) == [
        Notice(
            NoticeCode.ONE_SOURCE,
            "7 of 10 hits are of source 'own', which has 33% of the cases that may be found. "
            "See whether they are cases of their own.",
            Remedy(RemedyAction.FIND_DUPLICATES),
        )
    ]
    assert diversity_notices(hits(7, 3), allowed(34, 66)) == []  # no small source
    assert diversity_notices(hits(6, 3), allowed(1, 9)) == []  # two thirds are not more than two thirds


def test_of_three_hits_nothing_is_said_and_of_four_something():
    assert diversity_notices(hits(3, 0), allowed(1, 9)) == []
    assert diversity_notices(hits(4, 0), allowed(1, 9))


def test_the_source_of_a_case_stands_before_the_first_colon_and_all_else_is_its_id():
    names = [Hit(f"own:x:a{n}", 1.0, n + 1, ()) for n in range(4)]
    assert diversity_notices(names, {"own:x:a1", *(f"medpix2:{n}" for n in range(9))})[0].text.startswith(
        "4 of 4 hits are of source 'own', which has 10%"
    )

    class Same:
        def likeness(self, case_ids):
            return np.ones((len(case_ids), len(case_ids)))

    assert without_copies(names[:2], 2, Same())[1] == [
        Notice(NoticeCode.COPIES_LEFT_OUT, "1 near copies of x:a0 were left out: x:a1.")
    ]
