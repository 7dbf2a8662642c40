"""How far a probability can be trusted: folds by case, temperature, threshold of "not sure", and the metrics.

Images of one case resemble each other, so a case is never on both sides of a split.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FOLDS = 5
CALIBRATION_BINS = 10  # of equal width, as in Guo et al., On Calibration of Modern Neural Networks, ICML 2017
TARGET_ACCURACY = 0.9  # of the targets that are given as sure
MIN_PROBABILITY = 2 / 3  # an answer that is likelier than any other, but not twice as likely as all others, is a guess
MIN_COVERAGE = 0.5  # a classifier that is hardly ever sure helps nobody; its accuracy is then reported as it is

Probabilities = NDArray[np.float64]


def case_folds(
    case_ids: Sequence[str], targets: NDArray[np.intp], *, folds: int = FOLDS, seed: int = 0
) -> NDArray[np.intp]:
    """Return the fold of each row: every case in one fold, the targets spread evenly over the folds.

    Parameters
    ----------
    case_ids : sequence of str, length m
        The case of each row.
    targets : ndarray of shape (m,)
        The class of each row.
    folds : int
        How many.
    seed : int
        Of the order of cases within a class.
    """
    first_target = {case_id: targets[row] for row, case_id in reversed(list(enumerate(case_ids)))}
    order = np.random.default_rng(seed).permutation(sorted(first_target))
    dealt = sorted((str(case_id) for case_id in order), key=lambda case_id: first_target[case_id])
    fold_of = {case_id: position % folds for position, case_id in enumerate(dealt)}
    return np.array([fold_of[case_id] for case_id in case_ids], dtype=np.intp)


def softmax(logits: NDArray[np.floating], temperature: float = 1.0) -> Probabilities:
    """Return probabilities, rows of shape (m, c) that add up to one."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def log_loss(probabilities: Probabilities, targets: NDArray[np.intp]) -> float:
    """Mean negative logarithm of the probability that was given to the right answer."""
    given = probabilities[np.arange(len(targets)), targets]
    return float(-np.log(np.maximum(given, 1e-12)).mean())


def best_temperature(logits: NDArray[np.floating], targets: NDArray[np.intp]) -> float:
    """Return the temperature by which out-of-fold logits lose least (Guo et al., section 4.2)."""
    from scipy.optimize import minimize_scalar

    def loss(exponent: float) -> float:
        return log_loss(softmax(logits, float(np.exp(exponent))), targets)

    found = minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded")  # temperatures from 0.05 to 20
    return float(np.exp(found.x))


def sure_threshold(probabilities: Probabilities, targets: NDArray[np.intp]) -> float:
    """Return the lowest threshold from which on the targets are right often enough.

    Among the rows whose highest probability reaches it, `TARGET_ACCURACY` are right, and it is no lower than
    `MIN_PROBABILITY`; but at least `MIN_COVERAGE` of the rows reach it, even where neither holds then.
    """
    highest = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == targets
    order = np.argsort(-highest, kind="stable")
    accuracy = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero((accuracy >= TARGET_ACCURACY) & (highest[order] >= MIN_PROBABILITY))
    accepted = max(int(reached[-1]) + 1 if reached.size else 0, int(np.ceil(MIN_COVERAGE * len(order))))
    return float(highest[order[accepted - 1]])


def balanced_accuracy(predicted: NDArray[np.intp], targets: NDArray[np.intp]) -> float:
    """Mean over classes of the share of their rows that is right."""
    return float(np.mean([np.mean(predicted[targets == target] == target) for target in np.unique(targets)]))


def expected_calibration_error(probabilities: Probabilities, targets: NDArray[np.intp]) -> float:
    """Mean distance between confidence and accuracy over the bins, weighted by how many rows are in a bin."""
    highest = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == targets
    bins = np.minimum((highest * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [abs(right[bins == b].mean() - highest[bins == b].mean()) * np.sum(bins == b) for b in np.unique(bins)]
    return float(np.sum(gaps) / len(targets))
