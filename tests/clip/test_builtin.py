"""The built-in model: small, whole, weights only, and right about the images that the project draws itself."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from casegraph.labels import TASKS
from clip.builtin import FOLDER, load_compact
from clip.classification.classify import load_classifier
from clip.encoder_names import COMPACT
from clip.encoders import load_image_encoder, load_text_encoder
from clip.open_clip_encoder import load_own_model
from ingest.errors import DamagedFile
from ingest.images.decoder import Decoder
from ingest.images.decoding import DecodedImage
from ingest.sources.medpix2 import read_cases, read_release

MAX_BYTES = 12_000_000
FLOORS = {"modality": 0.92, "plane": 0.81, "region": 0.69}  # of a small network without care, on dev


def labelled(folder: Path, split: str | None):
    """Return image and PNG of every image of a release, of one split or of all."""
    release = read_release(folder)
    images = [image for case in read_cases(release) if split in (None, case.split) for image in case.images]
    paths = [release.image_paths[image.image_id.partition(":")[2]] for image in images]
    with Decoder() as decoder:
        decoded = [found for _, found in decoder.decode_files(paths)]
    return [(image, found.png) for image, found in zip(images, decoded, strict=True) if isinstance(found, DecodedImage)]


def share_right(task: str, images) -> float:
    """Return the share of images with a label that are named right."""
    classifier = load_classifier(FOLDER, load_compact())
    vectors = load_compact().embed_images([png for _, png in images])
    answers = classifier.classify_images([png for _, png in images], vectors)
    pairs = [(TASKS[task](image), answer[task].label) for (image, _), answer in zip(images, answers, strict=True)]
    return float(np.mean([wanted == given for wanted, given in pairs if wanted is not None]))


def test_the_package_holds_at_most_twelve_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= MAX_BYTES


def test_the_package_holds_weights_and_no_image_or_vector_of_one():
    rows = max(task["n"] for task in json.loads((FOLDER / "heads.json").read_text())["tasks"])
    for path in FOLDER.glob("*.safetensors"):
        assert all(rows not in array.shape for array in load_file(path).values())


def test_both_names_of_the_model_are_one_space(tmp_path: Path, offline):
    image, text = load_image_encoder(COMPACT, tmp_path), load_text_encoder(COMPACT, tmp_path)
    assert image.fingerprint == text.fingerprint
    assert text.embed_texts(["axial CT of the abdomen"]).shape == (1, image.dimension)


def test_the_images_of_the_sample_cases_are_named_right(sample_release: Path):
    images = labelled(sample_release, None)
    assert share_right("modality", images) > 0.9
    assert share_right("region", images) > 0.9
    assert share_right("plane", images) > 0.9


def test_words_find_images_of_their_modality(sample_release: Path):
    images = labelled(sample_release, None)
    kept = [(image.modality.value, png) for image, png in images if image.modality in ("CT", "MR")]
    prompts = load_compact().embed_texts(["CT", "MR"])
    said = (load_compact().embed_images([png for _, png in kept]) @ prompts.T).argmax(axis=1)
    right = [("CT", "MR")[row] == modality for row, (modality, _) in zip(said, kept, strict=True)]
    assert np.mean(right) > 0.8


def test_the_same_files_give_the_same_fingerprint_from_another_place(tmp_path: Path):
    shutil.copytree(FOLDER, tmp_path / "copy")
    assert load_own_model("copy", tmp_path / "copy").fingerprint == load_compact().fingerprint


@pytest.mark.parametrize("name", ["open_clip_model.safetensors", "open_clip_config.json", "text/config.json"])
def test_a_damaged_or_missing_file_is_refused(tmp_path: Path, name: str):
    shutil.copytree(FOLDER, tmp_path / "copy")
    (tmp_path / "copy" / name).write_bytes(b"{")
    with pytest.raises(DamagedFile, match="damaged"):
        load_own_model("copy", tmp_path / "copy")
    (tmp_path / "copy" / name).unlink()
    with pytest.raises(DamagedFile, match="damaged"):
        load_own_model("copy", tmp_path / "copy")


@pytest.mark.skipif("CASEGRAPH_MEDPIX2" not in os.environ, reason="needs MedPix 2.0: set CASEGRAPH_MEDPIX2")
def test_real_images_that_it_never_saw_are_named_better_than_by_a_small_network_without_care():
    images = labelled(Path(os.environ["CASEGRAPH_MEDPIX2"]), "dev")
    assert len(images) == 197
    for task, floor in FLOORS.items():
        assert share_right(task, images) > floor
