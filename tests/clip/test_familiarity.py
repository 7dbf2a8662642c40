import numpy as np
import pytest

from clip import familiarity
from clip.encoders import unit_vectors
from clip.familiarity import highest_similarities, least_familiar


def test_the_nearest_picture_of_another_case_is_found_whatever_the_block(monkeypatch):
    vectors = unit_vectors(np.random.default_rng(0).standard_normal((50, 5)))
    case_ids = [f"case-{row // 4}" for row in range(50)]
    expected = [
        max(float(vectors[row] @ vectors[other]) for other in range(50) if case_ids[other] != case_ids[row])
        for row in range(50)
    ]
    for block in (7, 50, 1024):
        monkeypatch.setattr(familiarity, "BLOCK", block)
        np.testing.assert_allclose(highest_similarities(vectors, case_ids), expected, atol=1e-6)


def test_one_case_has_no_other():
    vectors = unit_vectors(np.ones((3, 2)))
    assert highest_similarities(vectors, ["one"] * 3).size == 0
    assert least_familiar(highest_similarities(vectors, ["one"] * 3)) == -1


def test_one_in_a_hundred_is_unfamiliar():
    highest = np.random.default_rng(0).uniform(0, 1, 1000).astype(np.float32)
    assert np.mean(highest < least_familiar(highest)) == pytest.approx(0.01)
