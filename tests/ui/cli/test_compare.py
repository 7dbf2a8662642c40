"""``casegraph compare``: two to four cases, or an image beside cases, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import validate

from casegraph.json_documents import schema_of


def test_three_cases_are_compared_in_a_table_and_as_json(run, demo_workspace: Path):
    asked = ["compare", "MPX9001", "MPX9002", "MPX9003", "-w", demo_workspace]
    shown = run(*asked)
    assert shown.code == 0
    assert all(name in shown.out for name in ("common to all", "MPX9001", "MPX9002", "MPX9003"))
    assert "* only here" in shown.out and "to begin with: MPX9001" in shown.out.replace("medpix2:", "")
    told = run(*asked, "--json")
    validate(told.json, schema_of("compare"))
    assert [case["short_id"] for case in told.json["cases"]] == ["MPX9001", "MPX9002", "MPX9003"]
    assert len(told.json["paths"]) == 3 and told.json["notices"] == []


def test_an_image_is_compared_with_a_case(run, demo_workspace: Path, sample_release: Path):
    image = sample_release / "images" / "MPX9001_synpic90001.png"
    told = run("compare", "MPX9002", "--image", image, "-w", demo_workspace, "--json")
    assert told.code == 0 and told.json["own_image"]["modality"] == "MR"
    validate(told.json, schema_of("compare"))
    shown = run("compare", "MPX9002", "--image", image, "-w", demo_workspace)
    assert "to begin with: your image, medpix2:MPX9002_" in shown.out


@pytest.mark.parametrize(
    ("cases", "said"), [(("MPX9001", "MPX9001"), "is named twice"), (("MPX9001",), "cannot compare 1")]
)
def test_the_same_case_twice_and_one_case_alone_are_wrong_usage(run, demo_workspace: Path, cases, said: str):
    answer = run("compare", *cases, "-w", demo_workspace)
    assert answer.code == 2 and said in answer.err


def test_without_the_graph_cases_are_compared_all_the_same(run, demo_workspace: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CASEGRAPH_GRAPH", "bolt://127.0.0.1:9")  # the discard port: nobody listens
    told = run("compare", "MPX9001", "MPX9002", "-w", demo_workspace, "--json")
    assert told.code == 0 and told.json["rows"] and told.json["paths"] == []
    assert "127.0.0.1:9" in told.json["notices"][0]
