"""A draft names diagnoses in the order in which `ask` ranks them, with the reasons that it gives."""

from __future__ import annotations

import pytest

import casegraph
from casegraph.drafts import DraftRequest, DraftSection, Subject


@pytest.fixture(scope="module")
def space(demo_workspace):
    with casegraph.open(demo_workspace) as opened:
        yield opened


@pytest.mark.parametrize(
    ("history", "findings", "cases"),
    [
        ("34-year-old woman with fever and headache", "Ring-enhancing mass with edema.", 30),
        ("A man with flank pain", "Mass in the left kidney.", 30),
        ("", "Fracture of the knee with effusion.", 5),
    ],
)
def test_a_draft_and_ask_rank_diagnoses_alike(space, history, findings, cases):
    request = DraftRequest(history=history or None, findings=findings)
    ranked = [{*one.cases, *one.considered_in} for one in space.drafts.ask(request, k=100).diagnoses]
    entries = space.drafts.write(request, cases=cases).of(DraftSection.DIFFERENTIAL)
    said = [statement for statement in entries if statement.subject is Subject.SIMILAR_CASES]
    assert len(said) > 1
    in_order = iter(ranked)
    for statement in said:
        cited = {evidence.citation.case_id for evidence in statement.evidence}
        assert any(cited <= having for having in in_order), statement.text  # takes those before it too


def test_a_draft_gives_reasons_of_ask_and_cites_their_cases(space):
    request = DraftRequest(findings="Ring-enhancing mass with edema in the brain. No hemorrhage.", age_years=3.0)
    reasons = [
        (reason.text, set(reason.case_ids))
        for one in space.drafts.ask(request, k=100).diagnoses
        for reason in (*one.reasons.speaking_for, *one.reasons.speaking_against)
    ]
    draft = space.drafts.write(request)
    told = [said for said in draft.of(DraftSection.DIFFERENTIAL) if said.subject is Subject.WITH_DIAGNOSIS]
    assert {said.text.split()[0] for said in told} == {"For", "Against"}
    for said in told:
        cited = {citation.case_id for citation in said.citations}
        assert any(said.text.endswith(f", {text}.") and cited == case_ids for text, case_ids in reasons), said.text
    assert [item.reason for item in draft.dropped] == []
