"""Vectors laid flat: what is alike lies together, and the same vectors always lie where they lay."""

import numpy as np
import pytest

from clip.flat import lay_flat


@pytest.fixture
def vectors() -> np.ndarray:
    """Return two clouds of unit vectors, far from each other."""
    drawn = np.random.default_rng(3).normal(scale=0.1, size=(60, 12))
    drawn[:30, 0] += 1
    drawn[30:, 1] += 1
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def test_two_kinds_of_vectors_lie_apart(vectors):
    flat = lay_flat(vectors)
    first, second = flat.positions[:30], flat.positions[30:]
    apart = np.linalg.norm(first.mean(axis=0) - second.mean(axis=0))
    assert apart > 4 * max(first.std(axis=0).max(), second.std(axis=0).max())


def test_the_axes_are_those_of_the_singular_values(vectors):
    flat = lay_flat(vectors)
    centred = vectors.astype(np.float64) - vectors.astype(np.float64).mean(axis=0)
    _, values, directions = np.linalg.svd(centred, full_matrices=False)
    assert flat.explained == pytest.approx(values[:2] ** 2 / (values**2).sum(), abs=1e-5)
    assert np.abs(flat.positions) == pytest.approx(np.abs(centred @ directions[:2].T), abs=1e-5)


def test_the_same_vectors_lie_in_the_same_place(vectors):
    assert np.array_equal(lay_flat(vectors).positions, lay_flat(vectors.copy()).positions)


@pytest.mark.parametrize("shape", [(0, 4), (1, 4), (3, 4), (3, 1)])
def test_few_or_equal_vectors_have_a_place(shape):
    flat = lay_flat(np.ones(shape, np.float32))
    assert flat.positions.tolist() == [[0.0, 0.0]] * shape[0]
    assert flat.explained == (0.0, 0.0)


def test_vectors_along_one_line_have_no_second_axis():
    flat = lay_flat(np.array([[0.0], [1.0], [3.0]], np.float32))
    assert flat.positions[:, 1].tolist() == [0, 0, 0]
    assert flat.explained == (1.0, 0.0)
