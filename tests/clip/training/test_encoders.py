"""The stages with encoders of open_clip and a BERT from a folder: what the paper's models need, in seconds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import BERT_TEXT, RESNET, TINY_CLIP, write_bert_folder, write_published_bert_folder
from tiny_recipe import drawn_examples

from clip.encoders import load_image_encoder, load_text_encoder
from clip.model_folder import build_model
from clip.training.masked_language import LanguageSettings, train_language
from clip.training.recipe import TrainingRecipe, open_contrastive, read_recipe, run_contrastive, save_model
from ingest.errors import InputError
from ingest.remedies import Remedy, RemedyAction

pytestmark = pytest.mark.usefixtures("offline")

ENCODERS: dict[str, dict[str, Any]] = {
    "vision transformer, CLIP's own text encoder": TINY_CLIP,
    "ResNet, CLIP's own text encoder": {**TINY_CLIP, "vision_cfg": RESNET, "quick_gelu": True},
    "ResNet, BERT": {"embed_dim": 16, "quick_gelu": True, "vision_cfg": RESNET, "text_cfg": BERT_TEXT},
}
# of words that the tiny BERT's vocabulary has
KNOWN_TEXTS = [
    f"a {what} of the {side} {organ} no mass"
    for what in ("cyst", "mass", "scan")
    for side in ("left", "right")
    for organ in ("lung", "kidney", "brain", "lobe")
]
QUICK = {"crop_px": 32, "batch": 8, "epochs": 2}


@pytest.fixture
def bert(tmp_path: Path) -> Path:
    """A BERT in a folder with vocabulary, configuration and weights."""
    return write_bert_folder(tmp_path / "bert")


@pytest.fixture(params=ENCODERS)
def recipe(request: pytest.FixtureRequest, tmp_path: Path) -> TrainingRecipe:
    """A recipe of tiny encoders that starts from a file of weights of a whole CLIP."""
    model_cfg = ENCODERS[request.param]
    torch.manual_seed(9)
    whole = build_model({**model_cfg, "text_cfg": TINY_CLIP["text_cfg"]}, None)
    save_file({name: value.contiguous() for name, value in whole.state_dict().items()}, tmp_path / "start.safetensors")
    digest = hashlib.sha256((tmp_path / "start.safetensors").read_bytes()).hexdigest()
    return written(tmp_path, model_cfg, trunk={"file": str(tmp_path / "start.safetensors"), "sha256": digest})


def written(folder: Path, model_cfg: object, **more: object) -> TrainingRecipe:
    preprocess = {"size": 32, "mean": [0.5] * 3, "std": [0.5] * 3}
    said = {"name": "tiny", "model_cfg": model_cfg, "preprocess_cfg": preprocess, "contrastive": QUICK, **more}
    (folder / "recipe.json").write_text(json.dumps(said))
    return read_recipe(folder / "recipe.json")


def language_of(recipe: TrainingRecipe, bert: Path, folder: Path) -> Path | None:
    """Return what stage 1 leaves, where the text encoder needs it."""
    if not recipe.takes_language:
        return None
    train_language(KNOWN_TEXTS, folder, LanguageSettings(piece=16, batch=4, epochs=1), start=bert)
    return folder


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def test_encoders_learn_go_on_after_a_kill_and_become_one_of_ours(recipe: TrainingRecipe, bert: Path, tmp_path: Path):
    language = language_of(recipe, bert, tmp_path / "language")
    examples = drawn_examples()
    whole = open_contrastive(recipe, language, examples)
    rows = run_contrastive(recipe, whole, tmp_path / "whole")
    assert len(rows) == 2
    with pytest.raises(KeyboardInterrupt):
        run_contrastive(recipe, open_contrastive(recipe, language, examples), tmp_path / "killed", on_progress=stop)
    again = open_contrastive(recipe, language, examples)
    assert run_contrastive(recipe, again, tmp_path / "killed") == rows
    for name, tensor in whole.average.state_dict().items():
        assert torch.equal(tensor, again.average.state_dict()[name]), name
    save_model(recipe, whole, language, tmp_path / "model")
    encoder = load_image_encoder(f"open_clip:local-dir:{tmp_path / 'model'}", tmp_path)
    np.testing.assert_allclose(encoder.embed_images(examples.pngs), whole.vectors(examples), atol=0.02)
    assert load_text_encoder(encoder.name, tmp_path).embed_texts(["mass in the brain"]).shape == (1, 16)


def test_the_image_encoder_starts_from_the_file_and_a_text_encoder_of_clip_too(
    recipe: TrainingRecipe, bert: Path, tmp_path: Path
):
    start = load_file(tmp_path / "start.safetensors")
    stage = open_contrastive(recipe, language_of(recipe, bert, tmp_path / "language"), drawn_examples())
    ours = stage.model.state_dict()
    shared = [name for name in start if name in ours]
    assert all(torch.equal(ours[name], start[name]) for name in shared)
    assert any(name.startswith("visual.") for name in shared)
    assert ("text_projection" in shared) is not recipe.takes_language


def test_a_text_encoder_of_transformers_is_what_stage_1_left(bert: Path, tmp_path: Path):
    recipe = written(tmp_path, ENCODERS["ResNet, BERT"])
    language = language_of(recipe, bert, tmp_path / "language")
    stage = open_contrastive(recipe, language, drawn_examples())
    learned = load_file(tmp_path / "language" / "model.safetensors")
    name = "encoder.layer.0.attention.self.query.weight"
    assert torch.equal(stage.model.text.transformer.state_dict()[name], learned[name])
    assert not torch.equal(learned[name], load_file(bert / "model.safetensors")[name])


def test_stage_1_goes_on_from_a_bert_with_its_vocabulary_and_after_a_kill(bert: Path, tmp_path: Path):
    settings = LanguageSettings(piece=16, batch=4, epochs=2)
    with pytest.raises(KeyboardInterrupt):
        train_language(KNOWN_TEXTS, tmp_path / "killed", settings, start=bert, on_progress=stop)
    rows = train_language(KNOWN_TEXTS, tmp_path / "killed", settings, start=bert)
    assert train_language(KNOWN_TEXTS, tmp_path / "whole", settings, start=bert) == rows
    whole, killed = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "killed"))
    assert all(torch.equal(value, killed[name]) for name, value in whole.items())
    from transformers import AutoTokenizer

    ours, theirs = (AutoTokenizer.from_pretrained(str(folder)) for folder in (tmp_path / "whole", bert))
    assert ours.get_vocab() == theirs.get_vocab()


def test_stage_1_goes_on_from_the_files_that_biobert_has(bert: Path, tmp_path: Path):
    settings = LanguageSettings(piece=16, batch=4, epochs=1)
    published = write_published_bert_folder(tmp_path / "published")
    rows = train_language(KNOWN_TEXTS, tmp_path / "one", settings, start=published)
    assert train_language(KNOWN_TEXTS, tmp_path / "other", settings, start=bert) == rows


def test_a_run_from_one_bert_is_not_gone_on_with_from_another(bert: Path, tmp_path: Path):
    settings = LanguageSettings(piece=16, batch=4, epochs=1)
    train_language(KNOWN_TEXTS, tmp_path / "run", settings, start=bert)
    with pytest.raises(InputError, match="other settings"):
        train_language(KNOWN_TEXTS, tmp_path / "run", settings, start=write_bert_folder(tmp_path / "b", seed=1))


def test_what_is_no_bert_or_reads_too_little_is_refused(bert: Path, tmp_path: Path):
    with pytest.raises(InputError, match=r"has no config\.json\. Copy all files of the model"):
        train_language(KNOWN_TEXTS, tmp_path / "run", LanguageSettings(), start=tmp_path)
    with pytest.raises(InputError, match="reads 40 word pieces, expected a bert and 128"):
        train_language(KNOWN_TEXTS, tmp_path / "run", LanguageSettings(), start=bert)


def test_t41_a_bert_whose_weights_want_to_run_code_is_refused(bert: Path, trap, tmp_path: Path):
    (bert / "model.safetensors").unlink()
    torch.save({"bert.embeddings.word_embeddings.weight": trap}, bert / "pytorch_model.bin")
    with pytest.raises(InputError, match="holds no BERT"):
        train_language(KNOWN_TEXTS, tmp_path / "run", LanguageSettings(piece=16), start=bert)
    assert not trap.path.exists()


def test_weights_that_are_not_those_of_the_recipe_are_refused(tmp_path: Path):
    torch.manual_seed(9)
    other = build_model(TINY_CLIP, None).state_dict()
    save_file({name: value.contiguous() for name, value in other.items()}, tmp_path / "other.safetensors")
    digest = hashlib.sha256((tmp_path / "other.safetensors").read_bytes()).hexdigest()
    start = {"file": str(tmp_path / "other.safetensors"), "sha256": digest}
    resnet = written(tmp_path, ENCODERS["ResNet, CLIP's own text encoder"], trunk=start)
    with pytest.raises(InputError, match="of another architecture"):
        open_contrastive(resnet, None, drawn_examples())
    changed = written(tmp_path, TINY_CLIP, trunk={**start, "sha256": "0" * 64})
    with pytest.raises(InputError, match="is not the file of weights that the recipe names"):
        open_contrastive(changed, None, drawn_examples())
    with pytest.raises(InputError, match="starts from random weights"):
        open_contrastive(written(tmp_path, TINY_CLIP), None, drawn_examples(), trunk_file=Path(start["file"]))


def test_a_language_model_that_is_missing_or_not_needed_is_refused(bert: Path, tmp_path: Path):
    with pytest.raises(InputError, match=r"holds no language model\. Train it first\.$") as refused:
        open_contrastive(written(tmp_path, ENCODERS["ResNet, BERT"]), None, drawn_examples())
    assert refused.value.remedy == Remedy(RemedyAction.TRAIN_LANGUAGE)
    with pytest.raises(InputError, match="Name no language model"):
        open_contrastive(written(tmp_path, TINY_CLIP), bert, drawn_examples())


@pytest.mark.parametrize("name", ["compact", "rn50x16-biobert", "rn50x16-clip"])
def test_every_recipe_that_comes_along_can_be_read_and_starts_from_a_file_of_a_known_digest(name: str):
    recipe = read_recipe(name)
    assert recipe.trunk is not None
    assert len(recipe.trunk["sha256"]) == 64
    assert recipe.takes_language is (name != "rn50x16-clip")


def test_a_recipe_that_cuts_images_smaller_than_a_encoder_of_open_clip_can_see_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="sees 32 px only"):
        written(tmp_path, TINY_CLIP, contrastive={**QUICK, "crop_px": 24})
