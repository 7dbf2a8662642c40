"""How well a trained recipe names images whose cases it never saw, against HOG with an SVM on the same folds.

Reads the folds that `casegraph train heads` left in FOLDER, training those that are missing; one row a task.

Usage: python -m benchmarks.judge_training WORKSPACE FOLDER LANGUAGE [--beside WORKSPACE] [--trunk FILE]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import casegraph
from benchmarks.record import append_row, columns_of
from casegraph.index_run import learnable_cases
from casegraph.labels import TASKS
from casegraph.training import examples_of
from clip.classification.calibration import balanced_accuracy
from clip.evaluation.baselines import HOG_SVM, Baselines
from clip.evaluation.estimates import mean_over_cases
from clip.training.cross_validation import CrossValidated, Fold, cross_validate, open_folds
from clip.training.examples import Examples
from clip.training.labels import UNKNOWN, targets_of
from clip.training.recipe import read_recipe

SEED = 7


def main() -> None:
    """Judge every task out of fold."""
    given = arguments(__doc__)
    examples, beside = learned_examples(given)
    found = cross_validate(
        read_recipe(given.recipe),
        given.language,
        examples,
        given.folder / "folds",
        folds=given.folds,
        beside=beside,
        trunk_file=given.trunk,
    )
    baseline = _hog_svm(examples, found)
    for task in TASKS:
        if task in found.classes:
            _judge(task, given, examples, found, baseline[task])


def arguments(description: str | None) -> argparse.Namespace:
    """Read which run of training is judged."""
    parser = argparse.ArgumentParser(description=description)
    for name in ("workspace", "folder", "language"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--trunk", type=Path)
    parser.add_argument("--recipe", default="compact")
    parser.add_argument("--folds", type=int, default=3)
    return parser.parse_args()


def learned_examples(given: argparse.Namespace) -> tuple[Examples, Examples | None]:
    """Return the examples of the learnable cases, and those beside that were learned from too."""
    with casegraph.open(given.workspace) as space:
        examples = examples_of(learnable_cases(space.engines.store), space.engines.objects)
    if not given.beside:
        return examples, None
    with casegraph.open(given.beside) as space:
        return examples, examples_of((stored.case for stored in space.engines.store.cases()), space.engines.objects)


def judged_folds(given: argparse.Namespace, examples: Examples, beside: Examples | None) -> list[Fold]:
    """Return the folds of the run that is judged."""
    return open_folds(
        read_recipe(given.recipe),
        given.language,
        examples,
        given.folder / "folds",
        folds=given.folds,
        beside=beside,
        trunk_file=given.trunk,
    )


def _hog_svm(examples: Examples, found: CrossValidated) -> dict[str, list[str | None]]:
    """Return what HOG with an SVM answers for each image, trained on the other folds."""
    answers: dict[str, list[str | None]] = {task: [None] * len(examples) for task in found.classes}
    for fold in np.unique(found.folds):
        train, rest = (np.flatnonzero(side).tolist() for side in (found.folds != fold, found.folds == fold))
        baselines = Baselines([examples.pngs[row] for row in train], [examples.pngs[row] for row in rest])
        for task, names in found.classes.items():
            labels = [examples.labels[task][row] for row in train]
            said = baselines.answers([label if label in names else None for label in labels])[HOG_SVM]
            for row, label in zip(rest, said, strict=True):
                answers[task][row] = label
    return answers


def _judge(
    task: str, given: argparse.Namespace, examples: Examples, found: CrossValidated, baseline: list[str | None]
) -> None:
    """Append the row of one task."""
    answers = targets_of(examples, found.classes)[task]
    known = answers != UNKNOWN
    said = found.logits[task].argmax(axis=1)
    other = np.array([found.classes[task].index(label) if label else UNKNOWN for label in baseline])
    cases = np.asarray(examples.case_ids)[known]
    right, theirs = ((row == answers)[known].astype(np.float64) for row in (said, other))
    ours, svm = mean_over_cases(cases, right, SEED), mean_over_cases(cases, theirs, SEED)
    gain = mean_over_cases(cases, right - theirs, SEED)
    append_row(
        "judge_training",
        recipe=read_recipe(given.recipe).name,
        folds=given.folds,
        task=task,
        n=int(known.sum()),
        **columns_of(ours, "accuracy"),
        balanced_accuracy=round(balanced_accuracy(said[known], answers[known]), 3),
        hog_svm=round(svm.value, 3),
        **columns_of(gain, "gain", "gain_"),
    )


if __name__ == "__main__":
    main()
