"""How good a ranking is: hit, recall and nDCG at k, reciprocal rank; what a perfect and a random one would get.

A ranking is a sequence of case ids, best first; what it does not name is not found. `gains` maps the relevant case ids
to their gain. nDCG: Järvelin, Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques, TOIS 2002, with the gain
itself as numerator and ``log2(1 + rank)`` as discount.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, log2

from rag.evaluation.relevance import Gains

CUT_OFFS = (1, 5, 10)
NDCG_AT = 10
DEPTH = 100  # rankings are cut here, as the search's own channels are: a rank beyond it is as good as not found
METRICS = (*(f"hit@{k}" for k in CUT_OFFS), *(f"recall@{k}" for k in CUT_OFFS), f"ndcg@{NDCG_AT}", "mrr")
NDCG = f"ndcg@{NDCG_AT}"

Scores = dict[str, float]


def scores_of(ranking: Sequence[str], gains: Gains) -> Scores:
    """Return every metric of one ranking."""
    return {
        **{f"hit@{k}": hit_at_k(ranking, gains, k) for k in CUT_OFFS},
        **{f"recall@{k}": recall_at_k(ranking, gains, k) for k in CUT_OFFS},
        NDCG: ndcg_at_k(ranking, gains, NDCG_AT),
        "mrr": reciprocal_rank(ranking, gains),
    }


def hit_at_k(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Return 1 if a relevant case is among the first k, else 0."""
    return float(any(case_id in gains for case_id in ranking[:k]))


def recall_at_k(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Return the share of the relevant cases that are among the first k."""
    return sum(case_id in gains for case_id in ranking[:k]) / len(gains)


def reciprocal_rank(ranking: Sequence[str], gains: Gains) -> float:
    """Return one over the rank of the first relevant case; 0 where none is among the first `DEPTH`."""
    return next((1 / rank for rank, case_id in enumerate(ranking[:DEPTH], 1) if case_id in gains), 0.0)


def ndcg_at_k(ranking: Sequence[str], gains: Gains, k: int) -> float:
    """Return the discounted gain of the first k over that of a perfect ranking."""
    reached = sum(gains.get(case_id, 0.0) / log2(1 + rank) for rank, case_id in enumerate(ranking[:k], 1))
    return reached / _best_dcg(gains, k)


def ceiling_of(gains: Gains) -> Scores:
    """Return what a perfect ranking gets."""
    return scores_of(sorted(gains, key=lambda case_id: -gains[case_id]), gains)


def random_scores(gains: Gains, candidates: int) -> Scores:
    """Return what a random order of the candidates gets, as the exact expected value.

    Parameters
    ----------
    candidates : int
        How many cases may be found, the relevant ones among them.
    """
    n, r = candidates, len(gains)
    first_at = [comb(n - rank, r - 1) / comb(n, r) for rank in range(1, min(DEPTH, n - r + 1) + 1)]
    discounts = sum(1 / log2(1 + rank) for rank in range(1, min(NDCG_AT, n) + 1))
    return {
        **{f"hit@{k}": 1 - comb(n - r, min(k, n)) / comb(n, min(k, n)) for k in CUT_OFFS},
        **{f"recall@{k}": min(k, n) / n for k in CUT_OFFS},
        NDCG: sum(gains.values()) / n * discounts / _best_dcg(gains, NDCG_AT),
        "mrr": sum(chance / rank for rank, chance in enumerate(first_at, 1)),
    }


def _best_dcg(gains: Gains, k: int) -> float:
    best = sorted(gains.values(), reverse=True)[:k]
    return sum(gain / log2(1 + rank) for rank, gain in enumerate(best, 1))
