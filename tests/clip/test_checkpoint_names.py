"""Weights are found under the names that the model has, whatever a training put before them or around them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from drawn_images import png_of, ring
from safetensors.torch import load_file, save_file
from tiny_models import TINY_CLIP, write_clip_folder, write_clip_weights

import clip.adding
from clip.adding import add_model
from clip.encoders import load_image_encoder
from clip.open_clip_encoder import load_open_clip
from ingest.errors import InputError

pytestmark = pytest.mark.usefixtures("offline")

IMAGE = png_of(ring(0))


@pytest.fixture
def weights(tmp_path: Path) -> dict[str, torch.Tensor]:
    return load_file(write_clip_weights(tmp_path / "plain.safetensors"))


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Add a file of weights as a tiny CLIP and return its vector of an image."""
    config = {"model_cfg": TINY_CLIP, "preprocess_cfg": {"mean": [0.48] * 3, "std": [0.27] * 3}}
    monkeypatch.setattr(clip.adding, "_architecture", lambda name: config)

    def added(path: Path):
        add_model("mine", path, tmp_path / "models")
        return load_image_encoder("mine", tmp_path / "models").embed_images([IMAGE])[0]

    return added


@pytest.fixture
def expected(tmp_path: Path):
    return load_open_clip(f"open_clip:local-dir:{write_clip_folder(tmp_path / 'folder')}").embed_images([IMAGE])[0]


PREFIXES = ["module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module.", "model.", "model._orig_mod.module."]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_prefixes_of_training_are_cut_off(prefix: str, suffix: str, weights, add, expected, tmp_path: Path):
    named = {f"{prefix}{name}": value for name, value in weights.items()}
    path = tmp_path / f"own{suffix}"
    save_file(named, path) if suffix == ".safetensors" else torch.save(named, path)
    assert add(path) @ expected == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("containers", [("state_dict",), ("model_state_dict",), ("model",), ("model", "state_dict")])
def test_weights_are_found_beside_an_optimizer_and_what_a_loss_has(
    containers: tuple[str, ...], weights, add, expected, tmp_path: Path
):
    found: dict = {f"model.{name}": value for name, value in weights.items()} | {"loss.margin": torch.zeros(1)}
    for name in containers:
        found = {"epoch": 3, name: found, "model_ema": {"x": torch.zeros(1)}, "optimizer": {"state": {}}}
    torch.save(found, tmp_path / "own.ckpt.pt")
    assert add(tmp_path / "own.ckpt.pt") @ expected == pytest.approx(1, abs=1e-6)


def test_a_encoder_that_was_compiled_alone_is_found(weights, add, expected, tmp_path: Path):
    named = {name.replace("visual.", "visual._orig_mod."): value for name, value in weights.items()}
    save_file(named, tmp_path / "own.safetensors")
    assert add(tmp_path / "own.safetensors") @ expected == pytest.approx(1, abs=1e-6)


def test_a_folder_of_open_clip_with_prefixes_is_used_as_it_is(weights, expected, tmp_path: Path):
    folder = write_clip_folder(tmp_path / "compiled")
    named = {f"_orig_mod.{name}": value for name, value in weights.items()}
    save_file(named, folder / "open_clip_model.safetensors")
    vector = load_open_clip(f"open_clip:local-dir:{folder}").embed_images([IMAGE])[0]
    assert vector @ expected == pytest.approx(1, abs=1e-6)


def test_averaged_weights_are_never_taken_for_those_of_the_model(weights, add, tmp_path: Path):
    torch.save({"epoch": 3, "model_ema": weights}, tmp_path / "own.pt")
    with pytest.raises(InputError, match=r"averaged weights only \('model_ema'\)"):
        add(tmp_path / "own.pt")


def test_weights_that_do_not_fit_in_full_are_refused(weights, add, tmp_path: Path):
    named = {f"model.{name}": value for name, value in weights.items() if name != "visual.proj"}
    save_file(named, tmp_path / "own.safetensors")
    with pytest.raises(InputError, match="of another architecture"):
        add(tmp_path / "own.safetensors")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"is empty \(0 bytes\)"),
        (b"<!DOCTYPE html>\n<html></html>", r"is a web page \(HTML\)"),
        (b"\x00\x10\x00\x00\x00\x00\x00\x00{", "is cut off"),
    ],
)
def test_what_lies_in_the_place_of_weights_is_named(data: bytes, message: str, add, tmp_path: Path):
    (tmp_path / "own.safetensors").write_bytes(data)
    with pytest.raises(InputError, match=message):
        add(tmp_path / "own.safetensors")
