"""Sixteen real open-access articles, where their folder is at hand: what the annotation says of them is read.

Set ``CASEGRAPH_MULTICARE`` to a folder with ``articles/ID/article.xml``.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.quality_case_reports import GOLD, judge, read
from ingest.sources.pmc import CaseReports
from ingest.sources.source import Rejection, SourceCase

pytestmark = pytest.mark.skipif(
    not os.environ.get("CASEGRAPH_MULTICARE"), reason="CASEGRAPH_MULTICARE does not name a folder with articles"
)
LEAST = {
    "patients told apart": 0.95,
    "age": 0.97,
    "sex": 0.97,
    "owner of a figure": 0.9,
    "panels of a figure": 0.9,
    "caption of a panel": 0.9,
}


@pytest.fixture(scope="module")
def articles() -> Path:
    return Path(os.environ["CASEGRAPH_MULTICARE"]) / "articles"


def test_patients_ages_sexes_figures_and_panels_are_read_as_annotated(articles: Path) -> None:
    right: dict[str, list[bool]] = defaultdict(list)
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        for asked, answer in judge(gold, *read(articles / gold["article"] / "article.xml")):
            right[asked].append(answer)
    shares = {asked: sum(answers) / len(answers) for asked, answers in right.items()}
    assert shares.keys() == LEAST.keys()
    assert {asked: share for asked, share in shares.items() if share < LEAST[asked]} == {}


def test_every_article_ends_as_cases_or_in_quarantine(articles: Path) -> None:
    found = list(CaseReports().read(str(articles)).found)
    cases = {one.case.article.article_id for one in found if isinstance(one, SourceCase) and one.case.article}
    refused = [one.place for one in found if isinstance(one, Rejection)]
    assert len(cases) + len(refused) == len(list(articles.glob("*/article.xml")))
    assert sorted(refused) == ["PMC8093509/article.xml", "acmi.0.000569.v1/article.xml"]
    assert sum(len(one.files) for one in found if isinstance(one, SourceCase)) == len(list(articles.glob("*/*.jpg")))
