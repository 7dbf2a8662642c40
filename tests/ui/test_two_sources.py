"""Case reports beside a release of MedPix: one archive, searched, compared, cited and learned from, told by source."""

from __future__ import annotations

from pathlib import Path

import pytest
from articles import figure, jats, link, section
from PIL import Image, ImageEnhance
from tiny_recipe import write_recipe

import casegraph

PUBLISHED, CURATED = "pmc:PMC9000001_01", "medpix2:MPX9002"
STORY = (
    "A 29-year-old woman presented with fever and headache. MRI showed a ring-enhancing lesion of the right parietal "
    "lobe with a thin, smooth wall. There was surrounding edema."
)


@pytest.fixture(scope="module")
def scan(small_release: Path) -> Path:
    """An image of the curated case."""
    return small_release / "images" / "MPX9002_synpic90005.png"


@pytest.fixture(scope="module")
def both(small_release: Path, scan: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the sample cases, and of an article about one of their diseases with a scan like theirs."""
    folder = tmp_path_factory.mktemp("two-sources")
    write_article(folder / "articles", scan)
    with casegraph.open(folder / "workspace", create=True) as space:
        space.documents.ingest(small_release)
        space.documents.ingest(folder / "articles")
        space.indexing.run()
    return folder / "workspace"


def write_article(folder: Path, scan: Path) -> None:
    """Write an article whose figure is an image, a little brighter."""
    folder.mkdir()
    text = jats(
        section("Case Presentation", f"{STORY} ({link(1, 'Fig. 1')})."),
        title="Brain abscess: a case report",
        floats=figure(1, "Axial T1 weighted MRI with gadolinium: ring enhancement of the right parietal lobe."),
    )
    (folder / "article.xml").write_text(text, encoding="utf-8")
    with Image.open(scan) as image:
        ImageEnhance.Brightness(image).enhance(1.1).save(folder / "scan1.png")


def found(answer) -> list[str]:
    """Return the cases of a search, best first."""
    return [hit["case_id"] for hit in answer.json["hits"]]


def test_a_disease_finds_the_cases_of_both_sources_first(run, both: Path):
    answer = run("search", "brain abscess", "--json", "-w", both)
    assert set(found(answer)[:2]) == {PUBLISHED, CURATED}


def test_an_image_of_one_source_finds_the_case_of_the_other(run, both: Path, scan: Path):
    assert PUBLISHED in found(run("search", "--image", scan, "--where", "source=pmc", "--json", "-w", both))
    assert set(found(run("search", "--image", scan, "--json", "-w", both))[:2]) == {PUBLISHED, CURATED}
    assert found(run("search", "--case", PUBLISHED, "--json", "-w", both))[0] == CURATED


def test_the_graph_says_what_a_published_and_a_curated_case_share(run, both: Path):
    shared = run("graph", "shared", PUBLISHED, CURATED, "--json", "-w", both)
    assert shared.code == 0, shared.err
    assert "ring enhancement" in shared.out
    assert "parietal lobe" in shared.out
    path = run("graph", "path", PUBLISHED, CURATED, "-w", both)
    assert "Brain abscess" in path.out


def test_one_statement_of_a_draft_cites_cases_of_both_sources(run, both: Path, scan: Path):
    words = ("--history", "fever and headache", "--findings", "ring-enhancing lesion of the right parietal lobe")
    draft = run("draft", "--image", scan, *words, "--json", "-w", both)
    assert draft.code == 0, draft.err
    statements = [statement for section in draft.json["sections"] for statement in section["statements"]]
    (abscess,) = [said for said in statements if said["text"].startswith("Brain abscess is the diagnosis of 2")]
    assert {PUBLISHED, CURATED} <= {cited["case_id"] for cited in abscess["citations"]}
    text = run("draft", "--image", scan, *words, "-w", both).out
    assert "pmc:PMC9000001_01: Roe Ada. Brain abscess: a case report." in text.split("PUBLISHED CASES")[1]
    assert "[CC BY 4.0]" in text


def test_what_is_learned_from_is_chosen_by_source(both: Path):
    with casegraph.open(both) as space:
        learned = space.training.learnable("source=pmc")
        assert learned.case_ids == (PUBLISHED,)
        assert {PUBLISHED, CURATED} <= set(space.training.learnable().case_ids)
    assert learned.pngs[0].startswith(b"\x89PNG")


def test_a_model_is_trained_on_the_cases_that_match(run, both: Path, tmp_path: Path):
    where = ("--where", "region=Head,Thorax", "-w", both)
    recipe, language, pairs = write_recipe(tmp_path / "tiny.json", batch=2), tmp_path / "language", tmp_path / "own"
    assert run("train", "language", language, "--recipe", recipe, "-w", both).code == 0
    stage = ("train", "pairs", pairs, "--language", language, "--recipe", recipe)
    trained = run(*stage, *where)
    assert trained.code == 0, trained.err
    assert (pairs / "model" / "open_clip_model.safetensors").is_file()
    assert "epoch" not in run(*stage, *where).out
    of_all = run(*stage, "-w", both)
    assert of_all.code == 2
    nothing = run(*stage, "--where", "year=1900", "-w", both)
    assert "widen the filter" in nothing.err
