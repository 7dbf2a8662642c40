"""What a question says of its findings beyond words: where they are, and that they are absent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from search_cases import search_case

from ingest.case import Case
from ingest.notices import NoticeCode
from ingest.store.filters import Annotated
from ingest.vocabulary import Laterality
from rag.search.diagnoses import BESIDE_ANOTHER, OF_ITS_KIND, VERY_NAME
from rag.search.disease_places import AskedPlace
from rag.search.fusion import Channel, Contribution, Hit
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


def asked(text: str, *, named: Sequence[str] = (), **other: object) -> Wishes:
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


@pytest.mark.parametrize(
    ("text", "diseases", "place"),
    [
        ("infarct in the left cerebellum", ["infarct"], AskedPlace("anatomy:cerebellum", Laterality.LEFT)),
        ("infarct in the cerebellum", ["infarct"], AskedPlace("anatomy:cerebellum", None)),
        ("left renal tumor", ["renal tumor"], AskedPlace(None, Laterality.LEFT)),
        ("renal tumor", ["renal tumor"], None),
        ("pulmonary embolism", ["pulmonary embolism"], None),
        ("brain infarct without hemorrhage", ["infarct"], None),
        ("mass in the left lung\nrenal tumor", ["renal tumor"], None),
        ("renal tumor of the kidney and the liver", ["renal tumor"], None),
        ("renal tumor of the left kidney or right lung", ["renal tumor"], None),
    ],
)
def test_a_disease_has_its_own_place_in_its_name_and_another_one_beside_it(text, diseases, place):
    assert asked(text, named=diseases) == Wishes(of_disease=place)


@pytest.mark.parametrize(
    ("diagnosis", "findings", "distance"),
    [
        ("Right renal tumor", "Mass in the left kidney.", (0, 2)),
        ("Left renal tumor", "Mass.", (0, 0)),
        ("Bilateral renal tumors", "Mass.", (0, 0)),
        ("Tumor", "Mass in the left kidney.", (0, 0)),
        ("Tumor", "Mass in the right kidney.", (0, 2)),
        ("Tumor", "Mass in the kidney. Left effusion.", (0, 1)),
        ("Tumor", "No mass in the left kidney.", (1, 1)),
        ("Tumor", "Mass in the left lung.", (1, 1)),
    ],
)
def test_how_far_a_case_has_the_disease_from_where_it_is_asked_for(diagnosis, findings, distance):
    case = search_case(9, diagnosis, findings, caption="Image.", discussion="Nothing.")
    assert AskedPlace("anatomy:kidney", Laterality.LEFT).distance(case) == distance


def test_of_the_cases_of_a_disease_those_with_it_there_come_first_and_the_others_stay_behind():
    ofs = {"test:C1": VERY_NAME, "test:C2": OF_ITS_KIND, "test:C4": BESIDE_ANOTHER}
    has = {case_id: (Contribution(Channel.DIAGNOSIS, 1, score, 1.0, ""),) for case_id, score in ofs.items()}
    hits = [replace(hit, channels=has.get(hit.case_id, ())) for hit in HITS]
    wishes = asked("tumor of the left kidney", named=["tumor"])
    found, notices = reordered(hits, wishes, 5, CASES.__getitem__)
    assert [hit.case_id[-1] for hit in found] == ["2", "1", "3", "4", "5"]
    assert [notice.code for notice in notices] == [NoticeCode.PLACED_FIRST]
    _, [notice] = reordered(hits[:1], wishes, 5, CASES.__getitem__)
    assert notice.code == NoticeCode.PLACE_NOT_FOUND
