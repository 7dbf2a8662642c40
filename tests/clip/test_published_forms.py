"""Text encoders and CLIPs in the forms in which people have them: shards, half numbers, kinds other than BERT."""

from __future__ import annotations

import json
import shutil
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
import torch
from drawn_images import png_of, ring
from tiny_models import (
    WORDS,
    convert_weights,
    write_bert_folder,
    write_clip_folder,
    write_distilbert_folder,
    write_hugging_face_clip_folder,
    write_mpnet_folder,
    write_published_bert_folder,
    write_sentence_folder,
    write_xlm_roberta_folder,
)

import clip.model_files
from clip.adding import add_model
from clip.encoders import load_image_encoder, load_text_encoder
from clip.open_clip_encoder import load_open_clip
from clip.sentence_encoder import load_sentence_transformer
from ingest.errors import InputError, UnfitModel

pytestmark = pytest.mark.usefixtures("offline")

TEXTS = ["a mass in the left lung", "cyst of the right kidney", "brain " * 300]
IMAGE = png_of(ring(0))
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"
HALVES = [torch.float16, torch.bfloat16]


def load(folder: Path):
    return load_sentence_transformer(f"sentence-transformers:{folder}")


def add_and_embed(folder: Path, models: Path):
    add_model("mine", folder, models)
    return load_image_encoder("mine", models).embed_images([IMAGE])[0]


def test_shards_give_the_vectors_of_the_whole(tmp_path: Path):
    from transformers import AutoModel

    whole = write_bert_folder(tmp_path / "whole")
    parts = Path(shutil.copytree(whole, tmp_path / "parts"))
    (parts / "model.safetensors").unlink()
    AutoModel.from_pretrained(whole).save_pretrained(parts, max_shard_size="5KB")
    assert (parts / "model.safetensors.index.json").is_file()
    assert load(parts).fingerprint == load(whole).fingerprint
    next(parts.glob("model-00002*")).unlink()
    with pytest.raises(UnfitModel, match=r"names 'model-00002.*', which is not there"):
        load(parts)


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("write", [write_bert_folder, write_sentence_folder])
def test_half_numbers_give_unit_vectors_close_to_the_full_ones(dtype, write, tmp_path: Path):
    full = load(write(tmp_path / "full")).embed_texts(TEXTS)
    folder = convert_weights(write(tmp_path / "half"), dtype)
    add_model("mine", folder, tmp_path / "models")
    for encoder in (load(folder), load_text_encoder("mine", tmp_path / "models")):
        assert (encoder.embed_texts(TEXTS) * full).sum(axis=1) == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("write", [write_clip_folder, write_hugging_face_clip_folder])
def test_a_clip_of_half_numbers_is_added(dtype, write, tmp_path: Path):
    expected = add_and_embed(write(tmp_path / "full"), tmp_path / "models")
    half = add_and_embed(convert_weights(write(tmp_path / "half"), dtype), tmp_path / "models")
    assert half @ expected == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize("prefix", ["_orig_mod.", "module.", "module._orig_mod."])
def test_a_clip_of_transformers_with_prefixes_of_training_is_added(prefix: str, tmp_path: Path):
    expected = add_and_embed(write_hugging_face_clip_folder(tmp_path / "plain"), tmp_path / "models")
    folder = convert_weights(write_hugging_face_clip_folder(tmp_path / "compiled"), prefix=prefix)
    assert add_and_embed(folder, tmp_path / "models") @ expected == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("write", [write_mpnet_folder, write_xlm_roberta_folder, write_distilbert_folder])
def test_other_kinds_are_used_without_a_word_up_to_the_length_that_they_have(write: Any, tmp_path: Path):
    encoder = load(write(tmp_path / "model"))
    assert encoder.notices == ()
    assert encoder.model.max_seq_length == 40
    assert encoder.embed_texts(TEXTS).shape == (3, 24)


@pytest.mark.parametrize(("length", "notes"), [(512, 1), (40, 0), (10**30, 0)])
def test_a_length_beyond_the_places_of_the_model_is_cut_and_said(length: int, notes: int, tmp_path: Path):
    folder = write_sentence_folder(tmp_path)
    for name, key in (("sentence_bert_config.json", "max_seq_length"), ("tokenizer_config.json", "model_max_length")):
        said = json.loads((folder / name).read_bytes())
        (folder / name).write_text(json.dumps({**said, key: length}))
    encoder = load(folder)
    assert encoder.model.max_seq_length == 40
    assert encoder.embed_texts(TEXTS).shape == (3, 24)
    assert [f"says that it reads {length} word pieces and has places for 40" in said for said in encoder.notices] == (
        [True] * notes
    )


def test_small_letters_that_a_folder_asks_for_stay_and_are_said(tmp_path: Path):
    bert = write_bert_folder(tmp_path / "bert", words=[*WORDS, "MRI", "Hodgkin", "Brain"])
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(bert)).save(str(tmp_path / "tuned"))
    for folder in (tmp_path / "tuned", bert):
        encoder = load(folder)
        first, second = encoder.embed_texts(["Brain", "brain"])
        assert first @ second == pytest.approx(1, abs=1e-6)
        assert len(encoder.notices) == 1
        assert "reads texts in lower case, as its own settings say, although" in encoder.notices[0]
    assert load(write_sentence_folder(tmp_path / "uncased")).notices == ()


def test_a_lightning_checkpoint_is_read_beside_its_settings_and_optimizer(tmp_path: Path, monkeypatch):
    from safetensors.torch import load_file
    from tiny_models import TINY_CLIP

    import clip.adding

    folder = write_clip_folder(tmp_path / "folder")
    weights = load_file(folder / "open_clip_model.safetensors")
    found = {
        "epoch": 3,
        "pytorch-lightning_version": "2.5.0",
        "state_dict": {f"model.{name}": value for name, value in weights.items()},
        "hyper_parameters": {"lr": 1e-4, "args": Namespace(batch=32)},
        "optimizer_states": [{"state": {0: {"exp_avg": torch.zeros(2)}}, "param_groups": [{"lr": 1e-4}]}],
    }
    torch.save(found, tmp_path / "last.ckpt")
    config = {"model_cfg": TINY_CLIP, "preprocess_cfg": {"mean": [0.48] * 3, "std": [0.27] * 3}}
    monkeypatch.setattr(clip.adding, "_architecture", lambda name: config)
    vector = add_and_embed(tmp_path / "last.ckpt", tmp_path / "models")
    assert vector @ add_and_embed(folder, tmp_path / "models") == pytest.approx(1, abs=1e-6)


def test_siglip_and_sentencepiece_are_refused_with_what_to_do(tmp_path: Path, monkeypatch):
    folder = write_bert_folder(tmp_path / "siglip")
    (folder / "config.json").write_text(json.dumps({"model_type": "siglip"}))
    with pytest.raises(UnfitModel, match=r"of kind 'siglip', which is not supported\. Use a CLIP"):
        add_model("mine", folder, tmp_path / "models")
    folder = write_xlm_roberta_folder(tmp_path / "xlmr")
    (folder / "tokenizer.json").rename(folder / "sentencepiece.bpe.model")
    monkeypatch.setattr(clip.model_files, "find_spec", lambda name: None)
    with pytest.raises(UnfitModel, match="needs the package sentencepiece"):
        load(folder)


@pytest.mark.parametrize(
    "name", ["vocab.txt", "tokenizer.json", "open_clip_config.json", "open_clip_model.safetensors"]
)
def test_a_pointer_is_named_wherever_it_lies(name: str, tmp_path: Path):
    folder = write_clip_folder(tmp_path / "clip")
    (folder / name).write_text(POINTER)
    with pytest.raises(InputError, match=f"{name}' is a git-lfs pointer .* run git lfs pull"):
        load_open_clip(f"open_clip:local-dir:{folder}")
    if name == "vocab.txt":
        bert = write_published_bert_folder(tmp_path / "bert")
        (bert / name).write_text(POINTER)
        with pytest.raises(UnfitModel, match=f"{name}' is a git-lfs pointer"):
            load(bert)


def test_a_pointer_to_weights_that_are_not_read_does_no_harm(tmp_path: Path):
    folder = write_bert_folder(tmp_path / "bert")
    (folder / "pytorch_model.bin").write_text(POINTER)
    assert load(folder).embed_texts(TEXTS).shape == (3, 24)


def test_loading_says_nothing_on_standard_error(tmp_path: Path, capfd):
    folder, clip_folder = write_sentence_folder(tmp_path), write_clip_folder(tmp_path / "clip")
    capfd.readouterr()
    load(folder).embed_texts(TEXTS)
    load_open_clip(f"open_clip:local-dir:{clip_folder}")
    add_model("mine", folder, tmp_path / "models")
    assert capfd.readouterr().err == ""
