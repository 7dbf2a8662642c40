import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from clip.evaluation.retrieval import precisions
from clip.vectors import unit_vectors

RANDOM = np.random.default_rng(0)
VECTORS = unit_vectors(RANDOM.standard_normal((40, 6)))
LABELS = np.array([*"aabbc" * 7, *"aabbd"])
CASES = np.array([f"case-{row // 2}" for row in range(40)])


def test_precisions_agree_with_sorting_every_similarity_and_with_scikit_learn():
    found = precisions(VECTORS, LABELS, CASES)
    for row in range(39):
        others = [other for other in range(40) if CASES[other] != CASES[row]]
        similarities = [float(VECTORS[row] @ VECTORS[other]) for other in others]
        like = [LABELS[other] == LABELS[row] for other in others]
        best = sorted(zip(similarities, like, strict=True), reverse=True)
        assert found["p@1"][row] == best[0][1]
        assert found["p@5"][row] == pytest.approx(np.mean([one[1] for one in best[:5]]))
        assert found["map"][row] == pytest.approx(average_precision_score(like, similarities))


def test_an_image_whose_label_no_other_case_has_does_not_ask():
    assert [int(row) for row in np.flatnonzero(np.isnan(precisions(VECTORS, LABELS, CASES)["map"]))] == [39]
