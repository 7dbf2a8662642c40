"""Accuracy, balanced accuracy and macro-F1 from confusion matrices, with intervals by bootstrap over cases.

Images of one case err together, so whole cases are drawn, with percentile intervals (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993); two models are compared on the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
TAIL = 0.025

Counts = NDArray[np.float64]
"""Confusion matrices, shape (..., c, c): rows are the true classes, columns the predicted ones."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval over cases."""

    value: float
    low: float
    high: float


def confusion_by_case(
    case_ids: Sequence[str], truth: NDArray[np.intp], predicted: NDArray[np.intp], classes: int
) -> Counts:
    """Return one confusion matrix per case, shape (n, c, c)."""
    cases = np.unique(np.asarray(case_ids), return_inverse=True)[1]
    counts = np.zeros((int(cases.max(initial=-1)) + 1, classes, classes))
    np.add.at(counts, (cases, truth, predicted), 1)
    return counts


def accuracy(counts: Counts) -> Counts:
    """Share of images that are right."""
    return np.trace(counts, axis1=-2, axis2=-1) / counts.sum(axis=(-2, -1))


def balanced_accuracy(counts: Counts) -> Counts:
    """Mean recall of the classes that occur."""
    return _mean_of_occurring(counts, np.diagonal(counts, axis1=-2, axis2=-1) / np.maximum(counts.sum(axis=-1), 1))


def macro_f1(counts: Counts) -> Counts:
    """Mean F1 of the classes that occur."""
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    return _mean_of_occurring(counts, 2 * hits / np.maximum(counts.sum(axis=-1) + counts.sum(axis=-2), 1))


def _mean_of_occurring(counts: Counts, values: Counts) -> Counts:
    occurs = counts.sum(axis=-1) > 0
    return np.where(occurs, values, 0).sum(axis=-1) / occurs.sum(axis=-1)


METRICS: Mapping[str, Callable[[Counts], Counts]] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "macro_f1": macro_f1,
}


def draws_of_cases(n: int, seed: int) -> NDArray[np.float64]:
    """Return how often each of n cases is drawn in each resample, shape (resamples, n)."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), RESAMPLES).astype(np.float64)


def estimate(
    by_case: Counts, metric: Callable[[Counts], Counts], draws: Counts, other: Counts | None = None
) -> Estimate:
    """Return a metric with its interval, or by how much it exceeds that of another model on the same cases."""

    def over(matrices: Counts) -> tuple[float, Counts]:
        drawn = np.tensordot(draws, matrices, axes=1)
        return float(metric(matrices.sum(axis=0))), metric(drawn)

    value, resampled = over(by_case)
    if other is not None:
        other_value, other_resampled = over(other)
        value, resampled = value - other_value, resampled - other_resampled
    low, high = np.quantile(resampled, (TAIL, 1 - TAIL))
    return Estimate(value, float(low), float(high))


def mean_over_cases(case_ids: Sequence[str] | NDArray[np.str_], values: NDArray[np.floating], seed: int) -> Estimate:
    """Return the mean over images with its interval over cases."""
    cases = np.unique(np.asarray(case_ids), return_inverse=True)[1]
    sums, sizes = np.bincount(cases, values), np.bincount(cases).astype(np.float64)
    draws = draws_of_cases(len(sizes), seed)
    low, high = np.quantile((draws @ sums) / (draws @ sizes), (TAIL, 1 - TAIL))
    return Estimate(float(values.mean()), float(low), float(high))
