import numpy as np
import pytest
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from clip.classification import scoring
from clip.classification.scoring import KINDS, fit_scorer, standard_of
from clip.vectors import unit_vectors


def labelled_points(classes, m=120, d=6, seed=0):
    random = np.random.default_rng(seed)
    answers = np.arange(m) % classes
    vectors = unit_vectors(random.standard_normal((m, d)) + 3 * np.eye(d)[answers])
    return standard_of(vectors).points(vectors), answers


def test_standardised_vectors_have_mean_zero_and_mean_squared_length_one():
    narrow = unit_vectors(np.random.default_rng(0).normal(5, 0.1, (50, 8)))
    points = standard_of(narrow).points(narrow)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-4)
    assert np.square(points).sum(axis=1).mean() == pytest.approx(1, abs=1e-4)


def test_vectors_that_are_all_the_same_can_be_standardised():
    same = unit_vectors(np.ones((5, 4)))
    assert np.isfinite(standard_of(same).points(same)).all()


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_a_linear_head_gives_the_probabilities_of_the_model_it_was_fitted_by(classes):
    points, answers = labelled_points(classes)
    expected = LogisticRegression(C=1.0, max_iter=500).fit(points, answers).predict_proba(points)
    logits = fit_scorer("linear", points, answers, classes).logits(points)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    np.testing.assert_allclose(powers / powers.sum(axis=1, keepdims=True), expected, atol=1e-3)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_radial_head_gives_the_answers_of_the_model_it_was_fitted_by(classes):
    points, answers = labelled_points(classes)
    mapping = Nystroem(kernel="rbf", gamma=scoring.RADIAL_WIDTH, n_components=len(points), random_state=0)
    pipeline = make_pipeline(mapping, LogisticRegression(C=10.0, max_iter=500)).fit(points, answers)
    logits = fit_scorer("radial", points, answers, classes).logits(points)
    assert np.mean(logits.argmax(axis=1) == pipeline.predict(points)) > 0.97


def test_radial_functions_are_those_of_the_distances():
    random = np.random.default_rng(0)
    points, landmarks = random.standard_normal((7, 3)), random.standard_normal((4, 3))
    expected = [[np.exp(-0.5 * np.sum((p - l) ** 2)) for l in landmarks] for p in points]  # noqa: E741
    found = scoring.radial(points.astype(np.float32), landmarks.astype(np.float32))
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_without_training_vectors_is_never_the_answer(kind):
    points, answers = labelled_points(2)
    logits = fit_scorer(kind, points, answers * 2, 4).logits(points)
    assert set(logits.argmax(axis=1)) <= {0, 2}


@pytest.mark.parametrize("kind", KINDS)
def test_training_vectors_of_one_class_give_that_class(kind):
    points, _ = labelled_points(2)
    logits = fit_scorer(kind, points, np.ones(len(points), dtype=int), 3).logits(points)
    assert (logits.argmax(axis=1) == 1).all()
