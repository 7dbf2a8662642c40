"""Case reports go the whole road: read, stored, indexed, found by a filter and by words, shown in the graph."""

from __future__ import annotations

from pathlib import Path

import pytest
from articles import write_articles

import casegraph


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return write_articles(tmp_path / "articles")


def test_a_folder_of_articles_is_ingested_queried_and_searched(reports: Path, tmp_path: Path) -> None:
    with casegraph.open(tmp_path / "workspace") as space:
        report = space.ingest(reports)
        assert (report.added, report.quarantined, report.images, report.images_with_problem) == (3, 1, 4, 1)
        women = space.documents.query("source=pmc sex=female")
        print(women)
