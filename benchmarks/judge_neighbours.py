"""How often the nearest picture of another case shows the same, by models that never saw the asking case, against HOG.

Reads the folds that `casegraph train heads` left in FOLDER, training those that are missing. Each picture asks by the
model of its own fold, among all pictures of other cases; those of the other folds that model has learned from, as it
has from an archive that it was trained on.

Usage: python -m benchmarks.judge_neighbours WORKSPACE FOLDER LANGUAGE [--beside WORKSPACE] [--trunk FILE]
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from benchmarks.judge_training import arguments, learned_examples
from benchmarks.record import append_row
from clip.encoders import Vectors, unit_vectors
from clip.evaluation.estimates import mean_over_cases
from clip.evaluation.retrieval import precisions
from clip.hog import features
from clip.training.cross_validation import Fold, folds_of
from clip.training.examples import Examples
from clip.training.labels import classes_of
from clip.training.recipe import read_recipe

SEED = 7
TASKS = ("modality", "region", "plane")


def main() -> None:
    """Measure every fold and append a row per task."""
    given = arguments(__doc__)
    examples, beside = learned_examples(given)
    hog = unit_vectors(np.stack([features(png) for png in examples.pngs]).astype(np.float64))
    own = _vectors_by_fold(given, examples, beside)
    for task in TASKS:
        _judge(task, given.recipe, examples, own, hog)


def _vectors_by_fold(
    given: argparse.Namespace, examples: Examples, beside: Examples | None
) -> list[tuple[NDArray[np.intp], Vectors]]:
    """Return the rows of each fold, and the vectors of all pictures by the model that never saw those."""
    classes, recipe = classes_of(examples), read_recipe(given.recipe)
    fold_of = folds_of(examples, classes, given.folds)
    found = []
    for number in range(given.folds):
        rows, folder = np.flatnonzero(fold_of == number), given.folder / "folds" / f"fold-{number}"
        fold = Fold(recipe, given.language, folder, examples, rows, classes, beside, given.trunk)
        found.append((rows, fold.trained()[0].vectors(examples)))
    return found


def _judge(
    task: str, recipe: str, examples: Examples, own: list[tuple[NDArray[np.intp], Vectors]], hog: Vectors
) -> None:
    """Append the row of one task; pictures without the label neither ask nor are found."""
    known = np.array([label is not None for label in examples.labels[task]])
    labels, cases = np.array([str(label) for label in examples.labels[task]]), np.array(examples.case_ids)
    ours, theirs = np.full(len(examples), np.nan), np.full(len(examples), np.nan)
    for rows, vectors in own:
        asking = np.flatnonzero(np.isin(np.flatnonzero(known), rows))
        for kept, described in ((ours, vectors), (theirs, hog)):
            values = precisions(described[known], labels[known], cases[known], asking)
            kept[np.flatnonzero(known)[asking]] = values["p@1"]
    asked = ~np.isnan(ours)
    first, second = (mean_over_cases(cases[asked], values[asked], SEED) for values in (ours, theirs))
    gain = mean_over_cases(cases[asked], (ours - theirs)[asked], SEED)
    append_row(
        "judge_neighbours",
        recipe=recipe,
        task=task,
        n=int(asked.sum()),
        precision_at_1=round(first.value, 3),
        low=round(first.low, 3),
        high=round(first.high, 3),
        hog=round(second.value, 3),
        gain=round(gain.value, 3),
        gain_low=round(gain.low, 3),
        gain_high=round(gain.high, 3),
    )


if __name__ == "__main__":
    main()
