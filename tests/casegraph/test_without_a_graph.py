"""What does not need the graph goes on without it, and says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import casegraph
from casegraph.drafts import DraftRequest
from ingest.notices import NoticeCode

REQUEST = DraftRequest(findings="Ring enhancing mass with edema in the left frontal lobe.")


@pytest.fixture
def folder(indexed_workspace: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(indexed_workspace, tmp_path / "workspace"))


def test_t31_diagnoses_are_ranked_and_drafts_written_though_the_graph_is_down(folder: Path) -> None:
    with casegraph.open(folder, graph="bolt://127.0.0.1:1") as space:
        answer, draft = space.drafts.ask(REQUEST), space.drafts.write(REQUEST)
    assert answer.diagnoses
    assert answer.telling_apart == ()
    assert draft.statements
    for told in (answer.notices, draft.notices):
        assert NoticeCode.GRAPH_SKIPPED in {notice.code for notice in told}
