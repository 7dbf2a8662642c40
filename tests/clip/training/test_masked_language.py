"""Stage 1: vocabulary, packing, and a loss over the masked word pieces only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_recipe import SENTENCES, language_texts

from clip.training.masked_language import _MaskedLanguage, pack_texts, small_bert, train_language
from clip.training.word_pieces import learn_word_pieces
from ingest.errors import InputError


def test_the_folder_is_a_model_of_transformers_with_its_vocabulary(language_folder: Path):
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(language_folder), local_files_only=True)
    model = AutoModel.from_pretrained(str(language_folder), local_files_only=True)
    states = model(**tokenizer([SENTENCES[0]], return_tensors="pt")).last_hidden_state
    assert states.shape[-1] == 16
    assert bool(torch.isfinite(states).all())


def test_training_lowers_the_loss_on_text_held_out(recipe, tmp_path: Path):
    settings = replace(recipe.language, epochs=6)
    rows = train_language(language_texts(), tmp_path, settings)
    assert rows[-1]["validation_loss"] < rows[0]["validation_loss"]


def test_packing_keeps_every_word_piece_in_order(tmp_path: Path):
    tokenizer = learn_word_pieces(SENTENCES, 120, 32, tmp_path)
    rows = pack_texts(tokenizer, SENTENCES, 16)
    whole = [
        piece
        for text in SENTENCES
        for piece in [*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.sep_token_id]
    ]
    packed = rows[:, 1:-1].ravel().tolist()
    assert packed == whole[: len(packed)]
    assert len(whole) - len(packed) < 14
    assert set(rows[:, 0]) == {tokenizer.cls_token_id}
    assert set(rows[:, -1]) == {tokenizer.sep_token_id}


def stage_of(recipe, folder: Path) -> _MaskedLanguage:
    """Return stage 1 of the tiny recipe before its first step."""
    tokenizer = learn_word_pieces(language_texts(), 120, 32, folder)
    model = small_bert(len(tokenizer), recipe.language)
    return _MaskedLanguage.of(model, tokenizer, pack_texts(tokenizer, language_texts(), 16), recipe.language)


def test_the_loss_is_that_of_the_whole_model_of_transformers(recipe, tmp_path: Path):
    stage = stage_of(recipe, tmp_path)
    stage.model.eval()
    rows = [0, 1, 2]
    torch.manual_seed(5)
    ours = stage._loss(rows)
    torch.manual_seed(5)
    batch = stage.mask([{"input_ids": stage.pieces[row].tolist()} for row in rows])
    assert float(ours.detach()) == pytest.approx(float(stage.model(**batch).loss.detach()), rel=1e-5)


def test_measuring_does_not_change_what_comes_after(recipe, tmp_path: Path):
    stage = stage_of(recipe, tmp_path)
    torch.manual_seed(1)
    wanted = torch.rand(3)
    torch.manual_seed(1)
    assert stage.validate() == stage.validate()
    assert torch.equal(torch.rand(3), wanted)


def test_no_texts_are_refused(recipe, tmp_path: Path):
    with pytest.raises(InputError, match="no texts to learn"):
        train_language([], tmp_path, recipe.language)


def test_too_few_texts_for_a_batch_are_refused(recipe, tmp_path: Path):
    with pytest.raises(InputError, match="fewer examples than one batch"):
        train_language(list(SENTENCES), tmp_path, replace(recipe.language, batch=64))


def test_a_killed_stage_1_goes_on_with_its_vocabulary_to_its_end(recipe, tmp_path: Path):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_language(language_texts(), tmp_path, recipe.language, on_progress=stop)
    words = (tmp_path / "tokenizer.json").read_bytes()
    rows = train_language(language_texts(), tmp_path, recipe.language)
    assert (tmp_path / "tokenizer.json").read_bytes() == words
    assert len(rows) == 2
    assert train_language(language_texts(), tmp_path, recipe.language) == rows


def test_other_texts_get_another_vocabulary(tmp_path: Path):
    learn_word_pieces(SENTENCES, 120, 32, tmp_path)
    assert "calcaneus" in learn_word_pieces(["calcaneus fracture"] * 9, 120, 32, tmp_path).get_vocab()
