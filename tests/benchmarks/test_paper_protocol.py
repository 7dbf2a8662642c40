"""The script of the paper's protocol, walked from cases to rows with tiny encoders in place of the paper's."""

from __future__ import annotations

import csv
import hashlib
import json
import string
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from tiny_models import BERT_TEXT, RESNET, SPECIAL_WORDS, TINY_CLIP

import casegraph
from benchmarks import paper_protocol, record
from clip.model_folder import build_model

SHARED = {
    "preprocess_cfg": {"size": 32, "mean": [0.5] * 3, "std": [0.5] * 3},
    "language": {"piece": 16, "batch": 2, "epochs": 1},
    "contrastive": {"crop_px": 32, "batch": 4, "epochs": 1},
}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Chance weights of a tiny CLIP, as a file."""
    torch.manual_seed(1)
    whole = build_model({**TINY_CLIP, "vision_cfg": RESNET}, None).state_dict()
    save_file({name: value.contiguous() for name, value in whole.items()}, tmp_path / "weights.safetensors")
    return tmp_path / "weights.safetensors"


def bert_that_knows_letters(folder: Path) -> Path:
    """Return a tiny BERT whose vocabulary has every letter, so that no word of the cases is unknown to it."""
    from transformers import BertConfig, BertModel, BertTokenizerFast  # pyright: ignore[reportAttributeAccessIssue]

    folder.mkdir()
    letters = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    words = [*SPECIAL_WORDS, *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(words))
    sizes = {"hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(words), max_position_embeddings=40, **sizes)).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def written_recipe(folder: Path, name: str, text: object, weights: Path) -> Path:
    trunk = {"file": "weights.safetensors", "sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
    model = {"embed_dim": 16, "vision_cfg": RESNET, "text_cfg": text}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"name": name, "model_cfg": model, "trunk": trunk, **SHARED}))
    return path


def test_both_models_are_trained_and_judged_by_modality_and_region(
    small_release: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(record, "RESULTS", tmp_path)
    with casegraph.open(tmp_path / "workspace", create=True) as space:
        space.documents.ingest(small_release)
        splits = {stored.case.split for stored in space.engines.store.cases()}
    assert "dev" in splits
    recipes = [
        written_recipe(tmp_path, "tiny-clip", TINY_CLIP["text_cfg"], weights),
        written_recipe(tmp_path, "tiny-biobert", BERT_TEXT, weights),
    ]
    bert = bert_that_knows_letters(tmp_path / "bert")
    given = [
        tmp_path / "workspace",
        tmp_path / "models",
        "--weights",
        weights,
        "--biobert",
        bert,
        "--recipes",
        *recipes,
    ]
    paper_protocol.main([str(word) for word in given])
    with (tmp_path / "paper_protocol.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert [(row["recipe"], row["task"]) for row in rows] == [
        (recipe, task) for recipe in ("tiny-clip", "tiny-biobert") for task in ("modality", "region")
    ]
    assert all(0 <= float(row["low"]) <= float(row["accuracy"]) <= float(row["high"]) <= 1 for row in rows)
    assert all(int(row["n"]) > 0 for row in rows)
