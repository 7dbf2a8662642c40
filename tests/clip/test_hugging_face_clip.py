"""A CLIP in the form of transformers gives as a model of open_clip the vectors that transformers gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from drawn_images import png_of, ring, stripes
from tiny_models import write_bert_folder, write_hugging_face_clip_folder

from clip.adding import add_model
from clip.encoders import load_image_encoder, load_text_encoder
from clip.pixels import open_png
from clip.sentence_encoder import load_sentence_transformer
from clip.weights import read_tensors
from ingest.errors import InputError, UnfitModel

pytestmark = pytest.mark.usefixtures("offline")

IMAGES = [png_of(draw(seed)) for seed in range(2) for draw in (ring, stripes)]
TEXTS = ["an axial CT of the brain", "Mass in the left lung", "word " * 90]


def unit(features: Any) -> np.ndarray:
    return torch.nn.functional.normalize(features, dim=-1).detach().numpy()


@pytest.mark.parametrize("activation", ["quick_gelu", "gelu"])
@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_its_vectors_are_those_of_transformers(activation: str, weights: str, tmp_path: Path):
    from transformers import AutoTokenizer, CLIPModel

    folder = write_hugging_face_clip_folder(tmp_path / "hf", activation=activation)
    model: Any = CLIPModel.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if weights.endswith(".bin"):
        (folder / "model.safetensors").unlink()
        torch.save(model.state_dict(), folder / weights)
    added = add_model("pubmed-clip", folder, tmp_path / "models")
    assert added.kind == "images and texts"
    images = load_image_encoder("pubmed-clip", tmp_path / "models")
    pixels = torch.stack([images.preprocess(open_png(png, "RGB")) for png in IMAGES])  # pyright: ignore[reportAttributeAccessIssue]
    expected = unit(model.get_image_features(pixel_values=pixels).pooler_output)
    np.testing.assert_allclose(images.embed_images(IMAGES), expected, atol=1e-5)
    read = tokenizer(TEXTS, padding=True, truncation=True, max_length=24, return_tensors="pt")
    expected = unit(model.get_text_features(**read).pooler_output)
    np.testing.assert_allclose(
        load_text_encoder("pubmed-clip", tmp_path / "models").embed_texts(TEXTS), expected, atol=1e-5
    )


def test_images_are_prepared_as_its_own_settings_say(tmp_path: Path):
    from PIL import Image
    from transformers import CLIPImageProcessor

    folder = write_hugging_face_clip_folder(tmp_path / "hf", mean=0.3)
    add_model("own", folder, tmp_path / "models")
    encoder = load_image_encoder("own", tmp_path / "models")
    image = Image.effect_noise((32, 32), 60).convert("RGB")
    theirs = CLIPImageProcessor.from_pretrained(folder)(image, return_tensors="pt")["pixel_values"][0]
    np.testing.assert_allclose(encoder.preprocess(image), theirs, atol=1e-4)  # pyright: ignore[reportAttributeAccessIssue]


def test_one_without_vocabulary_encodes_images_and_refuses_texts(tmp_path: Path):
    folder = write_hugging_face_clip_folder(tmp_path / "hf")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()
    add_model("mute", folder, tmp_path / "models")
    encoder = load_text_encoder("mute", tmp_path / "models")
    assert load_image_encoder("mute", tmp_path / "models").embed_images(IMAGES).shape == (4, 16)
    with pytest.raises(UnfitModel, match="was added without a vocabulary"):
        encoder.embed_texts(TEXTS)


def test_what_cannot_be_converted_is_refused_in_a_sentence(tmp_path: Path):
    folder = write_hugging_face_clip_folder(tmp_path / "hf")
    with pytest.raises(UnfitModel, match=r"has an image encoder too\. Add it"):
        load_sentence_transformer(f"sentence-transformers:{folder}")
    with pytest.raises(InputError, match="Give the folder"):
        add_model("mine", folder / "model.safetensors", tmp_path / "models", architecture="ViT-B-32")
    settings = folder / "preprocessor_config.json"
    settings.write_text(json.dumps({**json.loads(settings.read_bytes()), "resample": 1}))
    with pytest.raises(UnfitModel, match="prepares images in a way that is not supported"):
        add_model("mine", folder, tmp_path / "models")
    settings.unlink()
    config = folder / "config.json"
    said = json.loads(config.read_bytes())
    said["vision_config"]["num_hidden_layers"] = 2
    config.write_text(json.dumps(said))
    with pytest.raises(UnfitModel, match=r"lacks \d+ weights"):
        add_model("mine", folder, tmp_path / "models")


def test_a_git_lfs_pointer_in_its_place_is_named_as_one(tmp_path: Path):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 605247071\n"
    folder = write_hugging_face_clip_folder(tmp_path / "hf")
    (folder / "model.safetensors").write_bytes(pointer)
    with pytest.raises(UnfitModel, match=r"is a git-lfs pointer of 134 bytes, not the model: run git lfs pull"):
        add_model("mine", folder, tmp_path / "models")
    (tmp_path / "weights.pt").write_bytes(pointer)
    with pytest.raises(UnfitModel, match="is a git-lfs pointer of 134 bytes"):
        read_tensors(tmp_path / "weights.pt", None)
    bert = write_bert_folder(tmp_path / "bert")
    (bert / "tokenizer.json").write_bytes(pointer)
    with pytest.raises(UnfitModel, match=r"tokenizer\.json' is a git-lfs pointer"):
        load_sentence_transformer(f"sentence-transformers:{bert}")
