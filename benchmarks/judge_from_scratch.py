"""What pictures of other kinds and their texts are worth: a recipe against a plain residual net, on one fold.

The net of `benchmarks/recipes/from_scratch.json` starts from chance and learns from labels only, with the same
pictures, augmentations and loop. Both answer for the cases of one fold, and the answers are compared by case. FOLDER
is what `casegraph train heads` left, OWN where the net's run goes on if it was stopped.

Usage: python -m benchmarks.judge_from_scratch WORKSPACE FOLDER LANGUAGE OWN --beside WORKSPACE [--trunk FILE]
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
from clip.training.contrastive import UNKNOWN, answers_of, classes_of
from clip.training.cross_validation import Fold, folds_of
from clip.training.examples import Examples
from clip.training.loop import Metrics
from clip.training.recipe import Recipe, read_recipe
from ui.labels import TASKS
from ui.training import examples_of, learnable_cases

SEED = 7
PLAIN = Path(__file__).parent / "recipes" / "from_scratch.json"


def main() -> None:
    """Train or read both, and append a row per task."""
    given = _arguments()
    with casegraph.open(given.workspace) as space:
        examples = examples_of(learnable_cases(space.store), space.objects)
    with casegraph.open(given.beside) as space:
        beside = examples_of((stored.case for stored in space.store.cases()), space.objects)
    classes = classes_of(examples)
    rows = np.flatnonzero(folds_of(examples, classes, given.folds) == given.fold)
    name, recipe = f"fold-{given.fold}", read_recipe(given.recipe)

    def answers(by: Recipe, folder: Path, trunk_file: Path | None) -> Mapping[str, Any]:
        return Fold(by, given.language, folder / name, examples, rows, classes, beside, trunk_file).answers(_tell)

    plain = answers(read_recipe(PLAIN), given.own, None)
    told = answers(recipe, given.folder / "folds", given.trunk)
    held_out = examples.rows(rows.tolist())
    for task in TASKS:
        if task in classes:
            _judge(task, recipe.name, held_out, answers_of(held_out, classes)[task], told=told, plain=plain)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("workspace", "folder", "language", "own"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--beside", type=Path, required=True)
    parser.add_argument("--trunk", type=Path)
    parser.add_argument("--recipe", default="compact")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--fold", type=int, default=0)
    return parser.parse_args()


def _tell(epoch: int, epochs: int, metrics: Metrics) -> None:
    print(epoch, epochs, {name: round(value, 3) for name, value in metrics.items()}, flush=True)


def _judge(
    task: str, recipe: str, held_out: Examples, answers: Any, *, told: Mapping[str, Any], plain: Mapping[str, Any]
) -> None:
    """Append the row of one task."""
    known = answers != UNKNOWN
    said, theirs = (found[task].argmax(axis=1)[known] for found in (told, plain))
    cases, wanted = np.asarray(held_out.case_ids)[known], answers[known]
    right, other = ((row == wanted).astype(np.float64) for row in (said, theirs))
    gain = mean_over_cases(cases, right - other, SEED)
    append_row(
        "judge_from_scratch",
        recipe=recipe,
        epochs=read_recipe(PLAIN).contrastive.epochs,
        task=task,
        n=int(known.sum()),
        accuracy=round(float(right.mean()), 3),
        balanced_accuracy=round(balanced_accuracy(said, wanted), 3),
        plain=round(float(other.mean()), 3),
        plain_balanced=round(balanced_accuracy(theirs, wanted), 3),
        gain=round(gain.value, 3),
        gain_low=round(gain.low, 3),
        gain_high=round(gain.high, 3),
    )


if __name__ == "__main__":
    main()
