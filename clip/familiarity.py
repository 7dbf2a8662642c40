"""Whether a picture is like those that a classifier was trained on.

A head answers for every vector, that of a holiday photograph too. What is further from all training pictures
than nearly every training picture is from those of other cases, is called unfamiliar.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clip.encoders import Vectors

UNFAMILIAR_SHARE = 0.01  # of the training pictures that would be called unfamiliar themselves
BLOCK = 1024  # rows of the matrix of similarities at once: 400 MB at 100 000 pictures


def highest_similarities(vectors: Vectors, case_ids: Sequence[str]) -> NDArray[np.float32]:
    """Return the cosine of each training picture and the nearest one of another case; empty if there is one case."""
    cases = np.unique(np.asarray(case_ids), return_inverse=True)[1]
    if cases.max(initial=0) == 0:
        return np.zeros(0, dtype=np.float32)
    highest = []
    for start in range(0, len(vectors), BLOCK):
        similarities = vectors[start : start + BLOCK] @ vectors.T
        similarities[cases[start : start + BLOCK, None] == cases] = -np.inf
        highest.append(similarities.max(axis=1))
    return np.concatenate(highest).astype(np.float32)


def least_familiar(highest: NDArray[np.float32]) -> float:
    """Return the similarity below which a picture is unfamiliar; -1, so none is, where nothing is known."""
    return float(np.quantile(highest, UNFAMILIAR_SHARE)) if highest.size else -1.0
