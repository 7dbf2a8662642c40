"""The graph's questions from the command line, on the sample cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def test_a_path_is_told_in_words(run, demo_workspace: Path) -> None:
    found = run("graph", "path", "MPX9001", "MPX9002", "-w", demo_workspace, "--json").json["paths"]
    assert "MPX9001 considers Brain abscess, which is the diagnosis of MPX9002." in [path["words"] for path in found]
    table = run("graph", "path", "MPX9001", "MPX9002", "-k", 1, "-w", demo_workspace)
    assert table.out.count("MPX9002") == 1
    none = run("graph", "path", "MPX9001", "MPX9001", "-w", demo_workspace, "--json").json["paths"]
    assert [len(path["nodes"]) for path in none] == [1]


def test_a_differential_ranks_the_disease_that_shows_the_findings(run, demo_workspace: Path) -> None:
    options = ("--region", "Head", "--modality", "MR", "-w", demo_workspace)
    found = run("graph", "differential", "finding:mass", "ring enhancement", *options, "--json").json
    first = found["candidates"][0]
    assert first["name"] == "Glioblastoma multiforme"
    assert "medpix2:MPX9001" in first["cases"]
    assert [piece["finding"] for piece in first["evidence"]] == ["finding:mass", "finding:ring-enhancement"]
    shown = run("graph", "differential", "mass", "--absent", "edema", *options)
    assert "edema (asked" in shown.out
    assert "does not diagnose" in shown.err
    wrong = run("graph", "differential", "masss", "-w", demo_workspace)
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)


def test_a_cohort_is_counted_by_filter_and_by_diagnosis(run, demo_workspace: Path) -> None:
    everyone = run("graph", "cohort", "-w", demo_workspace, "--json").json
    assert everyone["cases"] == 60
    assert sum(share["cases"] for share in everyone["sexes"]) == 60
    women = run("graph", "cohort", "--where", "sex=female", "-w", demo_workspace, "--json").json
    assert [share["name"] for share in women["sexes"]] == ["female"]
    tumours = run("graph", "cohort", "--diagnosis", "Glioblastoma multiforme", "-w", demo_workspace, "--json").json
    assert 0 < tumours["cases"] < 10
    assert tumours["findings"][0]["share"] == 1.0
    assert "ring" in run("graph", "cohort", "--where", "region=Head", "-w", demo_workspace).out


def test_like_cases_and_communities(run, demo_workspace: Path) -> None:
    like = run("graph", "sharing", "MPX9001", "-k", 3, "-w", demo_workspace, "--json").json["cases"]
    assert len(like) == 3
    assert "medpix2:MPX9001" not in {hit["case_id"] for hit in like}
    masses = run("graph", "sharing", "--concept", "finding:mass", "-w", demo_workspace)
    assert "mass" in masses.out
    assert run("graph", "sharing", "-w", demo_workspace).code == 2
    groups = run("graph", "communities", "-w", demo_workspace, "--json").json["communities"]
    home = next(group for group in groups if "medpix2:MPX9001" in group["case_ids"])
    assert "Glioblastoma multiforme" in home["name"]
    around = run("graph", "show", "MPX9001", "-w", demo_workspace, "--json").json
    assert any(step["type"] == "SIMILAR_TO" and step["properties"]["why"] for step in around["relationships"])


@pytest.mark.parametrize(("written_as", "beginning"), [("graphml", "<?xml"), ("json", '{"directed"'), ("cypher", "//")])
def test_the_graph_is_exported(run, demo_workspace: Path, tmp_path: Path, written_as: str, beginning: str) -> None:
    file = tmp_path / "graph"
    report = run("graph", "export", "--format", written_as, file, "-w", demo_workspace, "--json").json
    counted = run("graph", "counts", "-w", demo_workspace, "--json").json
    assert report["nodes"] == sum(counted["nodes"].values())
    assert report["relationships"] == sum(counted["relationships"].values())
    text = file.read_text(encoding="utf-8")
    assert text.startswith(beginning)
    if written_as == "json":
        assert len(json.loads(text)["nodes"]) == report["nodes"]


@pytest.mark.parametrize(("name", "beginning"), [("g.graphml", "<?xml"), ("g.JSON", '{"directed"'), ("g.cypher", "//")])
def test_the_name_of_a_file_tells_how_the_graph_is_written(
    run, demo_workspace: Path, tmp_path: Path, name: str, beginning: str
) -> None:
    assert run("graph", "export", tmp_path / name, "-w", demo_workspace).code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)


def test_a_file_whose_name_tells_no_format_is_refused(run, demo_workspace: Path, tmp_path: Path) -> None:
    refused = run("graph", "export", tmp_path / "graph.txt", "-w", demo_workspace)
    assert refused.code == 2
    assert "--format" in refused.err
    assert list(tmp_path.iterdir()) == []
