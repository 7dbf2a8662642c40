"""Stage 2: its loss against a slow one, its end, its resuming, and what it refuses."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_recipe import drawn_examples

from clip.encoders import load_image_encoder, load_text_encoder
from clip.training.labels import classes_of, targets_of
from clip.training.losses import contrastive_loss
from clip.training.recipe import open_contrastive, run_contrastive, save_model
from ingest.errors import InputError


def slow_loss(images, words, scale, texts, kept, partners) -> float:
    """Compute the contrastive loss pair by pair."""
    n = len(texts)
    belongs = [
        [kept * (texts[i] == texts[j]) + (1 - kept) * (texts[partners[i]] == texts[j]) for j in range(n)]
        for i in range(n)
    ]
    logits = [
        [scale * sum(a * b for a, b in zip(images[i], words[j], strict=True)) for j in range(n)] for i in range(n)
    ]
    total = 0.0
    for i in range(n):
        row = [belongs[i][j] / sum(belongs[i]) for j in range(n)]
        column = [belongs[j][i] / sum(belongs[j][i] for j in range(n)) for j in range(n)]
        norm_row = math.log(sum(math.exp(logits[i][j]) for j in range(n)))
        norm_column = math.log(sum(math.exp(logits[j][i]) for j in range(n)))
        total -= sum(row[j] * (logits[i][j] - norm_row) for j in range(n))
        total -= sum(column[j] * (logits[j][i] - norm_column) for j in range(n))
    return total / (2 * n)


@pytest.mark.parametrize("kept", [1.0, 0.7])
def test_the_loss_agrees_with_one_computed_pair_by_pair(kept: float):
    torch.manual_seed(2)
    images, words = (torch.nn.functional.normalize(torch.randn(5, 4), dim=1) for _ in range(2))
    texts = ["a", "b", "a", "c", "b"]
    partners = torch.tensor([3, 0, 4, 1, 2])
    ours = float(contrastive_loss(images, words, torch.tensor(7.0), texts, kept=kept, partners=partners))
    slow = slow_loss(images.tolist(), words.tolist(), 7.0, texts, kept, partners.tolist())
    assert ours == pytest.approx(slow, rel=1e-5)


def test_images_with_the_same_text_do_not_push_each_other_away():
    vectors = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), dim=1)
    alone = torch.arange(3)
    shared = contrastive_loss(vectors, vectors, torch.tensor(50.0), ["x", "x", "y"], kept=1.0, partners=alone)
    apart = contrastive_loss(vectors, vectors, torch.tensor(50.0), ["x", "z", "y"], kept=1.0, partners=alone)
    assert float(shared) == pytest.approx(float(apart), abs=1e-3)  # log 2, in equal parts: no better can be had
    pushed = torch.nn.functional.normalize(torch.tensor([[1.0, 0.2], [1.0, -0.2], [0.0, 1.0]]), dim=1)
    assert float(
        contrastive_loss(pushed, pushed, torch.tensor(50.0), ["x", "x", "y"], kept=1.0, partners=alone)
    ) > float(shared)


def test_stage_2_learns_to_tell_drawn_heads_from_drawn_spines(recipe, language_folder: Path, tmp_path: Path):
    quick = {"epochs": 24, "average_decay": 0.8, "mixing": 0.0, "image_rate": 0.01}
    longer = replace(recipe, contrastive=replace(recipe.contrastive, **quick))
    examples = drawn_examples()
    train, held_out = examples.rows(list(range(16))), examples.rows(list(range(16, 24)))
    stage = open_contrastive(longer, language_folder, train, held_out=held_out)
    rows = run_contrastive(longer, stage, tmp_path)
    assert max(row["validation_region"] for row in rows) >= 0.75  # which epoch is best differs with the word pieces
    assert rows[-1]["contrast"] < rows[0]["contrast"]


def test_a_killed_stage_2_goes_on_to_the_same_model(recipe, language_folder: Path, tmp_path: Path):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    whole = open_contrastive(recipe, language_folder, drawn_examples())
    run_contrastive(recipe, whole, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        first = open_contrastive(recipe, language_folder, drawn_examples())
        run_contrastive(recipe, first, tmp_path / "killed", on_progress=stop)
    again = open_contrastive(recipe, language_folder, drawn_examples())
    run_contrastive(recipe, again, tmp_path / "killed")
    for name, tensor in whole.average.state_dict().items():
        assert torch.equal(tensor, again.average.state_dict()[name]), name


def test_the_saved_model_is_an_encoder_of_images_and_words_in_one_space(
    recipe, language_folder: Path, tmp_path: Path, offline
):
    examples = drawn_examples()
    stage = open_contrastive(recipe, language_folder, examples)
    run_contrastive(recipe, stage, tmp_path / "run")
    save_model(recipe, stage, language_folder, tmp_path / "model")
    name = f"open_clip:local-dir:{tmp_path / 'model'}"
    images = load_image_encoder(name, tmp_path).embed_images(examples.pngs)
    assert np.allclose(images, stage.vectors(examples), atol=0.02)  # weights are kept as float16
    assert load_text_encoder(name, tmp_path).embed_texts(["axial MR of the brain"]).shape == (1, 16)


def test_a_head_says_what_the_linear_layer_says(recipe, language_folder: Path):
    stage = open_contrastive(recipe, language_folder, drawn_examples())
    vectors = torch.from_numpy(stage.vectors(drawn_examples()))
    heads = stage.average.module["heads"]
    for task, logits in stage.logits(drawn_examples()).items():
        assert np.allclose(logits, heads[task](16.0 * vectors).detach().numpy(), atol=1e-4)


def test_a_case_on_both_sides_is_refused(recipe, language_folder: Path):
    examples = drawn_examples()
    with pytest.raises(InputError, match="training and held out"):
        open_contrastive(recipe, language_folder, examples, held_out=examples.rows([0]))


def test_labels_of_one_case_are_no_class_and_a_task_of_one_label_is_left_out():
    examples = drawn_examples()
    assert classes_of(examples) == {"region": ["Head", "Spine"], "plane": ["axial", "sagittal"]}
    one_spine = replace(examples, labels={**examples.labels, "region": ("Spine", "Spine", *["Head"] * 22)})
    assert classes_of(one_spine) == {"plane": ["axial", "sagittal"]}


def test_no_two_labels_at_all_are_refused():
    with pytest.raises(InputError, match="nothing to tell apart"):
        classes_of(drawn_examples().rows([0, 1]))


def test_unknown_labels_are_not_learned():
    answers = targets_of(drawn_examples(), classes_of(drawn_examples()))
    assert answers["plane"][:3].tolist() == [-1, -1, 1]
