"""The one road from a request to a draft, which workspaces and the evaluation take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clip.classification.classify import Prediction
from ingest.errors import EngineUnreachable, InputError
from ingest.notices import NoticeCode
from ingest.store.filters import OneOf
from rag.drafting import REGION_UNKNOWN, DraftArchive, draft_from, in_its_region
from rag.drafts.evidence import DraftRequest
from rag.drafts.render import draft_document
from rag.drafts.statements import DraftSection

HEAD = Prediction("region", "Head", 0.97, {"Head": 0.97}, sure=True)
REQUEST = DraftRequest(findings="Ring enhancing lesion with edema.", age_years=61.0)


def no_graph():
    raise EngineUnreachable("the graph at x did not answer.")


@pytest.fixture
def asked():
    return []


@pytest.fixture
def archive(store, search, asked):
    def found(query):
        asked.append(query)
        return search.search(query)

    return DraftArchive(store, found, no_graph)


def test_the_archive_is_searched_with_what_the_request_says_and_all_images(archive, asked):
    draft_from(archive, REQUEST, images=(b"aab", b"abb"), cases=3)
    assert [(query.text, query.images) for query in asked] == [(REQUEST.findings, (b"aab", b"abb"))] * 2
    assert [query.k for query in asked] == [3, 100]


@pytest.mark.parametrize(
    ("request_", "region"),
    [
        (replace(REQUEST, findings="Mass in the lung."), "Thorax"),
        (replace(REQUEST, predictions={"region": HEAD}), "Head"),
        (replace(REQUEST, findings=None, history="Pain in the liver."), "Abdomen"),
    ],
)
def test_only_cases_of_the_region_spoken_of_are_stood_on(archive, store, request_, region):
    draft = draft_from(archive, request_)
    stood_on = [store.get(similar.case_id).case for similar in draft.similar_cases]
    assert stood_on
    assert {image.region for case in stood_on for image in case.images} == {region}
    assert NoticeCode.REGION_READ in {notice.code for notice in draft.notices}


def test_where_nothing_says_which_region_was_scanned_the_draft_says_so(archive):
    assert REGION_UNKNOWN in draft_from(archive, REQUEST).notices
    assert REGION_UNKNOWN not in draft_from(archive, replace(REQUEST, predictions={"region": HEAD})).notices


def test_a_region_that_no_case_has_narrows_nothing(store):
    urinary = DraftRequest(findings="Cyst of the kidney.")
    where = OneOf("case_id", ("test:C1",))
    assert in_its_region(store, urinary, where) == (where, ())


def test_where_the_graph_is_down_a_draft_says_so_and_diagnoses_stand_in_order(archive):
    draft = draft_from(archive, replace(REQUEST, findings="Ring enhancing lesion of the brain."))
    assert NoticeCode.GRAPH_SKIPPED in {notice.code for notice in draft.notices}
    assert draft.of(DraftSection.DIFFERENTIAL)


@pytest.mark.parametrize("cases", [0, 31])
def test_a_draft_stands_on_no_case_too_many_and_none_too_few(archive, cases):
    with pytest.raises(InputError, match=f"cannot stand on {cases} similar cases"):
        draft_from(archive, REQUEST, cases=cases)


def test_a_draft_knows_of_whom_and_of_what_it_is(archive):
    request = replace(REQUEST, history="Headache.", exam="Afebrile.", image_sha256="ab" * 32)
    document = draft_document(draft_from(archive, request))
    assert document["request"] == {
        "history": "Headache.",
        "exam": "Afebrile.",
        "age_years": 61.0,
        "sex": None,
        "image_sha256": "ab" * 32,
    }
    assert document["made_at"].startswith("20")
    assert next(part for part in document["sections"] if part["section"] == "Findings").get("scanned") is None
    brain = draft_document(draft_from(archive, replace(request, predictions={"region": HEAD})))
    assert next(part for part in brain["sections"] if part["section"] == "Findings")["scanned"] == "head"
