"""Choose the channel weights and the rank offset of the fusion, and print them as `rag/fusion.py` has them.

The cases of the train and dev splits (or of train only) ask for the cases of their topic, masked, leave-case-out.
Beside the table: what these weights reach on the cases that they were chosen on, and what weights chosen in the same
way on the other folds reach out of fold, the mean over ten ways to deal the folds.

Usage: python -m benchmarks.choose_weights WORKSPACE [--train-only]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

import casegraph
from benchmarks.record import append_row
from rag.evaluation.asking import ask_with_cases
from rag.evaluation.metrics import scores_of
from rag.evaluation.protocol import SEED
from rag.evaluation.relevance import Gains, Relevance, gains_of
from rag.evaluation.weights import Fusion, RankTable, choose_fusion, out_of_fold_rankings

DEALS = 10
TOLD = ("hit@1", "hit@5", "hit@10", "mrr")


def main() -> None:
    """Choose, print, and append a row."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--train-only"]
    splits = ("train",) if "--train-only" in sys.argv else ("train", "dev")
    with casegraph.open(arguments[0] if arguments else "workspace") as space:
        cases = [stored.case for stored in space.store.cases() if stored.case.split in splits]
        gains = {case.case_id: gains_of(case, cases, Relevance.SAME_TOPIC) for case in cases}
        asked = ask_with_cases(space.finder, cases, [case for case in cases if gains[case.case_id]], seed=SEED)
    wanted = [gains[one.case_id] for one in asked]
    topics = {case.case_id: (case.topic.title or "").casefold() for case in cases}
    groups = [topics[one.case_id] for one in asked]
    table = RankTable(asked, wanted)
    fusion = choose_fusion(table, range(len(asked)))
    seen = _means([table.ranking(row, fusion) for row in range(len(asked))], wanted)
    deals = [_means(out_of_fold_rankings(table, groups, seed), wanted) for seed in range(DEALS)]
    _print(fusion)
    append_row(
        "choose_weights",
        splits="+".join(splits),
        queries=len(asked),
        rank_offset=fusion.rank_offset,
        **{str(channel): weight for channel, weight in fusion.weights.items()},
        **{f"in_sample_{metric}": round(seen[metric], 3) for metric in TOLD},
        **{f"out_of_fold_{metric}": round(float(np.mean([deal[metric] for deal in deals])), 3) for metric in TOLD},
        **{f"lowest_deal_{metric}": round(min(deal[metric] for deal in deals), 3) for metric in TOLD},
    )


def _means(rankings: Sequence[Sequence[str]], gains: Sequence[Gains]) -> dict[str, float]:
    scores = [scores_of(ranking, wanted) for ranking, wanted in zip(rankings, gains, strict=True)]
    return {metric: float(np.mean([one[metric] for one in scores])) for metric in TOLD}


def _print(fusion: Fusion) -> None:
    print(f"RANK_OFFSET = {fusion.rank_offset}")
    print("WEIGHTS: Mapping[Channel, float] = {")
    for channel, weight in fusion.weights.items():
        print(f"    Channel.{channel.name}: {weight},")
    print("}")


if __name__ == "__main__":
    main()
