"""Out-of-fold answers of the whole recipe: no case is judged by a model that saw it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_recipe import drawn_examples

import clip.training.cross_validation as module
from clip.training.cross_validation import cross_validate
from ingest.errors import InputError


def test_every_image_is_answered_by_a_model_that_never_saw_its_case(
    recipe, language_folder: Path, tmp_path: Path, monkeypatch
):
    learned: list[tuple[set[str], set[str]]] = []
    opened = module.open_contrastive

    def watched(recipe, folder, train, *, held_out, **settings):
        learned.append((set(train.case_ids), set(held_out.case_ids)))
        return opened(recipe, folder, train, held_out=held_out, **settings)

    monkeypatch.setattr(module, "open_contrastive", watched)
    examples = drawn_examples()
    found = cross_validate(recipe, language_folder, examples, tmp_path, folds=3)
    assert all(not train & rest for train, rest in learned)
    assert set().union(*(rest for _, rest in learned)) == set(examples.case_ids)
    assert found.logits["region"].shape == (24, 2)
    assert np.all(np.any(found.logits["region"] != 0, axis=1))
    assert np.all(found.distances > 0)


def test_folds_that_are_done_are_read_not_trained(recipe, language_folder: Path, tmp_path: Path):
    examples = drawn_examples()
    first = cross_validate(recipe, language_folder, examples, tmp_path, folds=2)
    told: list[int] = []
    again = cross_validate(
        recipe, language_folder, examples, tmp_path, folds=2, on_progress=lambda done, *_: told.append(done)
    )
    assert told == []
    assert np.array_equal(first.logits["region"], again.logits["region"])


def test_folds_of_other_cases_are_refused(recipe, language_folder: Path, tmp_path: Path):
    examples = drawn_examples()
    cross_validate(recipe, language_folder, examples, tmp_path, folds=2)
    with pytest.raises(InputError, match="other settings or other cases"):
        cross_validate(recipe, language_folder, examples.rows(list(range(20))), tmp_path, folds=2)


def test_cases_beside_are_learned_from_and_never_answered_for(recipe, language_folder: Path, tmp_path: Path):
    examples = drawn_examples()
    found = cross_validate(
        recipe, language_folder, examples.rows(list(range(16))), tmp_path, folds=2, beside=examples.rows([20, 21])
    )
    assert len(found.distances) == 16
