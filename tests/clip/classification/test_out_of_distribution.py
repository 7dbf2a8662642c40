import numpy as np
import pytest

from clip.classification.calibration import case_folds
from clip.classification.out_of_distribution import (
    SHRINKAGE,
    OutOfDistribution,
    fit_measure,
    fit_normal,
    out_of_fold_distances,
)


def crowd(n, d=4):
    """Rows of very different units, two to a case."""
    rows = np.random.default_rng(1).standard_normal((n, d)) * 10.0 ** np.arange(d) + 5
    return rows, [f"case-{row // 2}" for row in range(n)]


def test_the_distance_is_that_of_mahalanobis_where_rows_are_many():
    rows, _ = crowd(4000)
    far = rows.mean(axis=0) + 3 * rows.std(axis=0) * np.array([1, 0, 0, 0])
    inverse = np.linalg.inv(np.cov(rows.T))
    away = far - rows.mean(axis=0)
    expected = np.sqrt(away @ inverse @ away / 4)
    assert fit_normal(rows).distances(far[None])[0] == pytest.approx(expected, rel=0.05)


def slow_distance(train, row):
    """Mahalanobis, written out: columns standardised, the covariance drawn towards a ball of the same trace."""
    mean, deviation = train.mean(axis=0), train.std(axis=0) + 1e-6
    standard = (train - mean) / deviation
    covariance = standard.T @ standard / len(train)
    ball = np.eye(len(covariance)) * np.trace(covariance) / len(covariance)
    away = (row - mean) / deviation
    return np.sqrt(away @ np.linalg.solve((1 - SHRINKAGE) * covariance + SHRINKAGE * ball, away) / len(away))


def test_the_covariance_of_few_rows_is_shrunk_to_a_ball():
    rows, _ = crowd(12)
    normal = fit_normal(rows)
    assert normal.distances(rows) == pytest.approx([slow_distance(rows, row) for row in rows], rel=1e-3)
    assert (normal.mean.dtype, normal.whitening.dtype) == (np.float32, np.float32)


def test_a_column_that_is_always_the_same_makes_what_differs_there_far_and_breaks_nothing():
    rows = np.column_stack([crowd(40)[0], np.full(40, 3.0)])
    other = rows[:1] + np.array([0, 0, 0, 0, 1])
    assert np.isfinite(fit_normal(rows).distances(rows)).all()
    assert fit_normal(rows).distances(other)[0] > 1000
    still = fit_normal(np.zeros((5, 3)))
    assert still.distances(np.full((1, 3), 1e-6))[0] == pytest.approx(1 / np.sqrt(SHRINKAGE * 1e-6), rel=1e-3)


@pytest.mark.parametrize("cases", [2, 3, 20])
def test_each_row_is_measured_against_the_folds_that_its_case_is_not_in(cases):
    rows, _ = crowd(40)
    case_ids = [f"case-{row % cases}" for row in range(40)]
    folds = case_folds(case_ids, np.zeros(40, dtype=np.intp))
    expected = [slow_distance(rows[folds != fold], row) for row, fold in zip(rows, folds, strict=True)]
    assert out_of_fold_distances(rows, case_ids) == pytest.approx(expected, rel=1e-3)


def test_units_play_no_part():
    rows, _ = crowd(300)
    units = np.array([1000.0, 0.01, 3.0, 1.0])
    np.testing.assert_allclose(
        fit_normal(rows).distances(rows), fit_normal(rows * units).distances(rows * units), rtol=1e-2
    )


def test_a_row_is_judged_by_other_cases_only():
    """Every case lies somewhere else: rows of the same case would make each other seem usual."""
    centres = np.eye(10) * 100
    rows, case_ids = np.repeat(centres, 30, axis=0), [f"case-{row // 30}" for row in range(300)]
    assert out_of_fold_distances(rows, case_ids).min() > 3 * fit_normal(rows).distances(rows).max()


def test_one_in_a_hundred_of_other_cases_is_unfamiliar():
    rows, case_ids = crowd(2000)
    measure = fit_measure(rows, case_ids)
    assert np.mean(measure.scores(crowd(2000)[0]) > 1) == pytest.approx(0.01, abs=0.005)


def test_distances_found_elsewhere_make_the_limit():
    rows, case_ids = crowd(200)
    assert fit_measure(rows, case_ids, np.array([7.0, 7.0])).limit == 7
    assert fit_measure(rows, case_ids, np.array([0.5, 0.5])).limit == 0.5


def test_where_there_is_one_case_nothing_is_unfamiliar():
    rows, _ = crowd(3)
    measure = fit_measure(rows, ["one"] * 3)
    assert np.all(measure.scores(rows * 1e6) == 0)


def test_the_stranger_of_both_measures_counts():
    rows, case_ids = crowd(400)
    measure = fit_measure(rows, case_ids)
    usual, far = rows.mean(axis=0)[None], rows.mean(axis=0)[None] + 1e6
    both = OutOfDistribution(measure, measure)
    assert both.scores(usual, usual)[0] < 1
    assert both.scores(far, usual)[0] == both.scores(usual, far)[0] > 1
