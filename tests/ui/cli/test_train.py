"""Training through the program: from the cases of a workspace to an encoder that searches and classifies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_recipe import write_recipe
from typer.testing import CliRunner

from clip.classification.heads import NAME as HEADS
from ui.cli.program import app


@pytest.fixture(scope="module")
def trained(small_release: Path, tmp_path_factory) -> Path:
    """A folder with a workspace, and a tiny model after all stages."""
    folder = tmp_path_factory.mktemp("training")
    recipe = write_recipe(folder / "tiny.json", batch=4)
    shared = ("--recipe", recipe, "-w", folder / "workspace")
    pairs = (folder / "own", "--language", folder / "language", *shared)
    for command in (
        ("ingest", small_release, "--no-index", "-w", folder / "workspace"),
        ("train", "language", folder / "language", *shared),
        ("train", "pairs", *pairs),
        ("train", "heads", *pairs, "--folds", 2),
    ):
        done = CliRunner().invoke(app, [str(word) for word in command])
        assert done.exit_code == 0, done.output
    return folder


def test_every_stage_leaves_its_model_metrics_and_curves(trained: Path):
    for run_folder in (trained / "language" / "run", trained / "own" / "run"):
        assert (run_folder / "metrics.csv").read_text().count("\n") == 3
        assert (run_folder / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert (trained / "own" / "model" / "open_clip_model.safetensors").is_file()


def test_the_workspace_classifies_with_the_trained_model_and_its_own_heads(run, trained: Path, small_release: Path):
    encoder = f"open_clip:local-dir:{trained / 'own' / 'model'}"
    indexed = run("index", "--image-encoder", encoder, "-w", trained / "workspace")
    assert indexed.code == 0, indexed.err
    assert "classifier: trained" not in indexed.out
    image = sorted((small_release / "images").glob("*.png"))[0]
    answer = run("classify", image, "--json", "-w", trained / "workspace")
    heads = json.loads((trained / "own" / "model" / f"{HEADS}.json").read_text())
    assert {task["task"] for task in answer.json["predictions"]} == {task["task"] for task in heads["tasks"]}
    assert heads["encoder"] == encoder


def test_a_trained_model_that_was_added_by_name_classifies_with_its_own_heads(run, trained: Path, small_release: Path):
    place = ("-w", trained / "workspace")
    assert run("models", "add", "own", trained / "own" / "model", *place).code == 0
    indexed = run("index", "--image-encoder", "own", *place)
    assert indexed.code == 0, indexed.err
    assert "classifier: trained" not in indexed.out
    image = sorted((small_release / "images").glob("*.png"))[0]
    answer = run("classify", image, "--json", *place)
    assert answer.code == 0, answer.err
    assert len(answer.json["predictions"]) > 0
    assert run("classify", image, "--zero-shot", *place).code == 0


def test_stages_that_are_done_are_not_trained_again(run, trained: Path):
    shared = ("--recipe", trained / "tiny.json", "-w", trained / "workspace")
    again = run("train", "pairs", trained / "own", "--language", trained / "language", *shared)
    assert again.code == 0
    assert "epoch" not in again.out


def test_stage_2_without_stage_1_says_what_to_run_first(run, trained: Path):
    recipe = ("--recipe", trained / "tiny.json", "-w", trained / "workspace")
    refused = run("train", "pairs", trained / "other", "--language", trained / "nowhere", *recipe)
    assert refused.code == 2
    assert "casegraph train language" in refused.err


def test_a_held_out_split_without_cases_is_refused(run, trained: Path):
    recipe = ("--recipe", trained / "tiny.json", "-w", trained / "workspace", "--held-out", "nothing")
    refused = run("train", "pairs", trained / "other", "--language", trained / "language", *recipe)
    assert refused.code == 2
    assert "no case is in the split 'nothing'" in refused.err


def test_an_unknown_recipe_is_refused(run, trained: Path):
    refused = run("train", "language", trained / "x", "--recipe", "enormous", "-w", trained / "workspace")
    assert refused.code == 2
    assert "no recipe 'enormous'" in refused.err


def test_a_recipe_with_an_unknown_setting_is_refused(run, trained: Path):
    recipe = json.loads((trained / "tiny.json").read_text())
    recipe["contrastive"]["speed"] = 11
    (trained / "fast.json").write_text(json.dumps(recipe))
    refused = run("train", "language", trained / "x", "--recipe", trained / "fast.json", "-w", trained / "workspace")
    assert refused.code == 2
    assert "cannot be followed" in refused.err
