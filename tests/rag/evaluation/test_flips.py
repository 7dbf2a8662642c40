"""Planted falsehoods: each is false, of every kind, and the check finds it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from search_cases import search_case, search_cases

from rag.drafts.citations import check_statements
from rag.drafts.compose import compose_statements
from rag.drafts.draft import Draft
from rag.drafts.evidence import DraftRequest, gather_evidence
from rag.evaluation.flips import Flip, planted_in

REQUEST = DraftRequest(findings="Ring enhancing lesion of 3 cm in the right parietal lobe. No hydrocephalus.")
CASES = search_cases()[:5]


@pytest.fixture(scope="module")
def draft():
    evidence = gather_evidence(REQUEST, CASES)
    return Draft(tuple(compose_statements(evidence, len(CASES))), (), (), evidence, (), "x")


def test_every_kind_is_planted(draft):
    assert {item.flip for item in planted_in(draft, CASES)} == set(Flip)


@pytest.mark.parametrize("flip", list(Flip))
def test_t38_the_check_finds_every_planted_falsehood(draft, flip):
    planted = [item.statement for item in planted_in(draft, CASES) if item.flip is flip]
    kept, dropped = check_statements(planted, REQUEST, CASES)
    assert [said.text for said in kept] == []
    assert len(dropped) == len(planted) > 0


def test_without_a_planted_falsehood_nothing_is_dropped(draft):
    kept, dropped = check_statements(draft.statements, REQUEST, CASES)
    assert (tuple(kept), dropped) == (draft.statements, [])


def test_what_happens_to_be_true_is_not_planted():
    cases = [search_case(n, "Glioma", text, caption="") for n, text in enumerate(("Edema.", "No edema."), 1)]
    evidence = gather_evidence(DraftRequest(), cases)
    draft = Draft(tuple(compose_statements(evidence, 2)), (), (), evidence, (), "x")
    assert any("1 of 2 similar cases reports edema; 1 of 2 reports no edema" in said.text for said in draft.statements)
    turned = [item.statement.text for item in planted_in(draft, cases) if item.flip is Flip.NEGATION]
    assert not any("edema" in text for text in turned)


def test_the_confirmation_of_another_case_is_no_confirmation_of_the_diagnosis():
    cases = [
        search_case(1, "Glioma", "Mass.", confirmation="Biopsy"),
        search_case(2, "Glioma", "Mass.", confirmation=""),
    ]
    evidence = gather_evidence(DraftRequest(), cases)
    said = next(item for item in compose_statements(evidence, 2) if "onfirmed in 1 of 2" in item.text)
    second = tuple(row for row in said.evidence if row.kind != "diagnosis" or row.case_id == "test:C2")
    text = said.text.replace("of 2 of 2", "of 1 of 2")
    _, dropped = check_statements([replace(said, evidence=second, text=text)], DraftRequest(), cases)
    assert [item.reason for item in dropped] == ["no cited sentence says so"]
