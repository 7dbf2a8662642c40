"""A draft names diagnoses in the order in which `ask` ranks them."""

from __future__ import annotations

import pytest

import casegraph
from casegraph.drafts import DraftRequest, DraftSection


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
    said = space.drafts.write(request, cases=cases).of(DraftSection.DIFFERENTIAL)
    assert len(said) > 1
    in_order = iter(ranked)
    for statement in said:
        cited = {evidence.citation.case_id for evidence in statement.evidence}
        assert any(cited <= having for having in in_order), statement.text  # takes those before it too
