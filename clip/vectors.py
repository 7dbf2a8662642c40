"""Unit vectors as rows: what encoders return, indexes hold and heads read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.errors import InputError

Vectors = NDArray[np.float32]
"""Unit vectors as rows, float32 of shape (n, d)."""

# float32 rounding over a thousand dimensions stays well below it; a vector that was not normalised does not
LENGTH_TOLERANCE = 1e-3


def require_vectors(
    vectors: NDArray[np.generic], names: Sequence[str] | None = None, *, dimension: int | None = None
) -> Vectors:
    """Return `vectors` if they are unit vectors that an index may hold, else name the first that is not.

    Parameters
    ----------
    vectors : ndarray
        Expected to be float32 of shape (n, d), finite, each row of length 1.
    names : sequence of str, length n, optional
        What to call the rows in a message: case or image ids.
    dimension : int, optional
        The d that is expected.

    Raises
    ------
    InputError
        If type, shape, a value or a length is not as expected.
    """
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise InputError(f"vectors are {vectors.dtype} of shape {vectors.shape}, expected float32 of shape (n, d).")
    if dimension is not None and vectors.shape[1] != dimension:
        raise InputError(f"vectors have {vectors.shape[1]} dimensions, expected {dimension}.")
    lengths = np.linalg.norm(vectors, axis=1)  # NaN and Inf stay what they are, and are no length of 1
    bad = np.flatnonzero(~(np.abs(lengths - 1) <= LENGTH_TOLERANCE))
    if bad.size:
        row = int(bad[0])
        place = f"row {row}" if names is None else f"'{names[row]}' (row {row})"
        raise InputError(f"the vector of {place} has length {lengths[row]:.2f}, expected 1.")
    return vectors.astype(np.float32, copy=False)


def unit_vectors(rows: NDArray[np.floating]) -> Vectors:
    """Scale each row to length 1; the caller sees to it that none is zero."""
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
