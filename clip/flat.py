"""Vectors laid flat: their two directions of largest variance, for a map that people look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clip.vectors import Vectors

DECIMALS = 6  # the last digits of a sum differ from machine to machine


@dataclass(frozen=True)
class Flat:
    """Vectors in the plane.

    Attributes
    ----------
    positions : array
        float64 of shape (n, 2), a row for each vector.
    explained : tuple of float
        Which part of the variance either axis holds.
    """

    positions: NDArray[np.float64]
    explained: tuple[float, float]


def lay_flat(vectors: Vectors) -> Flat:
    """Return vectors along their first two principal components; equal vectors give equal positions, always.

    References
    ----------
    Pearson, On lines and planes of closest fit to systems of points in space, 1901.
    """
    from sklearn.decomposition import PCA

    axes = min(2, *vectors.shape)
    if len(vectors) < 2 or not np.ptp(vectors, axis=0).any():
        return Flat(np.zeros((len(vectors), 2)), (0.0, 0.0))
    # Of the covariance, whose size is that of a vector however many there are; no part of it is drawn at random
    model: Any = PCA(axes, svd_solver="covariance_eigh")
    positions = np.zeros((len(vectors), 2))
    positions[:, :axes] = model.fit_transform(vectors.astype(np.float64)).round(DECIMALS)
    first, second = (*(round(float(part), DECIMALS) for part in model.explained_variance_ratio_), 0.0)[:2]
    return Flat(positions + 0.0, (first, second))  # no negative zero
