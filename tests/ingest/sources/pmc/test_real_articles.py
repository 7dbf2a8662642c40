"""Sixteen real open-access articles, where their folder is at hand: each ends as cases or in quarantine.

Set ``CASEGRAPH_MULTICARE`` to a folder with ``articles/ID/article.xml``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.sources.pmc import CaseReports
from ingest.sources.source import Rejection, SourceCase

pytestmark = pytest.mark.skipif(
    not os.environ.get("CASEGRAPH_MULTICARE"), reason="CASEGRAPH_MULTICARE does not name a folder with articles"
)


@pytest.fixture(scope="module")
def articles() -> Path:
    return Path(os.environ["CASEGRAPH_MULTICARE"]) / "articles"


def test_every_article_ends_as_cases_or_in_quarantine(articles: Path) -> None:
    found = list(CaseReports().read(str(articles)).found)
    cases = {one.case.article.article_id for one in found if isinstance(one, SourceCase) and one.case.article}
    refused = [one.place for one in found if isinstance(one, Rejection)]
    assert len(cases) + len(refused) == len(list(articles.glob("*/article.xml")))
    assert sorted(refused) == ["PMC8093509/article.xml", "acmi.0.000569.v1/article.xml"]
    assert sum(len(one.files) for one in found if isinstance(one, SourceCase)) == len(list(articles.glob("*/*.jpg")))
