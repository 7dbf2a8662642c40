"""Measure the similar-case search of an archive on its own cases, and say how sure the figures are.

Every case that has a relevant case among the others asks for it, masked; every ranker answers the same questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from clip.evaluation.estimates import Estimate
from ingest.case import Case
from ingest.errors import InputError
from ingest.notices import Notice
from ingest.progress import ProgressCallback, ignore_progress
from rag.evaluation.asking import CaseAnswers, ask_with_cases
from rag.evaluation.intervals import mean_with_interval
from rag.evaluation.metrics import METRICS, NDCG, Scores, ceiling_of, random_scores, scores_of
from rag.evaluation.relevance import Gains, Relevance, gains_of
from rag.evaluation.weights import RankTable, out_of_fold_rankings
from rag.search.fusion import RANK_OFFSET, Channel, fuse_rankings
from rag.search.search import CaseSearch

RANDOM = "random"
BM25 = "bm25"
FUSED = "fused"
OUT_OF_FOLD = "fused-out-of-fold"
RERANKED = "reranked"
SEED = 7


@dataclass(frozen=True)
class RelevanceReport:
    """How every ranker did for one kind of relevance.

    Attributes
    ----------
    queries : int
        How many cases asked: those that have a relevant case and words left to ask with.
    unanswerable : int
        How many of the cases that were to ask have no relevant case among the candidates.
    ceiling : mapping
        What a perfect ranking gets, by metric.
    rankers : mapping
        Estimates by ranker and metric: random, BM25, each channel alone, the fused whole, and that reranked.
    differences : mapping
        Fused minus BM25, paired by case, by ranker and metric.
    """

    relevance: Relevance
    queries: int
    unanswerable: int
    ceiling: Scores
    rankers: Mapping[str, Mapping[str, Estimate]]
    differences: Mapping[str, Mapping[str, Estimate]]


@dataclass(frozen=True)
class SearchEvaluation:
    """The whole evaluation: what was asked of what, and one report per kind of relevance.

    Attributes
    ----------
    candidates : int
        How many cases could be found.
    asking : int
        How many cases were to ask.
    queries_without_text : int
        How many of them have no words left to ask with.
    seed : int
        What the random ranker and the bootstrap start from.
    weights : mapping
        The weight of each channel.
    rank_offset : float
        What is added to a rank before its reciprocal counts.
    """

    candidates: int
    asking: int
    queries_without_text: int
    seed: int
    image_encoder: str
    text_encoder: str
    weights: Mapping[str, float]
    rank_offset: float
    reports: tuple[RelevanceReport, ...]
    notices: tuple[Notice, ...]


def evaluate_search(
    search: CaseSearch,
    *,
    relevances: Sequence[Relevance] = tuple(Relevance),
    asking: Set[str] | None = None,
    candidates: Set[str] | None = None,
    seed: int = SEED,
    on_progress: ProgressCallback = ignore_progress,
) -> SearchEvaluation:
    """Let cases ask for their like and score the answers.

    Parameters
    ----------
    search : CaseSearch
        The search to measure, on the documents that it was opened on.
    relevances : sequence of Relevance
        What counts as relevant; one report each.
    asking, candidates : set of str, optional
        The cases that ask, and those that may be found; all by default.
    seed : int
        Of folds and bootstrap: the same seed gives the same report.

    Raises
    ------
    InputError
        If no case has a relevant one.
    """
    everyone = [stored.case for stored in search.store.cases()]
    cases = [case for case in everyone if candidates is None or case.case_id in candidates]
    to_ask = [case for case in everyone if asking is None or case.case_id in asking]
    gains = {relevance: _gains(to_ask, cases, relevance) for relevance in relevances}
    needed = [case for case in to_ask if any(case.case_id in found for found in gains.values())]
    asked = ask_with_cases(search, cases, needed, seed=seed, on_progress=on_progress)
    if not asked:
        raise InputError(
            f"none of {len(to_ask)} cases has a relevant one among {len(cases)}. Evaluate on cases that share a topic "
            "or a diagnosis, or name another kind of relevance."
        )
    groups = {case.case_id: (case.topic.title or case.diagnosis or case.case_id).casefold() for case in to_ask}
    reports = (
        _report(
            relevance,
            asked,
            gains[relevance],
            to_ask=len(to_ask),
            candidates=len(cases),
            groups=groups,
            weights=search.weights,
            seed=seed,
        )
        for relevance in relevances
    )
    notices = dict.fromkeys(notice for one in asked for notice in one.notices)
    return SearchEvaluation(
        candidates=len(cases),
        asking=len(to_ask),
        queries_without_text=len(needed) - len(asked),
        seed=seed,
        image_encoder=search.image_encoder.name,
        text_encoder=search.text_encoder.name,
        weights={str(channel): weight for channel, weight in search.weights.items()},
        rank_offset=RANK_OFFSET,
        reports=tuple(report for report in reports if report is not None),
        notices=tuple(notices),
    )


def _gains(asking: Sequence[Case], cases: Sequence[Case], relevance: Relevance) -> dict[str, Gains]:
    """Return the gains of each asking case that has a relevant one."""
    found = {case.case_id: gains_of(case, cases, relevance) for case in asking}
    return {case_id: gains for case_id, gains in found.items() if gains}


def _report(
    relevance: Relevance,
    asked: Sequence[CaseAnswers],
    gains: Mapping[str, Gains],
    *,
    to_ask: int,
    candidates: int,
    groups: Mapping[str, str],
    weights: Mapping[Channel, float],
    seed: int,
) -> RelevanceReport | None:
    questions = [one for one in asked if one.case_id in gains]
    if not questions:
        return None
    wanted = [gains[one.case_id] for one in questions]
    metrics = (NDCG,) if relevance.graded else METRICS
    others = [candidates - 1] * len(wanted)
    scores = {RANDOM: [random_scores(gain, n) for gain, n in zip(wanted, others, strict=True)]}
    of_question = [groups[one.case_id] for one in questions]
    for name, rankings in _rankings(questions, wanted, of_question, weights, seed).items():
        scores[name] = [scores_of(ranking, gain) for ranking, gain in zip(rankings, wanted, strict=True)]
    estimates = {
        name: _estimates(lambda m, s=found: [one[m] for one in s], metrics, seed) for name, found in scores.items()
    }
    ceilings = [ceiling_of(gain) for gain in wanted]
    return RelevanceReport(
        relevance,
        len(questions),
        to_ask - len(gains),
        {metric: sum(one[metric] for one in ceilings) / len(ceilings) for metric in metrics},
        estimates,
        {
            name: _differences(scores[name], scores[BM25], metrics, seed)
            for name in (FUSED, OUT_OF_FOLD, RERANKED)
            if name in scores
        },
    )


def _rankings(
    asked: Sequence[CaseAnswers],
    gains: Sequence[Gains],
    groups: Sequence[str],
    weights: Mapping[Channel, float],
    seed: int,
) -> dict[str, list[Sequence[str]]]:
    """Return each ranker's rankings, one per question."""
    table = RankTable(asked, gains)
    by_ranker: dict[str, list[Sequence[str]]] = {BM25: [one.bm25 for one in asked]}
    for channel in table.channels:
        by_ranker[str(channel)] = [[hit.case_id for hit in one.rankings.get(channel, ())] for one in asked]
    n = len(table.case_ids)
    by_ranker[FUSED] = [[hit.case_id for hit in fuse_rankings(one.rankings, n, weights)] for one in asked]
    if any(one.reread for one in asked):
        reranked = [fuse_rankings({**one.rankings, **one.reread}, n, weights) for one in asked]
        by_ranker[RERANKED] = [[hit.case_id for hit in hits] for hits in reranked]
    if len(set(groups)) > 1:
        by_ranker[OUT_OF_FOLD] = list(out_of_fold_rankings(table, groups, seed))
    return by_ranker


def _differences(
    first: Sequence[Scores], second: Sequence[Scores], metrics: Sequence[str], seed: int
) -> dict[str, Estimate]:
    return _estimates(lambda m: [a[m] - b[m] for a, b in zip(first, second, strict=True)], metrics, seed)


def _estimates(values_of: Callable[[str], Sequence[float]], metrics: Sequence[str], seed: int) -> dict[str, Estimate]:
    return {metric: mean_with_interval(values_of(metric), seed) for metric in metrics}
