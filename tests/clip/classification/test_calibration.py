import math

import numpy as np
import pytest

from clip.classification.calibration import (
    balanced_accuracy,
    best_temperature,
    case_folds,
    expected_calibration_error,
    log_loss,
    softmax,
    sure_threshold,
)


def test_a_case_is_in_one_fold_and_every_fold_has_every_answer():
    case_ids = [f"case-{row // 3}" for row in range(90)]
    answers = np.array([row // 3 % 3 for row in range(90)])
    folds = case_folds(case_ids, answers)
    for case_id in set(case_ids):
        assert len({fold for fold, owner in zip(folds, case_ids, strict=True) if owner == case_id}) == 1
    assert {(fold, answer) for fold, answer in zip(folds.tolist(), answers.tolist(), strict=True)} == {
        (fold, answer) for fold in range(5) for answer in range(3)
    }


def test_folds_do_not_depend_on_the_run_but_on_the_seed():
    case_ids = [f"case-{row}" for row in range(40)]
    answers = np.zeros(40, dtype=int)
    np.testing.assert_array_equal(case_folds(case_ids, answers), case_folds(case_ids, answers))
    assert (case_folds(case_ids, answers) != case_folds(case_ids, answers, seed=1)).any()


def test_probabilities_are_the_exponentials_over_their_sum():
    logits = np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]])
    probabilities = softmax(logits, temperature=2.0)
    expected = [math.exp(value / 2) for value in (1, 2, 3)]
    np.testing.assert_allclose(probabilities[0], np.array(expected) / sum(expected))
    np.testing.assert_allclose(probabilities[1], [1, 0, 0], atol=1e-12)


def test_the_loss_is_the_mean_logarithm_of_what_the_right_answers_got():
    probabilities = np.array([[0.5, 0.5], [0.2, 0.8]])
    assert log_loss(probabilities, np.array([0, 1])) == pytest.approx(-(math.log(0.5) + math.log(0.8)) / 2)


def test_the_best_temperature_is_the_one_that_a_search_over_many_finds():
    random = np.random.default_rng(0)
    answers = random.integers(0, 3, 400)
    logits = random.normal(0, 3, (400, 3)) + 2 * np.eye(3)[answers]
    tried = np.exp(np.linspace(-3, 3, 2001))
    expected = min(tried, key=lambda value: log_loss(softmax(logits, value), answers))
    assert best_temperature(logits, answers) == pytest.approx(expected, rel=0.01)


def slow_threshold(highest, right):
    """Try each probability that occurs, from the lowest on."""
    for threshold in sorted(highest):
        accepted = highest >= threshold
        if threshold >= 2 / 3 and right[accepted].mean() >= 0.9:
            return min(threshold, np.sort(highest)[len(highest) - math.ceil(len(highest) / 2)])
    return np.sort(highest)[len(highest) - math.ceil(len(highest) / 2)]


@pytest.mark.parametrize("seed", range(12))
def test_the_threshold_is_the_lowest_that_is_right_often_enough_and_covers_half(seed):
    random = np.random.default_rng(seed)
    highest = random.uniform(0.5, 1, 200)
    right = random.uniform(0, 1, 200) < highest ** (seed / 3)
    probabilities = np.stack([highest, 1 - highest], axis=1)
    answers = np.where(right, 0, 1)
    assert sure_threshold(probabilities, answers) == pytest.approx(slow_threshold(highest, right))


def test_half_of_the_answers_are_sure_even_where_all_are_wrong():
    highest = np.linspace(0.5, 1, 100)
    threshold = sure_threshold(np.stack([highest, 1 - highest], axis=1), np.ones(100, dtype=int))
    assert np.mean(highest >= threshold) == pytest.approx(0.5)


def test_a_coin_is_never_sure_however_often_it_falls_well():
    highest = np.full(100, 0.55)
    highest[:60] = 0.7
    threshold = sure_threshold(np.stack([highest, 1 - highest], axis=1), np.zeros(100, dtype=int))
    assert threshold == pytest.approx(0.7)


def test_balanced_accuracy_is_the_mean_of_the_classes():
    answers = np.array([0, 0, 0, 0, 1, 1, 4])
    predicted = np.array([0, 0, 0, 1, 1, 0, 0])
    assert balanced_accuracy(predicted, answers) == pytest.approx((3 / 4 + 1 / 2 + 0) / 3)


def test_the_calibration_error_is_the_gap_between_confidence_and_accuracy():
    probabilities = np.array([[0.95, 0.05]] * 10 + [[0.65, 0.35]] * 10)
    answers = np.array([0] * 10 + [0] * 4 + [1] * 6)  # right 10 of 10, and 4 of 10
    assert expected_calibration_error(probabilities, answers) == pytest.approx((0.05 + 0.25) / 2)


def test_the_calibration_error_weighs_bins_by_their_rows_and_takes_certainty_for_the_last_bin():
    probabilities = np.array([[1.0, 0.0]] * 3 + [[0.35, 0.65]])
    targets = np.array([0, 0, 1, 0])
    assert expected_calibration_error(probabilities, targets) == pytest.approx((3 * (1 - 2 / 3) + 0.65) / 4)
    near = np.array([[1.0, 0.0], [0.95, 0.05]])  # one bin: right once of two
    assert expected_calibration_error(near, np.array([0, 1])) == pytest.approx(0.975 - 0.5)
    apart = np.array([[1.0, 0.0], [0.85, 0.15]])  # two bins
    assert expected_calibration_error(apart, np.array([0, 1])) == pytest.approx((0 + 0.85) / 2)


def test_large_logits_of_other_rows_change_no_row():
    logits = np.array([[1000.0, 999.0], [1.0, 0.0]])
    expected = [[1 / (1 + math.exp(-1)), 1 / (1 + math.exp(1))]] * 2
    np.testing.assert_allclose(softmax(logits), expected)


def test_just_right_often_enough_is_enough():
    highest = np.array([*[0.9] * 9, 2 / 3, *[0.5] * 2])
    probabilities = np.stack([highest, 1 - highest], axis=1)
    targets = np.array([*[0] * 9, 1, 1, 1])  # nine of ten
    assert sure_threshold(probabilities, targets) == pytest.approx(2 / 3)


def test_of_one_answer_that_is_wrong_half_is_that_one():
    assert sure_threshold(np.array([[0.9, 0.1]]), np.array([1])) == 0.9
