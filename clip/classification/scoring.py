"""Scores of classes from vectors: a linear head, or one on radial basis functions around training vectors.

Vectors are centred and divided by one common scale before (`Standard`), so that the same settings fit encoders
whose vectors fill the sphere and encoders whose vectors lie in a narrow cone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clip.vectors import Vectors

# Settings: case-grouped cross-validation of hog-pca vectors over the MedPix 2.0 train split. After
# standardising, two vectors are at a mean squared distance of 2.
KINDS = ("linear", "radial")
INVERSE_PENALTY = {"linear": 1.0, "radial": 10.0}
RADIAL_WIDTH = 0.5
LANDMARKS = 500
MAX_STEPS = 500  # of the solver; more change no answer
UNSEEN = -20.0  # logit of a class that no training vector has


@dataclass(frozen=True, eq=False)
class Standard:
    """What makes vectors have mean zero and, on average, length one."""

    centre: NDArray[np.float32]
    scale: float

    def points(self, vectors: Vectors) -> NDArray[np.float32]:
        """Return standardised vectors, of the same shape."""
        return ((vectors - self.centre) / self.scale).astype(np.float32)


def standard_of(vectors: Vectors) -> Standard:
    """Measure centre and scale of training vectors."""
    centre = vectors.mean(axis=0)
    scale = float(np.sqrt(np.square(vectors - centre).sum(axis=1).mean()))
    return Standard(centre, max(scale, 1e-6))  # vectors that are all the same stay the same


@dataclass(frozen=True, eq=False)
class Scorer:
    """Logits of c classes: linear in the points, or in radial functions around landmarks."""

    weights: NDArray[np.float32]  # (d or number of landmarks, c)
    bias: NDArray[np.float32]  # (c,)
    landmarks: NDArray[np.float32]  # (number of landmarks, d); none for a linear head

    def logits(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return logits of shape (n, c)."""
        described = radial(points, self.landmarks) if len(self.landmarks) else points
        return described @ self.weights + self.bias


def radial(points: NDArray[np.float32], landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return exp(-width * squared distance) of each point to each landmark."""
    squared = np.square(points).sum(axis=1)[:, None] + np.square(landmarks).sum(axis=1) - 2 * points @ landmarks.T
    return np.exp(-RADIAL_WIDTH * np.maximum(squared, 0)).astype(np.float32)


def fit_scorer(kind: str, points: NDArray[np.float32], targets: NDArray[np.intp], classes: int) -> Scorer:
    """Fit multinomial logistic regression, directly or on a Nyström map (Williams and Seeger, NIPS 2000).

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    points : ndarray of shape (m, d)
        Standardised training vectors.
    targets : ndarray of shape (m,)
        Class of each, below `classes`; a class may be absent.
    classes : int
        Number c of classes.
    """
    if kind == "linear":
        none = np.zeros((0, points.shape[1]), dtype=np.float32)
        return Scorer(*_fit_logistic(kind, points, targets, classes), none)
    from sklearn.kernel_approximation import Nystroem

    count = min(LANDMARKS, len(points))
    nystroem = Nystroem(kernel="rbf", gamma=RADIAL_WIDTH, n_components=count, random_state=0).fit(points)
    mapping = nystroem.normalization_.T.astype(np.float32)
    landmarks = np.asarray(nystroem.components_, dtype=np.float32)
    weights, bias = _fit_logistic(kind, radial(points, landmarks) @ mapping, targets, classes)
    return Scorer(mapping @ weights, bias, landmarks)


def _fit_logistic(
    kind: str, described: NDArray[np.float32], targets: NDArray[np.intp], classes: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights (f, c) and bias (c,)."""
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((described.shape[1], classes), dtype=np.float32)
    bias = np.full(classes, UNSEEN, dtype=np.float32)
    seen = np.unique(targets)
    bias[seen] = 0
    if len(seen) > 1:
        fitted = LogisticRegression(C=INVERSE_PENALTY[kind], max_iter=MAX_STEPS).fit(described, targets)
        columns = seen[-1:] if len(seen) == 2 else seen  # of two classes, the logit of the second is given
        weights[:, columns] = fitted.coef_.T
        bias[columns] = fitted.intercept_
    return weights, bias
