import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from clip.evaluation import estimates
from clip.evaluation.estimates import METRICS, confusion_by_case, draws_of_cases, estimate, mean_over_cases

RANDOM = np.random.default_rng(3)
TRUTH = RANDOM.integers(0, 3, 200)
GIVEN = np.where(RANDOM.random(200) < 0.7, TRUTH, RANDOM.integers(0, 4, 200))
CASES = [f"case-{row // 3}" for row in range(200)]
ORACLES = {
    "accuracy": accuracy_score,
    "balanced_accuracy": balanced_accuracy_score,
    "macro_f1": lambda truth, given: f1_score(truth, given, labels=np.unique(truth), average="macro"),
}


@pytest.mark.filterwarnings("ignore:y_pred contains classes")
@pytest.mark.parametrize("name", METRICS)
def test_metrics_and_intervals_agree_with_drawing_whole_cases_and_asking_scikit_learn(name, monkeypatch):
    monkeypatch.setattr(estimates, "RESAMPLES", 60)
    by_case = confusion_by_case(CASES, TRUTH, GIVEN, 4)
    cases = sorted(set(CASES))
    draws = draws_of_cases(len(cases), seed=1)
    rows_of = {case: [row for row, named in enumerate(CASES) if named == case] for case in cases}
    slow = []
    for draw in draws:
        rows = [
            row for case, times in zip(cases, draw, strict=True) for _ in range(int(times)) for row in rows_of[case]
        ]
        slow.append(ORACLES[name](TRUTH[rows], GIVEN[rows]))
    found = estimate(by_case, METRICS[name], draws)
    assert found.value == pytest.approx(ORACLES[name](TRUTH, GIVEN))
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(slow, (0.025, 0.975))))


def test_a_model_does_not_differ_from_itself_and_a_perfect_one_exceeds_by_the_errors():
    given, perfect = (confusion_by_case(CASES, TRUTH, answers, 4) for answers in (GIVEN, TRUTH))
    draws = draws_of_cases(len(given), seed=1)
    same = estimate(given, METRICS["accuracy"], draws, given)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    better = estimate(perfect, METRICS["accuracy"], draws, given)
    assert better.value == pytest.approx(np.mean(TRUTH != GIVEN))
    assert 0 < better.low < better.value < better.high


def test_a_mean_over_cases_is_the_mean_over_images_and_its_interval_widens_with_the_size_of_cases():
    values = np.repeat(RANDOM.random(20), 10)
    alone = mean_over_cases([str(row) for row in range(200)], values, seed=0)
    together = mean_over_cases([str(row // 10) for row in range(200)], values, seed=0)
    assert alone.value == together.value == pytest.approx(values.mean())
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_the_interval_of_a_mean_is_that_of_drawing_whole_cases():
    sizes = RANDOM.integers(1, 6, 30)
    cases = np.repeat(np.arange(30), sizes)
    values = RANDOM.random(len(cases))
    found = mean_over_cases(cases.astype(str), values, seed=7)
    names = np.unique(cases.astype(str))
    means = []
    for draw in draws_of_cases(30, seed=7):
        drawn = np.concatenate(
            [np.tile(values[cases == int(name)], int(times)) for name, times in zip(names, draw, strict=True)]
        )
        means.append(drawn.mean())
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(means, (0.025, 0.975))))
    assert mean_over_cases(cases.astype(str), values, seed=7) == found


def test_the_same_seed_draws_the_same_cases_and_another_others():
    assert np.array_equal(draws_of_cases(5, seed=2), draws_of_cases(5, seed=2))
    assert not np.array_equal(draws_of_cases(5, seed=2), draws_of_cases(5, seed=3))


def test_each_image_counts_once_and_a_class_of_one_image_counts_whole():
    counts = confusion_by_case(["a", "a", "b"], np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    assert counts.tolist() == [[[1, 1], [0, 0]], [[0, 0], [0, 1]]]
    one = np.array([[[1.0, 0.0], [0.0, 0.0]]])
    assert METRICS["balanced_accuracy"](one).tolist() == METRICS["macro_f1"](one).tolist() == [1.0]
