"""Models by name through the program: listed, added, verified, and used as the encoder of a workspace."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_models import (
    TINY_CLIP,
    WORDS,
    write_bert_folder,
    write_clip_folder,
    write_clip_weights,
    write_published_bert_folder,
)

import casegraph.models
import clip.adding
from clip.registry import ModelDescription, ModelSource
from clip.weights import sha256_of_file

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def offline(monkeypatch):
    """Turn model hubs off."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def test_the_list_says_what_is_here_and_where_the_rest_comes_from(run, tmp_path: Path):
    rows = {row["name"]: row for row in run("models", "list", "--json", "-w", tmp_path).json["models"]}
    assert rows["compact"]["place"] == "in the package"
    assert rows["rn50x16-clip"]["place"] == "not here"
    assert rows["rn50x16-clip"]["sha256"] in rows["rn50x16-clip"]["source"]
    assert rows["biomedclip"]["sha256"] is None
    assert "not known here" in run("models", "list", "-w", tmp_path).out


def test_a_workspace_searches_with_a_model_that_was_added_until_a_file_of_it_changes(
    run, small_workspace: Path, small_release: Path, tmp_path: Path
):
    place = ("-w", small_workspace)
    added = run("models", "add", "mine", write_clip_folder(tmp_path / "tiny"), *place)
    assert added.code == 0, added.err
    assert "casegraph index --image-encoder mine" in added.out
    assert run("models", "add", "my-bert", write_bert_folder(tmp_path / "bert"), *place).code == 0
    indexed = run("index", "--image-encoder", "mine", "--text-encoder", "my-bert", *place)
    assert indexed.code == 0, indexed.err
    image = sorted((small_release / "images").glob("*.png"))[0]
    assert run("search", "--image", image, "--json", *place).json["hits"]
    assert run("models", "verify", *place).code == 0
    weights = small_workspace / "models" / "added" / "mine" / "open_clip_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    verified = run("models", "verify", "--json", *place)
    assert verified.code == 1
    assert {row["name"]: len(row["problems"]) for row in verified.json["models"]} == {
        "compact": 0,
        "mine": 1,
        "my-bert": 0,
    }
    refused = run("search", "--image", image, *place)
    assert refused.code == 1
    assert "SHA-256 differs" in refused.err


def test_a_text_encoder_that_does_not_fit_is_refused_and_found_by_doctor(run, small_workspace: Path, tmp_path: Path):
    place = ("-w", small_workspace)
    folder = write_published_bert_folder(tmp_path / "bert", words=[*WORDS, "MRI", "Hodgkin", "CT"])
    name = f"sentence-transformers:{folder}"
    indexed = run("index", "--text-encoder", name, *place)
    assert indexed.code == 0, indexed.err
    assert "its vocabulary has capitals" in indexed.out.replace("\n", " ")
    (folder / "vocab.txt").unlink()
    refused = run("index", "--text-encoder", name, *place)
    assert refused.code == 2
    assert "has no vocabulary" in refused.err
    examined = run("doctor", "--json", *place)
    assert ("encoder-unfit", "texts") in {(one["check"], one["subject"]) for one in examined.json["problems"]}


def test_a_model_is_added_to_a_workspace_only(run, tmp_path: Path):
    refused = run("models", "add", "mine", write_clip_folder(tmp_path / "tiny"), "-w", tmp_path / "nowhere")
    assert refused.code == 2
    assert "is not a workspace" in refused.err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (None, "the publisher's digest is not known here"),
        ("its own", "the file is the one that its publisher gives this digest for"),
        ("ab" * 32, "the publisher's own file has another digest (abababababababab...)"),
    ],
)
def test_what_is_to_know_of_a_model_is_a_note_to_people_and_a_sentence_in_json(
    run, small_workspace: Path, tmp_path: Path, monkeypatch, published: str | None, said: str
):
    weights = write_clip_weights(tmp_path / "weights.safetensors")
    source = ModelSource("nowhere", sha256_of_file(weights) if published == "its own" else published)
    config = {"model_cfg": TINY_CLIP, "preprocess_cfg": {"size": 32, "mean": [0.48] * 3, "std": [0.27] * 3}}
    known = {"tiny": ModelDescription("tiny", "tiny", "MIT", source, None, config)}
    for module in (clip.adding, casegraph.models):
        monkeypatch.setattr(module, "described_models", lambda: known)
    line = ("models", "add", "mine", weights, "--architecture", "tiny", "-w", small_workspace)
    assert f"\nnote: {said}" in run(*line).out
    (note,) = run(*line, "--json").json["notes"]
    assert note.startswith(said)


def test_a_model_that_is_not_here_cannot_be_verified(run, tmp_path: Path):
    refused = run("models", "verify", "rn50x16-clip", "-w", tmp_path)
    assert refused.code == 2
    assert "There are: compact" in refused.err
