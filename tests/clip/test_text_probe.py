"""A text encoder is tried before it is used: vocabulary, capitals, length, and whether it tells texts apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import SPECIAL_WORDS, WORDS, write_bert_folder, write_published_bert_folder, write_roberta_folder

from clip.adding import add_model
from clip.encoders import load_text_encoder
from clip.sentence_encoder import load_sentence_transformer
from clip.text_probe import RADIOLOGY_TEXTS, probe_text_encoder, unknown_share
from clip.training.masked_language import open_bert
from ingest.errors import InputError, UnfitModel

pytestmark = pytest.mark.usefixtures("offline")

CAPITALS = ["MRI", "Hodgkin", "Brain", "The", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


def load(folder: Path):
    return load_sentence_transformer(f"sentence-transformers:{folder}")


@pytest.fixture
def cased(tmp_path: Path) -> Path:
    """A BERT as BioBERT is published: a vocabulary with capitals, and no word on them."""
    return write_published_bert_folder(tmp_path / "cased", words=[*WORDS, *CAPITALS])


def test_a_folder_without_a_vocabulary_is_refused_and_not_added(tmp_path: Path):
    folder = write_published_bert_folder(tmp_path / "bert")
    (folder / "vocab.txt").unlink()
    with pytest.raises(UnfitModel, match="has no vocabulary: every word would be unknown"):
        load(folder)
    with pytest.raises(UnfitModel, match="has no vocabulary"):
        add_model("mine", folder, tmp_path / "models")
    with pytest.raises(UnfitModel, match="has no vocabulary"):
        open_bert(folder, 16)


def test_a_vocabulary_of_another_model_is_refused_with_both_sizes(tmp_path: Path):
    folder = write_published_bert_folder(tmp_path / "bert")
    (folder / "vocab.txt").write_text("\n".join([*WORDS, *(f"word{number}" for number in range(50))]))
    with pytest.raises(UnfitModel, match=f"{len(WORDS) + 50} word pieces and a model that knows {len(WORDS)}"):
        load(folder)


@pytest.mark.parametrize("said", [None, {"model_max_length": 40}])
def test_a_vocabulary_with_capitals_is_read_with_capitals(said: dict | None, cased: Path, tmp_path: Path):
    if said:
        (cased / "tokenizer_config.json").write_text(json.dumps(said))
    encoder = load(cased)
    assert encoder.model.tokenizer.tokenize("MRI Hodgkin") == ["MRI", "Hodgkin"]
    first, second = encoder.embed_texts(["MRI of the brain", "mri of the brain"])
    assert first @ second < 0.999
    assert "its vocabulary has capitals" in encoder.notices[0]
    told: list[str] = []
    add_model("biobert", cased, tmp_path / "models", tell=told.append)
    assert told == list(encoder.notices)
    added = load_text_encoder("biobert", tmp_path / "models")
    assert (added.embed_texts(["MRI"])[0] @ encoder.embed_texts(["MRI"])[0]) == pytest.approx(1, abs=1e-6)
    assert open_bert(cased, 16)[0].tokenize("MRI") == ["MRI"]


def test_a_vocabulary_without_capitals_is_read_in_small_letters(tmp_path: Path):
    folder = write_published_bert_folder(tmp_path / "bert")
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": False}))
    encoder = load(folder)
    assert encoder.model.tokenizer.tokenize("Brain") == ["brain"]
    assert "its vocabulary has none" in encoder.notices[0]
    assert load(write_bert_folder(tmp_path / "right")).notices == ()


@pytest.mark.parametrize(("places", "pooler"), [(514, True), (514, False), (40, True)])
def test_a_roberta_reads_as_many_word_pieces_as_it_has_places_for(places: int, pooler: bool, tmp_path: Path):
    folder = write_roberta_folder(tmp_path / "roberta", places=places, pooler=pooler)
    encoder = load(folder)
    assert encoder.model.max_seq_length == places - 2
    assert encoder.embed_texts(["mass " * 900, "mass"]).shape == (2, 24)
    assert load(folder).fingerprint == encoder.fingerprint  # what the file lacks and nothing uses is no chance number


def test_a_model_that_lacks_weights_is_refused(tmp_path: Path):
    folder = write_bert_folder(tmp_path / "bert")
    weights = load_file(folder / "model.safetensors")
    save_file({f"module.{name}": value for name, value in weights.items()}, folder / "model.safetensors")
    with pytest.raises(UnfitModel, match=r"lacks \d+ of its weights"):
        load(folder)


def test_weights_that_are_no_numbers_or_make_all_texts_equal_are_refused(tmp_path: Path):
    folder = write_bert_folder(tmp_path / "bert")
    weights = load_file(folder / "model.safetensors")
    flat = {name: torch.zeros_like(value) for name, value in weights.items()}
    flat["encoder.layer.0.output.LayerNorm.bias"] += 1
    save_file(flat, folder / "model.safetensors")
    with pytest.raises(UnfitModel, match="gives different texts the same vector"):
        probe_text_encoder(load(folder), RADIOLOGY_TEXTS)
    flat["encoder.layer.0.output.LayerNorm.bias"] *= torch.nan
    save_file(flat, folder / "model.safetensors")
    with pytest.raises(UnfitModel, match="not finite"):
        load(folder)


def test_the_share_of_unknown_words_is_said_or_refused(tmp_path: Path):
    folder = write_published_bert_folder(tmp_path / "bert", words=[*SPECIAL_WORDS, "mass", "lung", "left", "no"])
    encoder = load(folder)
    assert unknown_share(encoder.model.tokenizer, ["mass lung", "mass kidney"]) == 0.25
    assert probe_text_encoder(encoder, ["mass lung", "left lung mass"]) == ()
    (notice,) = probe_text_encoder(encoder, ["mass lung", "mass kidney"])
    assert "does not know 25% of the words" in notice
    with pytest.raises(UnfitModel, match="does not know 75% of the words of these texts"):
        probe_text_encoder(encoder, ["cyst lung", "some kidney"])
    with pytest.raises(UnfitModel, match="does not know"):
        add_model("mine", folder, tmp_path / "models")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "config.json").unlink(), "has no config.json"),
        (lambda folder: (folder / "model.safetensors").unlink(), "has no weights"),
        (lambda folder: (folder / "model.safetensors").rename(folder / "tf_model.h5"), "weights of TensorFlow only"),
        (
            lambda folder: (folder / "model.safetensors.index.json").write_text(
                '{"weight_map": {"a": "b.safetensors"}}'
            ),
            "names 'b.safetensors', which is not there",
        ),
    ],
)
def test_a_folder_that_is_not_complete_says_what_is_missing(change, message: str, tmp_path: Path):
    folder = write_bert_folder(tmp_path / "bert")
    change(folder)
    with pytest.raises(InputError, match=message):
        load(folder)
    with pytest.raises(InputError, match=message):
        add_model("mine", folder, tmp_path / "models")
