"""Metrics of rankings against slow, obvious ways to get the same numbers."""

from __future__ import annotations

from itertools import permutations
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.intervals import mean_with_interval
from rag.evaluation.metrics import METRICS, ceiling_of, random_scores, scores_of

IDS = [f"c{number}" for number in range(7)]
rankings = st.permutations(IDS).flatmap(lambda order: st.integers(0, 7).map(lambda k: order[:k]))
all_gains = st.dictionaries(st.sampled_from(IDS), st.sampled_from([1.0, 2.0, 3.0]), min_size=1)


def slow_scores(ranking, gains):
    """Go through the ranks one by one."""
    slow = {}
    for k in (1, 5, 10):
        found = [case_id for place, case_id in enumerate(ranking) if place < k and case_id in gains]
        slow[f"hit@{k}"] = 1.0 if found else 0.0
        slow[f"recall@{k}"] = len(found) / len(gains)
    best = max(dcg(order, gains) for order in permutations(gains))
    slow["ndcg@10"] = dcg(ranking, gains) / best
    slow["mrr"] = 0.0
    for place in reversed(range(len(ranking))):
        if ranking[place] in gains:
            slow["mrr"] = 1 / (place + 1)
    return slow


def dcg(ranking, gains):
    total = 0.0
    for place, case_id in enumerate(ranking):
        if place < 10 and case_id in gains:
            total += gains[case_id] / log2(place + 2)
    return total


@given(rankings, all_gains)
def test_scores_agree_with_the_slow_way(ranking, gains):
    assert scores_of(ranking, gains) == pytest.approx(slow_scores(ranking, gains))


@given(rankings, all_gains)
def test_no_ranking_passes_the_ceiling(ranking, gains):
    ceiling, scores = ceiling_of(gains), scores_of(ranking, gains)
    assert all(scores[metric] <= ceiling[metric] + 1e-12 for metric in METRICS)


@pytest.mark.parametrize("relevant", [1, 2, 3])
def test_the_expected_value_of_a_random_order_is_the_mean_over_all_orders(relevant):
    candidates = [f"c{number}" for number in range(6)]
    gains = {case_id: float(place + 1) for place, case_id in enumerate(candidates[:relevant])}
    scores = [scores_of(order, gains) for order in permutations(candidates)]
    expected = {metric: np.mean([one[metric] for one in scores]) for metric in METRICS}
    assert random_scores(gains, len(candidates)) == pytest.approx(expected)


def test_the_interval_is_that_of_the_resampled_means_and_the_same_for_the_same_seed():
    values = [0.0, 0.0, 1.0, 1.0, 1.0]
    estimate = mean_with_interval(values, seed=3)
    assert estimate.value == pytest.approx(0.6)
    means = np.sort([np.mean(np.random.default_rng(n).choice(values, 5)) for n in range(5000)])
    assert estimate.low == pytest.approx(means[125], abs=0.1)
    assert estimate.high == pytest.approx(means[4874], abs=0.1)
    assert mean_with_interval(values, seed=3) == estimate
    assert mean_with_interval([1.0] * 9, seed=1).low == 1.0


def test_an_interval_leaves_one_resampled_mean_in_forty_below_and_one_above():
    """The mean of n zeros and ones is a binomial count over n, whose quantiles are known."""
    estimate = mean_with_interval([0.0] * 200 + [1.0] * 200, seed=5)
    spread = 1.959964 * (0.25 / 400) ** 0.5  # standard error of the mean of 400 fair coins, times the normal quantile
    assert estimate.low == pytest.approx(0.5 - spread, abs=0.003)
    assert estimate.high == pytest.approx(0.5 + spread, abs=0.003)


def test_another_seed_draws_other_cases():
    values = np.random.default_rng(1).random(50)
    assert mean_with_interval(values, seed=3) == mean_with_interval(values, seed=3)
    assert mean_with_interval(values, seed=3) != mean_with_interval(values, seed=4)


def test_a_mean_of_no_values_is_refused():
    with pytest.raises(ValueError, match=r"^a mean needs at least one value$"):
        mean_with_interval([], seed=1)


def test_what_stands_behind_the_tenth_place_adds_nothing_and_is_missed_by_nobody():
    relevant = {f"r{number}": 1.0 + number % 3 for number in range(14)}
    best = sorted(relevant, key=lambda case_id: -relevant[case_id])
    assert scores_of(best, relevant)["ndcg@10"] == pytest.approx(1.0)
    assert scores_of(best[:10], relevant)["ndcg@10"] == pytest.approx(1.0)
    expected = dcg(best[::-1], relevant) / dcg(best, relevant)
    assert scores_of(best[::-1], relevant)["ndcg@10"] == pytest.approx(expected)
    gain = sum(relevant.values()) / 20  # of each place of a random order of twenty
    assert random_scores(relevant, 20)["ndcg@10"] == pytest.approx(
        gain * sum(1 / log2(place + 2) for place in range(10)) / dcg(best, relevant)
    )
