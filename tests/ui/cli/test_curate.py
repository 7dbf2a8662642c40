"""Curating from the command line: decide, see it take effect, take it back."""

import json
import shutil

import pytest

import casegraph

COMMANDS = ("queue", "show", "accept", "correct", "reject", "crop", "mark-text", "withdraw", "decisions", "duplicates",
            "original")  # fmt: skip


@pytest.fixture(scope="module")
def read_workspace(small_release, tmp_path_factory):
    """Return the folder of a workspace with documents and images only. Tests only read it."""
    folder = tmp_path_factory.mktemp("curate") / "w"
    with casegraph.open(folder, create=True) as space:
        space.documents.ingest(small_release)
    return folder


@pytest.fixture
def workspace(read_workspace, tmp_path):
    """Return the folder of such a workspace that a test may change."""
    return shutil.copytree(read_workspace, tmp_path / "w")


@pytest.fixture
def image_id(small_release):
    return sorted((small_release / "images").iterdir())[0].stem


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example(run, command):
    shown = run("curate", command, "--help")
    assert f"Example: casegraph curate {command}" in " ".join(shown.out.split())


def test_a_correction_is_made_shown_kept_over_an_ingest_and_withdrawn(run, workspace, small_release, image_id):
    made = run("curate", "correct", "MPX9001", "plane", "Sagittal", "--image", image_id, "--actor", "ann", "--reason",
               "see the caption", "--json", "-w", workspace).json  # fmt: skip
    assert (made["decision_id"], made["actor"], made["value"]) == ("D1", "ann", "sagittal")
    again = run("ingest", small_release, "--no-index", "--json", "-w", workspace).json
    assert (again["ingest"]["changed"], again["ingest"]["unchanged"]) == (0, 8)
    shown = run("curate", "show", "MPX9001", "--json", "-w", workspace).json
    entry = shown["ledger"][-1]
    assert (entry["rule"], entry["value"], shown["live"]) == ("corrected by a person", "sagittal", True)
    assert "corrected by a person" in run("curate", "show", "MPX9001", "-w", workspace).out
    assert run("curate", "withdraw", "D1", "--json", "-w", workspace).json["decision_id"] == "D1"
    [listed] = run("curate", "decisions", "--json", "-w", workspace).json["decisions"]
    assert (listed["state"], listed["reason"]) == ("withdrawn", "see the caption")
    assert "withdrawn by" in run("curate", "decisions", "-w", workspace).out


def test_rejected_cases_and_images_are_told_apart_and_listed_with_their_reason(run, workspace, image_id):
    assert run("curate", "reject", "MPX9002", "--reason", "a phantom", "-w", workspace).code == 0
    assert run("curate", "reject", image_id, "--reason", "a drawing", "-w", workspace).code == 0
    assert run("query", "--json", "-w", workspace).json["total"] == 7
    listed = run("curate", "decisions", "--action", "reject-case", "--json", "-w", workspace).json["decisions"]
    assert [(one["case_id"], one["reason"]) for one in listed] == [("medpix2:MPX9002", "a phantom")]
    assert "rejected" in run("curate", "show", "MPX9002", "-w", workspace).out.splitlines()[0]


def test_a_crop_leaves_the_original_to_download_and_overwrites_no_file(run, workspace, image_id, tmp_path):
    assert run("curate", "crop", image_id, "10,10,100,120", "-w", workspace).code == 0
    assert run("curate", "mark-text", image_id, "0,0,60,20", "10,100,40,110", "-w", workspace).code == 0
    file = tmp_path / "original.png"
    assert run("curate", "original", image_id, file, "-w", workspace).code == 0
    assert file.read_bytes().startswith(b"\x89PNG")
    again = run("curate", "original", image_id, file, "-w", workspace)
    assert (again.code, len(again.err.strip().splitlines())) == (2, 1)


@pytest.fixture
def indexed_workspace(workspace):
    """Yield such a workspace, indexed and open, so that every command joins its graph server."""
    with casegraph.open(workspace) as space:
        space.indexing.run()
        yield workspace


def test_t37_a_rejected_case_is_gone_from_the_next_search_before_any_index(run, indexed_workspace):
    def found():
        hits = run("search", "mass", "-k", "50", "--json", "-w", indexed_workspace).json["hits"]
        return {hit["case_id"] for hit in hits}

    before = found()
    rejected = sorted(before)[0]
    run("curate", "reject", rejected, "--reason", "not a case", "-w", indexed_workspace)
    assert found() == before - {rejected}


def test_decisions_go_into_graph_and_vectors_and_doctor_is_content(run, indexed_workspace, image_id):
    run("curate", "reject", "MPX9003", "--reason", "a phantom", "-w", indexed_workspace)
    run("curate", "reject", image_id, "--reason", "a drawing", "-w", indexed_workspace)
    run(
        "curate", "crop", "MPX9004_" + image_of(run, indexed_workspace, "MPX9004"), "8,8,90,90", "-w", indexed_workspace
    )
    index = run("index", "--json", "-w", indexed_workspace).json
    assert (index["graph"]["written"], index["graph"]["deleted"]) == (2, 1)
    checked = run("doctor", "--json", "-w", indexed_workspace)
    assert (checked.code, checked.json["problems"]) == (0, [])
    hits = run("search", "--case", "MPX9001", "-k", "50", "--json", "-w", indexed_workspace).json["hits"]
    assert "medpix2:MPX9003" not in {hit["case_id"] for hit in hits}
    for decision in ("D1", "D2", "D3"):
        assert run("curate", "withdraw", decision, "-w", indexed_workspace).code == 0
    run("index", "-w", indexed_workspace)
    assert run("doctor", "-w", indexed_workspace).code == 0


def image_of(run, workspace, case):
    shown = run("curate", "show", case, "--json", "-w", workspace).json
    field = next(entry["field"] for entry in shown["ledger"] if entry["field"].startswith("images["))
    return field.partition("_")[2].partition("]")[0]


def test_a_doubt_is_queued_accepted_and_gone(run, small_release, tmp_path):
    release = tmp_path / "release"
    shutil.copytree(small_release, release)
    descriptions = json.loads((release / "Descriptions.json").read_text())
    descriptions[0]["Description"]["Plane"] = "Diagonal"
    (release / "Descriptions.json").write_text(json.dumps(descriptions))
    workspace = tmp_path / "w"
    run("ingest", release, "--no-index", "-w", workspace)
    [item] = [one for one in run("curate", "queue", "--json", "-w", workspace).json["items"] if one["field"] == "plane"]
    assert (item["kind"], item["raw"], item["value"]) == ("unknown value", "Diagonal", None)
    assert "curate accept" in run("curate", "queue", "--kind", "unknown value", "-w", workspace).out
    assert run("curate", "accept", item["item_id"], "-w", workspace).code == 0
    left = run("curate", "queue", "--json", "-w", workspace).json["items"]
    assert item["item_id"] not in {one["item_id"] for one in left}
    assert run("curate", "accept", item["item_id"], "-w", workspace).code == 2


def test_a_copied_image_across_splits_ends_with_exit_code_1_and_names_both(run, small_release, tmp_path):
    release = tmp_path / "release"
    shutil.copytree(small_release, release)
    images = {path.stem.partition("_")[0]: path for path in sorted((release / "images").iterdir(), reverse=True)}
    images["MPX9002"].write_bytes(images["MPX9001"].read_bytes())
    for place in ("splits.json", "splitted_dataset/uid_list.json"):
        if (release / place).exists():
            (release / place).write_text(json.dumps({"train": ["MPX9001"], "dev": ["MPX9002"]}))
    run("ingest", release, "--no-index", "-w", tmp_path / "w")
    answer = run("curate", "duplicates", "--json", "-w", tmp_path / "w")
    ids = [f"medpix2:{images[case].stem}" for case in ("MPX9001", "MPX9002")]
    assert answer.code == 1
    assert [(leak["ids"], leak["splits"]) for leak in answer.json["leaks"]] == [(ids, ["train", "dev"])]
    assert answer.json["across_cases"] == 1
    kinds = [item["kind"] for item in run("curate", "queue", "--json", "-w", tmp_path / "w").json["items"]]
    assert "near duplicate" in kinds
    assert run("curate", "duplicates", "-w", tmp_path / "w").out.count("leak:") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("correct", "MPX9001", "age_years", "old"), "0 to 120"),
        (("correct", "MPX1", "sex", "male"), "MPX1"),
        (("crop", "MPX9001_synpic0", "0,0,20,20"), "MPX9001_synpic0"),
        (("crop", "MPX9001_synpic90001", "0,0,20"), "not a box"),
        (("reject", "MPX9001"), "reason"),
        (("withdraw", "D9"), "D9"),
        (("accept", "q0"), "q0"),
        (("show", "MPX1"), "MPX1"),
    ],
)
def test_a_mistake_is_answered_in_one_line(run, read_workspace, arguments, words):
    answer = run("curate", *arguments, "-w", read_workspace)
    assert (answer.code, answer.out, len(answer.err.strip().splitlines())) == (2, "", 1)
    assert words in answer.err
