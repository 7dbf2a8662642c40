"""Judge a classifier on labelled images of cases that it did not learn from, beside simple baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clip.classification.calibration import CALIBRATION_BINS, expected_calibration_error
from clip.classification.classify import Classifier, Prediction
from clip.evaluation.baselines import HOG_SVM, Baselines
from clip.evaluation.estimates import (
    METRICS,
    Counts,
    Estimate,
    confusion_by_case,
    draws_of_cases,
    estimate,
)
from clip.evaluation.images import LabelledImages

CLASSIFIER = "classifier"


@dataclass(frozen=True)
class ClassScore:
    """How one label fares: its images, the share found, and the share of its answers that are right."""

    label: str
    n: int
    recall: float | None
    precision: float | None


@dataclass(frozen=True)
class Bin:
    """Answers of like probability: how many, their mean probability, and the share that is right."""

    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class TaskEvaluation:
    """Everything about one task.

    Attributes
    ----------
    n : int
        How many images were judged.
    cases : int
        Of how many cases they are.
    models : mapping
        Estimates by model and metric.
    minus_hog_svm : mapping
        The classifier minus the baseline, paired by case, by metric.
    confusion : tuple of tuple of int
        The labels that are right as rows, the answers as columns, in the order of `labels`.
    groups : mapping
        ``n`` and ``accuracy`` by sex, age and modality.
    ece : float
        The expected calibration error.
    reliability : tuple of Bin
        Probability and accuracy, bin by bin.
    coverage : float
        The share of images whose answer is sure.
    """

    task: str
    n: int
    cases: int
    labels: tuple[str, ...]
    models: Mapping[str, Mapping[str, Estimate]]
    minus_hog_svm: Mapping[str, Estimate]
    classes: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    groups: Mapping[str, Mapping[str, Mapping[str, float]]]
    ece: float
    reliability: tuple[Bin, ...]
    coverage: float
    accuracy_when_sure: float | None


@dataclass(frozen=True)
class ClassifierEvaluation:
    """The evaluation of a classifier; a label that it does not know counts as wrong.

    Attributes
    ----------
    images : int
        How many were judged.
    cases : int
        Of how many cases they are.
    train_images : int
        How many images the baselines learned from.
    """

    encoder: str
    images: int
    cases: int
    train_images: int
    seed: int
    tasks: tuple[TaskEvaluation, ...]
    notices: tuple[str, ...]


def evaluate_classifier(
    classifier: Classifier, judged: LabelledImages, train: LabelledImages | None, *, seed: int = 7
) -> ClassifierEvaluation:
    """Judge every task of the classifier that has labelled images.

    Parameters
    ----------
    judged : LabelledImages
        Images of cases that the classifier did not learn from.
    train : LabelledImages or None
        What the baselines learn from; without it there are none.
    seed : int
        Of the bootstrap.
    """
    answers = classifier.classify_images(judged.pngs, judged.vectors)
    baselines = Baselines(train.pngs if train else [], judged.pngs)
    tasks = []
    for report in classifier.tasks:
        rows = [row for row, label in enumerate(judged.labels[report.task]) if label is not None]
        if rows:
            others = baselines.answers(train.labels[report.task]) if train else {}
            given = [answer[report.task] for answer in answers]
            tasks.append(_task(report.task, rows, judged, predictions=given, others=others, seed=seed))
    notices = () if train else ("There are no train images, so the baselines are missing.",)
    counts = (len(judged.pngs), len(set(judged.case_ids)), len(train.pngs) if train else 0)
    return ClassifierEvaluation(classifier.encoder.name, *counts, seed=seed, tasks=tuple(tasks), notices=notices)


def _task(
    task: str,
    rows: Sequence[int],
    judged: LabelledImages,
    *,
    predictions: Sequence[Prediction],
    others: Mapping[str, Sequence[str]],
    seed: int,
) -> TaskEvaluation:
    truth = [str(judged.labels[task][row]) for row in rows]
    given = [predictions[row] for row in rows]
    answers = {CLASSIFIER: [one.label for one in given]}
    answers |= {name: [labels[row] for row in rows] for name, labels in others.items()}
    names = sorted({*truth, *given[0].probabilities, *(label for labels in answers.values() for label in labels)})
    case_ids = [judged.case_ids[row] for row in rows]
    true = _numbers(truth, names)
    matrices = {
        name: confusion_by_case(case_ids, true, _numbers(labels, names), len(names)) for name, labels in answers.items()
    }
    draws = draws_of_cases(len(set(case_ids)), seed)
    probabilities = np.array([[one.probabilities.get(name, 0.0) for name in names] for one in given])
    right = np.array([one.label == label for one, label in zip(given, truth, strict=True)])
    sure = np.array([one.sure for one in given])
    total = matrices[CLASSIFIER].sum(axis=0)
    return TaskEvaluation(
        task=task,
        n=len(rows),
        cases=len(set(case_ids)),
        labels=tuple(names),
        models={name: _estimates(by_case, draws) for name, by_case in matrices.items()},
        minus_hog_svm=_estimates(matrices[CLASSIFIER], draws, matrices[HOG_SVM]) if HOG_SVM in matrices else {},
        classes=tuple(_class_score(label, total, position) for position, label in enumerate(names)),
        confusion=tuple(tuple(int(count) for count in row) for row in total),
        groups={kind: _by_group([groups[row] for row in rows], right) for kind, groups in judged.groups.items()},
        ece=expected_calibration_error(probabilities, true),
        reliability=_reliability(probabilities.max(axis=1), right),
        coverage=float(sure.mean()),
        accuracy_when_sure=float(right[sure].mean()) if sure.any() else None,
    )


def _numbers(labels: Sequence[str], names: Sequence[str]) -> NDArray[np.intp]:
    """Return the place of each label among the names, shape (m,)."""
    number = {name: position for position, name in enumerate(names)}
    return np.array([number[label] for label in labels], dtype=np.intp)


def _estimates(by_case: Counts, draws: Counts, other: Counts | None = None) -> dict[str, Estimate]:
    """Return every metric, or by how much it exceeds that of another model."""
    return {metric: estimate(by_case, measure, draws, other) for metric, measure in METRICS.items()}


def _class_score(label: str, total: NDArray[np.float64], row: int) -> ClassScore:
    hits, true, answered = total[row, row], total[row].sum(), total[:, row].sum()
    return ClassScore(
        label, int(true), float(hits / true) if true else None, float(hits / answered) if answered else None
    )


def _by_group(groups: Sequence[str], right: NDArray[np.bool_]) -> dict[str, dict[str, float]]:
    named = np.asarray(groups)
    return {
        str(name): {"n": int(np.sum(named == name)), "accuracy": float(right[named == name].mean())}
        for name in np.unique(named)
    }


def _reliability(confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Return the bins of the expected calibration error that are not empty."""
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    return tuple(
        Bin(int(np.sum(bins == b)), float(confidence[bins == b].mean()), float(right[bins == b].mean()))
        for b in np.unique(bins)
    )
