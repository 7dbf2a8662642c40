import numpy as np
import pytest

from clip.classification.out_of_distribution import OutOfDistribution, fit_measure, fit_normal, out_of_fold_distances


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
