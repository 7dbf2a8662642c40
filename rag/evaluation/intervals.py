"""How sure a mean over cases is: intervals by bootstrap over the cases that ask, seeded.

Efron, Tibshirani, An Introduction to the Bootstrap, 1993: percentile intervals. A difference of two rankers is
bootstrapped in pairs, on the same cases, since both find the same cases hard.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clip.evaluation.estimates import Estimate

RESAMPLES = 2000
CONFIDENCE = 0.95


def mean_with_interval(values: Sequence[float], seed: int) -> Estimate:
    """Return the mean of one value per case, and its interval over resampled cases.

    Of a paired difference, give the differences.

    Raises
    ------
    ValueError
        If there are no values.
    """
    if not len(values):
        raise ValueError("a mean needs at least one value")
    held = np.asarray(values, dtype=np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(held), (RESAMPLES, len(held)))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(held[drawn].mean(axis=1), (tail, 1 - tail))
    return Estimate(float(held.mean()), float(low), float(high))
