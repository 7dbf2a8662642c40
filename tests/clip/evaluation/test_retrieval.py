import numpy as np
import pytest
from drawn_images import png_of, ring, stripes
from sklearn.metrics import average_precision_score

from clip.evaluation.estimates import mean_over_cases
from clip.evaluation.images import LabelledImages
from clip.evaluation.retrieval import HOG, evaluate_retrieval, precisions
from clip.hog import features
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


def test_an_encoder_and_hog_are_asked_the_same_and_compared_by_case():
    pngs = [png_of((ring if row % 4 < 2 else stripes)(row)) for row in range(12)]
    planes = ["axial" if row % 4 < 2 else "sagittal" for row in range(12)]
    cases = [f"case-{row // 2}" for row in range(12)]
    vectors = unit_vectors(RANDOM.standard_normal((12, 6)))
    lone = [None, *["left"] * 2, *[None] * 9]  # of one case, but for the first
    images = LabelledImages(cases, pngs, vectors, {"plane": [None, *planes[1:]], "region": lone}, {})
    found = evaluate_retrieval("mine", images, ["region", "plane"], seed=3)
    assert (found.encoder, found.images, found.cases, found.seed) == ("mine", 12, 6, 3)
    (plane, region) = sorted(found.tasks, key=lambda task: task.task)
    assert (plane.task, plane.n, set(plane.encoders)) == ("plane", 11, {"mine", HOG})
    assert (region.task, region.n) == ("region", 2)
    hog = unit_vectors(np.stack([features(png) for png in pngs]).astype(np.float64))
    rows = np.arange(1, 12)
    named, owners = np.array(planes)[rows], np.array(cases)[rows]
    mine, theirs = (precisions(described[rows], named, owners) for described in (vectors, hog))
    for metric, values in mine.items():
        assert plane.encoders["mine"][metric] == mean_over_cases(owners, values, 3)
        assert plane.encoders[HOG][metric] == mean_over_cases(owners, theirs[metric], 3)
        assert plane.minus_hog[metric] == mean_over_cases(owners, values - theirs[metric], 3)


def test_a_label_of_one_case_alone_is_not_judged():
    pngs = [png_of(ring(row)) for row in range(2)]
    images = LabelledImages(["a", "a"], pngs, VECTORS[:2], {"plane": ["axial", "axial"]}, {})
    assert evaluate_retrieval("mine", images, ["plane"]).tasks == ()


def test_only_the_rows_that_ask_are_answered_and_equals_keep_their_order():
    whole = precisions(VECTORS, LABELS, CASES)
    some = precisions(VECTORS, LABELS, CASES, asking=np.array([3, 0]))
    assert some["map"].tolist() == [whole["map"][3], whole["map"][0]]
    same = np.tile(VECTORS[:1], (20, 1))
    labels = np.array([*"ab" * 10])
    found = precisions(same, labels, np.array([f"case-{row}" for row in range(20)]), asking=np.array([0]))
    assert (found["p@1"].tolist(), found["p@5"].tolist()) == ([0.0], [pytest.approx(2 / 5)])
