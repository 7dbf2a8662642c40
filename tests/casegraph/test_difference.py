"""A dry run says what an ingest would change in documents, graph and vectors; the ingest then does exactly that."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

import casegraph


@pytest.fixture
def changed_release(small_release: Path, tmp_path: Path) -> Path:
    """The small release with one case changed, one new and one gone."""
    release = Path(shutil.copytree(small_release, tmp_path / "release"))
    cases = json.loads((release / "Case_topic.json").read_text())
    descriptions = json.loads((release / "Descriptions.json").read_text())
    first, last = cases[0], cases.pop()
    first["Case"]["Findings"] += " There is a pleural effusion. No pneumothorax."
    cases.append({"U_id": "MPX9999", "Case": {"Title": "A new case", "Findings": "Mass."}, "Topic": {"Title": "New"}})
    descriptions = [one for one in descriptions if one["U_id"] != last["U_id"]]
    for one in descriptions:
        if one["U_id"] == first["U_id"]:
            one["Location Category"] = "Thorax" if one["Location Category"] != "Thorax" else "Head"
    (release / "Case_topic.json").write_text(json.dumps(cases))
    (release / "Descriptions.json").write_text(json.dumps(descriptions))
    return release


def relationships(folder: Path) -> Counter[str]:
    with casegraph.open(folder) as space:
        rows = space.engines.graph.read("MATCH ()-[r]->() RETURN type(r) AS type")
    return Counter(row["type"] for row in rows)


def test_a_dry_run_foresees_what_the_ingest_then_does(run, small_workspace, changed_release):
    told = run("ingest", changed_release, "--dry-run", "--json", "-w", small_workspace)
    difference = told.json["difference"]
    [changed] = difference["documents"]["changed"]
    assert changed["case_id"] == "medpix2:MPX9001"
    assert changed["fields"] == ["sections.findings"]
    assert changed["annotations_added"]["finding"] == 2
    assert changed["locations_changed"] > 0
    assert difference["documents"]["added"] == ["medpix2:MPX9999"]
    assert difference["documents"]["vanished"] == ["medpix2:MPX9008"]
    before = relationships(small_workspace)
    done = run("ingest", changed_release, "--json", "-w", small_workspace).json
    assert done["difference"] is None
    assert (done["ingest"]["added"], done["ingest"]["changed"]) == (1, 1)
    assert done["index"]["vectors"]["texts_embedded"] == difference["vectors"]["passages_to_embed"] > 0
    assert done["index"]["vectors"]["images_embedded"] == difference["vectors"]["images_to_embed"] == 0
    graph = difference["graph"]
    foreseen = Counter(graph["relationships_added"])
    foreseen.subtract(graph["relationships_removed"])
    after = relationships(small_workspace)
    shared = {
        "IN_CATEGORY",
        "CODED_AS",
        "REFINES",
        "PART_OF",
        "IS_A",
    }  # of several cases: they come with the first of them
    for kind in after.keys() - shared:
        assert after[kind] - before[kind] == foreseen[kind], kind


def test_a_dry_run_says_it_in_words(run, small_workspace, changed_release, small_release):
    said = run("ingest", changed_release, "--dry-run", "-w", small_workspace).out
    assert "documents: 1 cases added, 1 changed, 0 deleted, 1 no longer in the source and kept" in said
    assert "medpix2:MPX9001: +2 findings" in said
    assert "passages to embed" in said
    same = run("ingest", small_release, "--dry-run", "--json", "-w", small_workspace).json["difference"]
    assert same["documents"] == {"added": [], "changed": [], "deleted": [], "vanished": []}
    assert same["graph"] == {"relationships_added": {}, "relationships_removed": {}}
    assert set(same["vectors"].values()) == {0}


def test_status_says_how_many_changes_each_projection_lags(run, small_workspace, changed_release):
    assert run("ingest", changed_release, "--no-index", "-w", small_workspace).code == 0
    status = run("status", "-w", small_workspace).out
    assert status.count("2 changes behind") == 3  # graph, vectors of images, vectors of texts
    run("index", "-w", small_workspace)
    assert run("status", "-w", small_workspace).out.count("up to date") == 3
