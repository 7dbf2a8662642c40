"""Whether an image is like those that a classifier was trained on.

A head answers for every vector, that of a holiday photograph too. An image is out of distribution if its appearance or
its vector lies further from the middle of the training images than nearly each of them lies from that of other cases.
The distance is Mahalanobis'; only means and covariances are kept, no training image and no vector of one.

References
----------
Lee et al., A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks, NeurIPS 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clip.classification.calibration import case_folds

OUT_OF_DISTRIBUTION_SHARE = 0.01  # of the training images that would be called out of distribution by either measure
SHRINKAGE = 0.05  # of the covariance towards a ball: two vectors of one case are no two observations
NEVER = np.inf

Rows = NDArray[np.floating]
Distances = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Normal:
    """A normal distribution of rows of length d."""

    mean: NDArray[np.float32]
    whitening: NDArray[np.float32]  # (d, d): what makes the covariance the identity

    def distances(self, rows: Rows) -> Distances:
        """Return the Mahalanobis distance of each row to the mean, per square root of d."""
        white = (rows - self.mean).astype(np.float64) @ self.whitening
        return np.sqrt(np.square(white).mean(axis=1))


def fit_normal(rows: Rows) -> Normal:
    """Fit mean and shrunk covariance; each column is standardised first, so that units play no part."""
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    standard = ((rows - mean) / deviation).astype(np.float64)
    covariance = standard.T @ standard / len(rows)
    count = len(covariance)
    ball = max(float(np.trace(covariance)) / count, 1e-6) * np.eye(count)
    root = np.linalg.cholesky(np.linalg.inv((1 - SHRINKAGE) * covariance + SHRINKAGE * ball))
    return Normal(mean.astype(np.float32), (root / deviation[:, None]).astype(np.float32))


def out_of_fold_distances(rows: Rows, case_ids: Sequence[str]) -> Distances:
    """Return the distance of each row to the middle of those of other cases; empty if there is one case."""
    if len(set(case_ids)) < 2:
        return np.zeros(0)
    folds = case_folds(case_ids, np.zeros(len(rows), dtype=np.intp))
    distances = np.zeros(len(rows))
    for fold in np.unique(folds):
        held_out = folds == fold
        distances[held_out] = fit_normal(rows[~held_out]).distances(rows[held_out])
    return distances


@dataclass(frozen=True, eq=False)
class Measure:
    """A normal distribution, and the distance from which on a row is out of distribution."""

    normal: Normal
    limit: float

    def scores(self, rows: Rows) -> Distances:
        """Return the distance of each row as a share of the limit: out of distribution above 1."""
        return self.normal.distances(rows) / self.limit


def fit_measure(rows: Rows, case_ids: Sequence[str], out_of_fold: Distances | None = None) -> Measure:
    """Fit a measure on rows of training images.

    Parameters
    ----------
    rows : ndarray of shape (m, d)
        Appearances, or vectors.
    case_ids : sequence of str, length m
        The case of each row.
    out_of_fold : ndarray, optional
        Distances of images of cases that neither the normal distribution nor the encoder had seen. Needed where
        the encoder itself was trained on these images; else they are found here.
    """
    distances = out_of_fold_distances(rows, case_ids) if out_of_fold is None else out_of_fold
    limit = float(np.quantile(distances, 1 - OUT_OF_DISTRIBUTION_SHARE)) if distances.size else NEVER
    return Measure(fit_normal(rows), max(limit, 1e-6))


@dataclass(frozen=True, eq=False)
class OutOfDistribution:
    """Both measures of a training set."""

    appearance: Measure
    vectors: Measure

    def scores(self, appearances: Rows, vectors: Rows) -> Distances:
        """Return how strange each image is by the measure that finds it stranger: out of distribution above 1."""
        return np.maximum(self.appearance.scores(appearances), self.vectors.scores(vectors))
