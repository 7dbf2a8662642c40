"""T25: vectors are used only with the very encoder that made them; twelve ways in which another one can look alike."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from drawn_images import png_of, ring
from safetensors.torch import load_file, save_file
from tiny_models import TINY_CLIP, write_clip_folder, write_sentence_folder

from clip import hog
from clip.encoders import ImageEncoder
from clip.hog import fit_hog_pca, load_hog_pca
from clip.open_clip_encoder import load_open_clip
from clip.sentence_encoder import load_sentence_transformer
from ingest.errors import StaleProjection
from ingest.remedies import Remedy, RemedyAction
from rag.index import snapshot
from rag.index.interface import VectorRow
from rag.index.snapshot import load_snapshot, write_snapshot

IMAGES = [png_of(ring(seed)) for seed in range(3)]


def clip_encoder(folder: Path, *, model_cfg: Any = TINY_CLIP, seed: int = 0, **shown: Any) -> ImageEncoder:
    """Return a tiny CLIP, its architecture or its preprocessing another one where that is asked for."""
    write_clip_folder(folder, seed=seed)
    config = {"model_cfg": model_cfg, "preprocess_cfg": {"mean": [0.48] * 3, "std": [0.27] * 3, **shown}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    return load_open_clip(f"open_clip:local-dir:{folder}")


def nudged(folder: Path) -> ImageEncoder:
    """Return the tiny CLIP with one number of one weight changed."""
    write_clip_folder(folder)
    path = folder / "open_clip_model.safetensors"
    weights = load_file(path)
    weights["visual.proj"][0, 0] += 1e-3
    save_file(weights, path)
    return load_open_clip(f"open_clip:local-dir:{folder}")


def shorter_texts(folder: Path) -> ImageEncoder:
    """Return a tiny CLIP that reads fewer words: the weights that it shares with the other one are equal."""
    config = {**TINY_CLIP, "text_cfg": {**TINY_CLIP["text_cfg"], "context_length": 12}}
    write_clip_folder(folder)
    path = folder / "open_clip_model.safetensors"
    weights = load_file(path)
    weights["positional_embedding"] = weights["positional_embedding"][:12].clone()
    save_file(weights, path)
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": config, "preprocess_cfg": {"mean": [0.48] * 3, "std": [0.27] * 3}})
    )
    return load_open_clip(f"open_clip:local-dir:{folder}")


OTHER_CLIPS = {
    "other weights of equal shape": lambda folder: clip_encoder(folder, seed=1),
    "one number of one weight": nudged,
    "another activation, the weights equal": lambda folder: clip_encoder(
        folder, model_cfg={**TINY_CLIP, "quick_gelu": True}
    ),
    "fewer words of a text": shorter_texts,
    "another mean": lambda folder: clip_encoder(folder, mean=[0.5] * 3),
    "another deviation": lambda folder: clip_encoder(folder, std=[0.5] * 3),
    "another interpolation": lambda folder: clip_encoder(folder, interpolation="bilinear"),
    "padded in place of cut": lambda folder: clip_encoder(folder, resize_mode="longest"),
}


def vectors_of(encoder: ImageEncoder, folder: Path) -> None:
    """Write a snapshot of what the encoder makes of the images."""
    rows = [VectorRow(f"v{number}", f"c{number}", f"k{number}") for number in range(len(IMAGES))]
    write_snapshot(folder, rows, encoder.embed_images(IMAGES), encoder=encoder, sequence=1)


@pytest.mark.parametrize("difference", OTHER_CLIPS)
def test_t25_vectors_of_a_model_that_differs_in_one_thing_are_refused(difference: str, tmp_path: Path):
    made_by = clip_encoder(tmp_path / "one")
    other = OTHER_CLIPS[difference](tmp_path / "other")
    vectors_of(made_by, tmp_path / "vectors")
    assert load_snapshot(tmp_path / "vectors", made_by) is not None
    assert other.dimension == made_by.dimension
    with pytest.raises(StaleProjection, match=r"Rebuild them\.$") as refused:
        load_snapshot(tmp_path / "vectors", other)
    assert refused.value.remedy == Remedy(RemedyAction.REBUILD_INDEX)


def test_t25_vectors_of_an_encoder_whose_preprocessing_has_another_version_are_refused(tmp_path: Path, monkeypatch):
    encoder = fit_hog_pca(IMAGES, tmp_path / "models")
    vectors_of(encoder, tmp_path / "vectors")
    monkeypatch.setattr(hog, "FEATURES_VERSION", hog.FEATURES_VERSION + 1)
    other = fit_hog_pca(IMAGES, tmp_path / "models")
    assert load_hog_pca(tmp_path / "models").fingerprint == other.fingerprint
    with pytest.raises(StaleProjection, match=r"made by encoder 'hog-pca' .* but the one in use is 'hog-pca'"):
        load_snapshot(tmp_path / "vectors", other)


def test_t25_vectors_of_a_text_model_that_pools_otherwise_are_refused(tmp_path: Path):
    folder = write_sentence_folder(tmp_path / "models")
    made_by = load_sentence_transformer(f"sentence-transformers:{folder}")
    texts = ["a mass in the left lung", "cyst of the right kidney"]
    rows = [VectorRow(f"v{number}", f"c{number}", f"k{number}") for number in range(2)]
    write_snapshot(tmp_path / "vectors", rows, made_by.embed_texts(texts), encoder=made_by, sequence=1)
    config = next(folder.glob("*Pooling/config.json"))
    settings = json.loads(config.read_text())
    settings.update({"pooling_mode": "cls"} if "pooling_mode" in settings else {"pooling_mode_cls_token": True})
    config.write_text(json.dumps(settings))
    with pytest.raises(StaleProjection, match="made by encoder 'sentence-transformers:"):
        load_snapshot(tmp_path / "vectors", load_sentence_transformer(made_by.name))


def test_t25_vectors_of_another_dimension_are_refused_though_all_else_is_said_to_be_equal(tmp_path: Path):
    made_by = clip_encoder(tmp_path / "one")
    vectors_of(made_by, tmp_path / "vectors")
    with pytest.raises(StaleProjection, match="made by encoder 'open_clip:"):
        load_snapshot(tmp_path / "vectors", replace(made_by, dimension=made_by.dimension + 1))


def test_t25_vectors_that_are_compared_otherwise_are_refused(tmp_path: Path, monkeypatch):
    made_by = clip_encoder(tmp_path / "one")
    monkeypatch.setattr(snapshot, "METRIC", "Euclidean distance of vectors as they come")
    vectors_of(made_by, tmp_path / "vectors")
    monkeypatch.undo()
    with pytest.raises(StaleProjection, match="Euclidean distance"):
        load_snapshot(tmp_path / "vectors", made_by)


def test_the_same_model_from_another_folder_is_the_same(tmp_path: Path):
    vectors_of(clip_encoder(tmp_path / "one"), tmp_path / "vectors")
    again = clip_encoder(tmp_path / "again")
    assert load_snapshot(tmp_path / "vectors", again) is not None
    files = [tmp_path / name / "open_clip_model.safetensors" for name in ("one", "again")]
    assert len({hashlib.sha256(file.read_bytes()).hexdigest() for file in files}) == 1
