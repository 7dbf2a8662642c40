"""How well images are named by words alone, beside the trained heads and the most frequent label.

On the train cases of WORKSPACE out of fold, by the folds that `casegraph train heads` left in FOLDER: no model is asked
for images of a case that it learned from. Then on its dev cases, by the built-in model. One row a task.

Usage: python -m benchmarks.judge_zero_shot WORKSPACE FOLDER LANGUAGE [--beside WORKSPACE] [--trunk FILE]
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import casegraph
from benchmarks.judge_training import SEED, arguments, judged_folds, learned_examples
from benchmarks.record import append_row, columns_of
from casegraph.labels import TASKS, names_in_words
from casegraph.training import examples_of, held_out_cases
from clip.builtin import FOLDER, load_compact
from clip.classification.calibration import balanced_accuracy
from clip.classification.classify import load_classifier
from clip.classification.zero_shot import open_zero_shot
from clip.evaluation.estimates import mean_over_cases
from clip.open_clip_encoder import OpenClipEncoder, load_own_model
from clip.training.cross_validation import Fold
from clip.training.examples import Examples
from clip.training.labels import UNKNOWN, classes_of, targets_of
from clip.training.recipe import save_model

PROMPTS = "as captions"  # how the templates of clip.classification.zero_shot are written now


@dataclass(frozen=True, eq=False)
class Said:
    """What was said of images: per task the number of a class, by words and by the heads."""

    split: str
    examples: Examples
    classes: Mapping[str, list[str]]
    by_words: Mapping[str, NDArray[np.intp]]
    by_heads: Mapping[str, NDArray[np.intp]]


def main() -> None:
    """Judge every task out of fold, then on dev."""
    given = arguments(__doc__)
    examples, beside = learned_examples(given)
    classes = classes_of(examples)
    asked = {task: classes[task] for task in TASKS if task in classes}
    by_words, by_heads = ({task: np.zeros(len(examples), dtype=np.intp) for task in asked} for _ in range(2))
    for fold in judged_folds(given, examples, beside):
        words = _by_words(_as_shipped(fold), fold.rest, asked)
        outputs = fold.outputs()
        for task in asked:
            by_words[task][fold.held_out] = words[task]
            by_heads[task][fold.held_out] = outputs[task].argmax(axis=1)
    _append(Said("train, out of fold", examples, asked, by_words, by_heads))
    with casegraph.open(given.workspace) as space:
        dev = examples_of(held_out_cases(space.engines.store, "dev"), space.engines.objects)
    _append(_said_of_dev(dev))


def _as_shipped(fold: Fold) -> OpenClipEncoder:
    """Return the model of a fold as it would be shipped."""
    stage = fold.trained()[0]
    with tempfile.TemporaryDirectory() as folder:
        save_model(fold.recipe, stage, fold.language_folder, Path(folder))
        return load_own_model(fold.folder.name, Path(folder))


def _by_words(
    encoder: OpenClipEncoder, examples: Examples, classes: Mapping[str, list[str]]
) -> dict[str, NDArray[np.intp]]:
    names = {task: {label: names_in_words(task, label) for label in labels} for task, labels in classes.items()}
    rows = open_zero_shot(encoder, names).probabilities(encoder.embed_images(examples.pngs))
    return {task: row.argmax(axis=1) for task, row in rows.items()}


def _said_of_dev(dev: Examples) -> Said:
    encoder = load_compact()
    classifier = load_classifier(FOLDER, encoder)
    classes = {report.task: list(report.labels) for report in classifier.tasks}
    vectors = encoder.embed_images(dev.pngs)
    heads = {report.task: classifier.probabilities(report, vectors).argmax(axis=1) for report in classifier.tasks}
    return Said("dev", dev, classes, _by_words(encoder, dev, classes), heads)


def _append(said: Said) -> None:
    """Append a row a task. A label that is none of the classes counts as wrong."""
    for task, labels in said.classes.items():
        values = said.examples.labels[task]
        known = np.array([value is not None for value in values])
        truth = targets_of(said.examples, {task: labels})[task]
        cases = np.asarray(said.examples.case_ids)[known]
        right = {
            name: (row[task] == truth)[known].astype(np.float64)
            for name, row in (("words", said.by_words), ("heads", said.by_heads))
        }
        words = mean_over_cases(cases, right["words"], SEED)
        loss = mean_over_cases(cases, right["words"] - right["heads"], SEED)
        judged = known & (truth != UNKNOWN)
        append_row(
            "judge_zero_shot",
            split=said.split,
            prompts=PROMPTS,
            task=task,
            n=int(known.sum()),
            labels=len(labels),
            **columns_of(words, "zero_shot"),
            balanced_accuracy=round(balanced_accuracy(said.by_words[task][judged], truth[judged]), 3),
            majority=round(Counter(value for value in values if value).most_common(1)[0][1] / int(known.sum()), 3),
            heads=round(float(right["heads"].mean()), 3),
            **columns_of(loss, "minus_heads", "minus_heads_"),
        )


if __name__ == "__main__":
    main()
