"""What a change of the recipe is worth: two recipes on one fold, compared by case.

Both learn from the same pictures in the same loop, and answer for the cases of the fold. FOLDER keeps a folder of folds
per recipe, each resumed where it was stopped. In `benchmarks/recipes/`, `from_scratch.json` is a plain residual net
that starts from chance and learns from labels only, `spread.json` keeps the pictures of a case apart.

Usage: python -m benchmarks.compare_recipes WORKSPACE LANGUAGE FOLDER RECIPE OTHER --beside WORKSPACE [--trunk FILE]
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import casegraph
from benchmarks.record import append_row
from clip.calibration import balanced_accuracy
from clip.evaluation.estimates import mean_over_cases
from clip.training.cross_validation import Fold, folds_of
from clip.training.examples import Examples
from clip.training.labels import UNKNOWN, answers_of, classes_of
from clip.training.loop import Metrics
from clip.training.recipe import Recipe, read_recipe
from ui.labels import TASKS
from ui.training import examples_of, learnable_cases

SEED = 7


def main() -> None:
    """Train or read both, and append a row per task."""
    given = _arguments()
    with casegraph.open(given.workspace) as space:
        examples = examples_of(learnable_cases(space.store), space.objects)
    with casegraph.open(given.beside) as space:
        beside = examples_of((stored.case for stored in space.store.cases()), space.objects)
    classes = classes_of(examples)
    rows = np.flatnonzero(folds_of(examples, classes, given.folds) == given.fold)

    def answers(recipe: Recipe) -> Mapping[str, Any]:
        folder = given.folder / recipe.name / f"fold-{given.fold}"
        trunk_file = given.trunk if recipe.trunk else None
        return Fold(recipe, given.language, folder, examples, rows, classes, beside, trunk_file).answers(_tell)

    recipe, other = read_recipe(given.recipe), read_recipe(given.other)
    told = (answers(recipe), answers(other))
    held_out = examples.rows(rows.tolist())
    for task in TASKS:
        if task in classes:
            _judge(task, (recipe, other), held_out, answers_of(held_out, classes)[task], told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("workspace", "language", "folder"):
        parser.add_argument(name, type=Path)
    for name in ("recipe", "other"):
        parser.add_argument(name)
    parser.add_argument("--beside", type=Path, required=True)
    parser.add_argument("--trunk", type=Path)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--fold", type=int, default=0)
    return parser.parse_args()


def _tell(epoch: int, epochs: int, metrics: Metrics) -> None:
    print(epoch, epochs, {name: round(value, 3) for name, value in metrics.items()}, flush=True)


def _judge(
    task: str,
    recipes: tuple[Recipe, Recipe],
    held_out: Examples,
    answers: Any,
    told: tuple[Mapping[str, Any], ...],
) -> None:
    """Append the row of one task."""
    known = answers != UNKNOWN
    said, theirs = (found[task].argmax(axis=1)[known] for found in told)
    cases, wanted = np.asarray(held_out.case_ids)[known], answers[known]
    right, other = ((row == wanted).astype(np.float64) for row in (said, theirs))
    gain = mean_over_cases(cases, right - other, SEED)
    append_row(
        "compare_recipes",
        recipe=recipes[0].name,
        other=recipes[1].name,
        other_epochs=recipes[1].contrastive.epochs,
        task=task,
        n=int(known.sum()),
        accuracy=round(float(right.mean()), 3),
        balanced_accuracy=round(balanced_accuracy(said, wanted), 3),
        other_accuracy=round(float(other.mean()), 3),
        other_balanced_accuracy=round(balanced_accuracy(theirs, wanted), 3),
        gain=round(gain.value, 3),
        gain_low=round(gain.low, 3),
        gain_high=round(gain.high, 3),
    )


if __name__ == "__main__":
    main()
