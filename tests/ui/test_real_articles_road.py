"""The whole road of published case reports: ingested beside the sample cases, searched, compared, cited, learned from.

Set ``CASEGRAPH_MULTICARE`` to a folder with ``articles/ID/article.xml``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tiny_recipe import write_recipe

import casegraph

pytestmark = pytest.mark.skipif(
    not os.environ.get("CASEGRAPH_MULTICARE"), reason="CASEGRAPH_MULTICARE does not name a folder with articles"
)


@pytest.fixture(scope="module")
def archive(small_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real-articles") / "workspace"
    with casegraph.open(folder, create=True) as space:
        space.documents.ingest(small_release)
        space.documents.ingest(Path(os.environ["CASEGRAPH_MULTICARE"]) / "articles")
        space.indexing.run()
    return folder


def published(space: casegraph.Workspace) -> list[casegraph.Case]:
    return [case for case in space.documents.cases("source=pmc") if any(image.object_key for image in case.images)]


def test_every_published_case_finds_itself_by_its_own_image_and_curated_ones_too(archive: Path):
    with casegraph.open(archive) as space:
        cases = published(space)
        assert len(cases) > 10
        for case in cases:
            image = next(image for image in case.images if image.object_key)
            hits = space.search.by_image(space.documents.png(image), k=30).hits
            assert hits[0].case_id == case.case_id
            assert {hit.case_id.partition(":")[0] for hit in hits} == {"pmc", "medpix2"}


def test_the_graph_leads_from_a_published_case_to_its_article_with_the_licence(run, archive: Path):
    with casegraph.open(archive) as space:
        articles = {case.article.article_id: case for case in space.documents.cases("source=pmc") if case.article}
    counted = run("graph", "counts", "--json", "-w", archive).json["nodes"]
    assert counted["Article"] == len(articles) > 10
    for article_id, case in articles.items():
        shown = run("graph", "show", f"Article:{article_id}", "--json", "-w", archive)
        assert shown.code == 0, shown.err
        assert "CC" in str(case.article and case.article.licence)
        assert case.case_id in shown.out
        assert str(case.article and case.article.licence) in shown.out


def test_published_and_curated_cases_are_compared_and_cited_in_one_draft(run, archive: Path):
    with casegraph.open(archive) as space:
        case = published(space)[0]
    compared = run("compare", case.case_id, "MPX9002", "--json", "-w", archive)
    assert compared.code == 0, compared.err
    assert {case.case_id, "medpix2:MPX9002"} == {one["case_id"] for one in compared.json["cases"]}
    draft = run("draft", "--findings", "A mass with enhancement and edema.", "--json", "-w", archive)
    cited = {
        one["case_id"] for part in draft.json["sections"] for said in part["statements"] for one in said["citations"]
    }
    assert {(name or "").partition(":")[0] for name in cited} >= {"pmc", "medpix2"}


def test_a_model_learns_from_the_published_cases_alone(run, archive: Path, tmp_path: Path):
    recipe, language, pairs = write_recipe(tmp_path / "tiny.json", batch=2), tmp_path / "language", tmp_path / "own"
    assert run("train", "language", language, "--recipe", recipe, "--where", "source=pmc", "-w", archive).code == 0
    stage = ("train", "pairs", pairs, "--language", language, "--recipe", recipe, "--where", "source=pmc")
    trained = run(*stage, "-w", archive)
    assert trained.code == 0, trained.err
    assert (pairs / "model" / "open_clip_model.safetensors").is_file()
