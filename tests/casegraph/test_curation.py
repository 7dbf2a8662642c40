"""The review queue of a workspace that stays open: images that were compared are not compared again."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_factory import make_case

import casegraph
from casegraph.curation import Curation, DuplicateReport, ReviewKind
from ingest.images.duplicates import DuplicatePair

PAIR = DuplicatePair("medpix2:MPX0001_a", "medpix2:MPX0002_b", "medpix2:MPX0001", "medpix2:MPX0002", None, None, 3)


def test_the_queue_takes_near_duplicates_that_were_found_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(Curation, "near_duplicates")
    with casegraph.open(tmp_path / "workspace", create=True) as space:
        with space.engines.store.writer("reader") as writer:
            writer.write_cases([make_case(1, problems=("no text",)), make_case(2)])
        report = DuplicateReport(2, 48, (PAIR,), ())
        kinds = [item.kind for item in space.curation.queue(compared=report)]
        assert kinds == [ReviewKind.PARTIAL, ReviewKind.NEAR_DUPLICATE]
        assert [item.kind for item in space.curation.queue(duplicates=False)] == [ReviewKind.PARTIAL]
