"""What a question says of its findings beyond words: where they are, and that they are absent."""

from __future__ import annotations

import pytest
from search_cases import search_case

from ingest.case import Case
from ingest.notices import NoticeCode
from ingest.store.filters import Annotated
from rag.search.fusion import Hit
from rag.search.query import Query
from rag.search.reordering import Wishes, reordered, wishes_of

FINDINGS = (
    "Mass in the right kidney. The left kidney is normal.",
    "Mass in the left kidney.",
    "Cystic lesion of the left kidney.",
    "Mass in the left kidney with edema.",
    "Edema of the leg.",
)
CASES = {
    f"test:C{n}": search_case(n, "Renal tumor", text, caption="Image.", discussion="Nothing.")
    for n, text in enumerate(FINDINGS, 1)
}
HITS = [Hit(case_id, 1.0 / rank, rank, ()) for rank, case_id in enumerate(CASES, 1)]


def showing(where: Annotated) -> list[str]:
    def shows(case: Case) -> bool:
        return any((one.concept_id, one.assertion) == (where.concept_id, where.assertion) for one in case.annotations)

    return [case_id for case_id, case in CASES.items() if shows(case)]


def asked(text: str, *, named: bool = False, **other: object) -> Wishes:
    return wishes_of(Query(text, **other), CASES.keys(), showing, lambda: named)


def found(text: str, k: int = 5) -> tuple[list[str], list[NoticeCode]]:
    hits, notices = reordered(HITS, asked(text), k, CASES.__getitem__)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    return [hit.case_id[-1] for hit in hits], [notice.code for notice in notices]


def test_cases_with_the_finding_at_the_place_come_first_then_those_with_a_wider_one():
    assert found("mass in the left kidney") == (["2", "4", "3", "1", "5"], [NoticeCode.PLACED_FIRST])
    assert found("mass in the left kidney", k=1) == (["2"], [NoticeCode.PLACED_FIRST])


def test_a_place_that_no_case_has_changes_nothing_and_is_said():
    assert found("mass in the right lung") == (["1", "2", "3", "4", "5"], [NoticeCode.PLACE_NOT_FOUND])


def test_cases_that_show_what_is_denied_come_last():
    assert found("mass, no edema") == (["1", "2", "3", "4", "5"], [NoticeCode.DENIED_LAST])
    both = found("mass in the left kidney without edema")
    assert both == (["2", "3", "1", "4", "5"], [NoticeCode.PLACED_FIRST, NoticeCode.DENIED_LAST])


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("kidney", {}),
        ("mass", {}),
        ("mass in the left kidney, no edema", {"literal": True}),
        (None, {"background": "mass in the left kidney"}),
        ("no edema of the brain or of the skull and this is a long text of more than sixteen words", {"k": 5}),
    ],
)
def test_other_questions_wish_nothing_of_places(text, other):
    wishes = asked(text, **other)
    assert wishes.placed == ()
    assert bool(wishes) == ("k" in other)


def test_a_disease_that_is_named_has_its_place_in_its_name():
    assert not asked("mass in the left kidney", named=True)
