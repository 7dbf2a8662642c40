"""How often the nearest image of another case shows the same, by models that never saw the asking case, against HOG.

Reads the folds that `casegraph train heads` left in FOLDER, training those that are missing. Each image asks by the
model of its own fold, among all images of other cases; those of the other folds that model has learned from, as it
has from an archive that it was trained on.

Usage: python -m benchmarks.judge_neighbours WORKSPACE FOLDER LANGUAGE [--beside WORKSPACE] [--trunk FILE]
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from benchmarks.judge_training import SEED, arguments, judged_folds, learned_examples
from benchmarks.record import append_row, columns_of
from clip.evaluation.estimates import mean_over_cases
from clip.evaluation.retrieval import precisions
from clip.hog import features
from clip.training.examples import Examples
from clip.vectors import Vectors, unit_vectors

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
    """Return the rows of each fold, and the vectors of all images by the model that never saw those."""
    folds = judged_folds(given, examples, beside)
    return [(fold.held_out, fold.trained()[0].vectors(examples)) for fold in folds]


def _judge(
    task: str, recipe: str, examples: Examples, own: list[tuple[NDArray[np.intp], Vectors]], hog: Vectors
) -> None:
    """Append the row of one task; images without the label neither ask nor are found."""
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
        **columns_of(first, "precision_at_1"),
        hog=round(second.value, 3),
        **columns_of(gain, "gain", "gain_"),
    )


if __name__ == "__main__":
    main()
