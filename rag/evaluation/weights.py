"""Choose how far each channel is trusted, by cross-validation over cases.

The rankings of all channels are there already; weights and rank offset are searched over a coarse grid, one coordinate
after the other, and judged on cases that had no say in them. Folds are dealt by group: cases that answer for one
another stay together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.asking import CaseAnswers
from rag.evaluation.metrics import CUT_OFFS, DEPTH
from rag.evaluation.relevance import Gains
from rag.search.fusion import NAMED, Channel, shared_ranks

# Coarse on purpose. With weights 0, .1, .2, .3, .5, .7, 1 and 1.5 and five offsets, 117 questions of MedPix 2.0 chose
# better for themselves and worse for others: hit@1 .410 where they were chosen, .346 out of fold (this grid without a
# least weight: .419 and .398). No weight is 0: such a channel could never speak, whatever encoder is put behind it.
GRID = (0.1, 0.2, 0.5, 1.0)
OFFSETS = (3, 10, 30)
# Weights are relative to that of the keywords; that a disease is named decides by rule and not by measure.
FIXED: Mapping[Channel, float] = {Channel.KEYWORDS: 1.0, Channel.DIAGNOSIS: NAMED}
FOLDS = 10
ROUNDS = 3  # over all channels; fewer where nothing changes any more


@dataclass(frozen=True)
class Fusion:
    """Weights and rank offset of a fusion."""

    weights: Mapping[Channel, float]
    rank_offset: int


class RankTable:
    """The ranks of all cases in all channels, for all cases that asked.

    Parameters
    ----------
    asked : sequence of Asked, length q
        The answers.
    gains : sequence of Gains, length q
        What was relevant to each.
    """

    def __init__(self, asked: Sequence[CaseAnswers], gains: Sequence[Gains]) -> None:
        ranked = {hit.case_id for one in asked for ranking in one.rankings.values() for hit in ranking}
        self.case_ids = sorted(ranked | {case_id for relevant in gains for case_id in relevant})
        place = {case_id: column for column, case_id in enumerate(self.case_ids)}
        self.channels = tuple(channel for channel in Channel if any(channel in one.rankings for one in asked))
        self.ranks = np.full((len(self.channels), len(asked), len(self.case_ids)), np.inf)
        for row, one in enumerate(asked):
            for channel, ranking in one.rankings.items():
                kept = ranking[:DEPTH]
                columns = [place[hit.case_id] for hit in kept]
                self.ranks[self.channels.index(channel), row, columns] = shared_ranks(kept)
        self.relevant = np.zeros(self.ranks.shape[1:], dtype=bool)
        for row, relevant in enumerate(gains):
            self.relevant[row, [place[case_id] for case_id in relevant]] = True

    def ranking(self, row: int, fusion: Fusion) -> list[str]:
        """Return the fused ranking of one question, as `rag.search.fusion.fuse_rankings` would."""
        scores = self.scores(fusion, self.shares(fusion.rank_offset, [row]))[0]
        order = np.argsort(-scores, kind="stable")
        return [self.case_ids[column] for column in order.tolist() if scores[column] > 0]

    def shares(self, rank_offset: int, rows: Sequence[int]) -> NDArray[np.float64]:
        """Return what each channel would add to each case's score at weight 1, shape (channels, rows, cases)."""
        return 1.0 / (rank_offset + self.ranks[:, rows])

    def scores(self, fusion: Fusion, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the fused scores, shape (rows, cases)."""
        return np.tensordot([fusion.weights[channel] for channel in self.channels], shares, axes=1)


def first_ranks(scores: NDArray[np.float64], relevant: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the rank of the first relevant case of each row, equal scores in order of column; infinite where none."""
    reached = np.where(relevant, scores, -1.0)
    best: NDArray[np.float64] = reached.max(axis=1, keepdims=True)
    first = reached.argmax(axis=1)
    before = cast("NDArray[np.bool_]", np.arange(scores.shape[1])[None] < first[:, None])
    ranks = 1.0 + ((scores > best) | ((scores == best) & before)).sum(axis=1)
    return np.where(best[:, 0] > 0, ranks, np.inf)


def choose_fusion(table: RankTable, rows: Sequence[int]) -> Fusion:
    """Return the weights and the offset that do best on these questions."""
    found = [_best_weights(table, rows, offset) for offset in OFFSETS]
    return max(found, key=lambda fusion: worth(table, fusion, rows))


def worth(table: RankTable, fusion: Fusion, rows: Sequence[int]) -> float:
    """Return what is maximised over these questions: the mean of hit@1, hit@5, hit@10 and reciprocal rank."""
    return _worth(table.scores(fusion, table.shares(fusion.rank_offset, rows)), table.relevant[rows])


def out_of_fold_rankings(table: RankTable, groups: Sequence[str], seed: int) -> list[list[str]]:
    """Return the fused ranking of each question, with weights that were chosen on the other folds.

    Parameters
    ----------
    groups : sequence of str, length q
        Questions of one group are in one fold.
    """
    rankings: list[list[str]] = [[] for _ in groups]
    for held_out in _folds(groups, seed):
        fusion = choose_fusion(table, [row for row in range(len(groups)) if row not in held_out])
        for row in held_out:
            rankings[row] = table.ranking(row, fusion)
    return rankings


def _folds(groups: Sequence[str], seed: int) -> Iterator[set[int]]:
    names = sorted(set(groups))
    order: list[int] = np.random.default_rng(seed).permutation(len(names)).tolist()
    for number in range(min(FOLDS, len(names))):
        chosen = {names[place] for place in order[number::FOLDS]}
        yield {row for row, group in enumerate(groups) if group in chosen}


def _worth(scores: NDArray[np.float64], relevant: NDArray[np.bool_]) -> float:
    ranks = first_ranks(scores, relevant)
    return float(np.mean([*((ranks <= k).mean() for k in CUT_OFFS), (1.0 / ranks).mean()]))


def _best_weights(table: RankTable, rows: Sequence[int], rank_offset: int) -> Fusion:
    """Search the grid, one channel after the other, from the least weights."""
    shares, relevant = table.shares(rank_offset, rows), table.relevant[rows]
    best = Fusion({channel: FIXED.get(channel, GRID[0]) for channel in table.channels}, rank_offset)
    for _ in range(ROUNDS):
        before = best
        for channel in table.channels:
            if channel not in FIXED:
                tried = (Fusion({**best.weights, channel: weight}, rank_offset) for weight in GRID)
                best = max((best, *tried), key=lambda fusion: _worth(table.scores(fusion, shares), relevant))
        if best == before:
            break
    return best
