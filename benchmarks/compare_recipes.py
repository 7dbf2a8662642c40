"""What a change of the recipe is worth: two recipes on the same folds, compared by case.

Both learn from the same images in the same loop, and answer for the cases of each fold that `--fold` names. FOLDER
keeps a folder of folds per recipe, each resumed where it was stopped. In `benchmarks/recipes/`, `from_scratch.json` is
a plain residual net that starts from chance and learns from labels only, `from_scratch_long.json` the same for three
times the epochs; `spread.json` is `compact` with the images of a case apart, `longer.json` that for twice the epochs,
`larger.json` that at 192 px for 16 epochs, three views of each image averaged.

Usage: python -m benchmarks.compare_recipes WORKSPACE LANGUAGE FOLDER RECIPE OTHER --beside WORKSPACE [--trunk FILE]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.judge_training import SEED, learned_examples
from benchmarks.record import append_row, columns_of, tell_epoch
from casegraph.labels import TASKS
from clip.classification.calibration import balanced_accuracy
from clip.evaluation.estimates import mean_over_cases
from clip.training.cross_validation import Fold, open_folds
from clip.training.examples import Examples
from clip.training.labels import UNKNOWN, targets_of
from clip.training.recipe import TrainingRecipe, read_recipe


def main() -> None:
    """Train or read both, and append a row per task."""
    given = _arguments()
    examples, beside = learned_examples(given)

    def opened(recipe: TrainingRecipe) -> list[Fold]:
        trunk_file = given.trunk if recipe.trunk else None
        place = given.folder / recipe.name
        folds = open_folds(
            recipe, given.language, examples, place, folds=given.folds, beside=beside, trunk_file=trunk_file
        )
        return [folds[number] for number in given.fold]

    recipe, other = read_recipe(given.recipe), read_recipe(given.other)
    folds = opened(recipe)
    held_out = examples.rows(np.concatenate([fold.held_out for fold in folds]).tolist())
    classes = folds[0].classes
    told = [_pooled([fold.outputs(tell_epoch) for fold in each], classes) for each in (folds, opened(other))]
    for task in TASKS:
        if task in classes:
            columns = {"recipe": recipe.name, "other": other.name, "other_epochs": other.contrastive.epochs}
            columns["folds"] = " ".join(map(str, given.fold))
            _judge(task, columns, held_out, targets_of(held_out, classes)[task], told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("workspace", "language", "folder"):
        parser.add_argument(name, type=Path)
    for name in ("recipe", "other"):
        parser.add_argument(name)
    parser.add_argument("--beside", type=Path, required=True)
    parser.add_argument("--trunk", type=Path)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--fold", type=int, nargs="+", default=[0])
    return parser.parse_args()


def _pooled(answered: Sequence[Mapping[str, Any]], tasks: Iterable[str]) -> dict[str, Any]:
    """Return the answers of several folds one after the other."""
    return {task: np.concatenate([fold[task] for fold in answered]) for task in tasks}


def _judge(
    task: str, columns: Mapping[str, object], held_out: Examples, answers: Any, told: Sequence[Mapping[str, Any]]
) -> None:
    """Append the row of one task."""
    known = answers != UNKNOWN
    said, theirs = (found[task].argmax(axis=1)[known] for found in told)
    cases, wanted = np.asarray(held_out.case_ids)[known], answers[known]
    right, other = ((row == wanted).astype(np.float64) for row in (said, theirs))
    gain = mean_over_cases(cases, right - other, SEED)
    append_row(
        "compare_recipes",
        **columns,
        task=task,
        n=int(known.sum()),
        accuracy=round(float(right.mean()), 3),
        balanced_accuracy=round(balanced_accuracy(said, wanted), 3),
        other_accuracy=round(float(other.mean()), 3),
        other_balanced_accuracy=round(balanced_accuracy(theirs, wanted), 3),
        **columns_of(gain, "gain", "gain_"),
    )


if __name__ == "__main__":
    main()
