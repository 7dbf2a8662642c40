"""Choose the channel weights and the rank offset of the fusion, by cross-validation, and say what they reach.

The cases of the train and dev splits (or of train only) ask for the cases of their topic, masked, leave-case-out. One
row per metric: what the chosen weights reach on the cases that they were chosen on, and what weights chosen in the same
way on the other folds reach out of fold, the mean over ten ways to deal the folds, with its 95 % interval over cases;
beside it plain BM25 over all fields, asked the same questions in the same run, and the paired difference.

With `--write`, the chosen weights go into `rag/search/fusion.py`. Weights belong to the encoders: run it again with new
ones.

Usage: python -m benchmarks.choose_weights WORKSPACE [--train-only] [--write]
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

import casegraph
import rag.search.fusion
from benchmarks.record import append_row
from rag.evaluation.asking import CaseAnswers, ask_with_cases
from rag.evaluation.intervals import mean_with_interval
from rag.evaluation.metrics import ceiling_of, scores_of
from rag.evaluation.protocol import SEED
from rag.evaluation.relevance import Gains, Relevance, gains_of
from rag.evaluation.weights import FIXED, Fusion, RankTable, choose_fusion, out_of_fold_rankings

DEALS = 10
TOLD = ("hit@1", "hit@5", "hit@10", "mrr")


def main() -> None:
    """Choose, print, append a row per metric, and write the weights where that is asked for."""
    arguments = _arguments()
    splits = ("train",) if arguments.train_only else ("train", "dev")
    with casegraph.open(arguments.workspace) as space:
        cases = [stored.case for stored in space.engines.store.cases() if stored.case.split in splits]
        gains = {case.case_id: gains_of(case, cases, Relevance.SAME_TOPIC) for case in cases}
        asked = ask_with_cases(space.engines.finder, cases, [case for case in cases if gains[case.case_id]], seed=SEED)
        encoders = f"{space.engines.finder.image_encoder.name}+{space.engines.finder.text_encoder.name}"
    wanted = [gains[one.case_id] for one in asked]
    topics = {case.case_id: (case.topic.title or "").casefold() for case in cases}
    table = RankTable(asked, wanted)
    fusion = choose_fusion(table, range(len(asked)))
    print(_as_source(fusion))
    told = {
        "splits": "+".join(splits),
        "encoders": encoders,
        "queries": len(asked),
        "rank_offset": fusion.rank_offset,
        **{str(channel): weight for channel, weight in fusion.weights.items() if channel not in FIXED},
    }
    for metric, values in _measured(table, fusion, asked, wanted, [topics[one.case_id] for one in asked]).items():
        append_row("choose_weights", **told, metric=metric, **{name: round(v, 3) for name, v in values.items()})
    if arguments.write:
        _write(fusion)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="choose_weights")
    parser.add_argument("workspace", nargs="?", default="workspace")
    parser.add_argument("--train-only", action="store_true")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def _measured(
    table: RankTable, fusion: Fusion, asked: Sequence[CaseAnswers], gains: Sequence[Gains], groups: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return by metric what the weights reach in sample and out of fold, and what BM25 does."""
    seen = _scores([table.ranking(row, fusion) for row in range(len(asked))], gains)
    deals = [_scores(out_of_fold_rankings(table, groups, seed), gains) for seed in range(DEALS)]
    floor = _scores([one.bm25 for one in asked], gains)
    best = [ceiling_of(gain) for gain in gains]
    return {metric: _row(metric, seen, deals, floor) | {"ceiling": _mean(best, metric)} for metric in TOLD}


Scored = Sequence[Mapping[str, float]]
"""The metrics of each question."""


def _row(metric: str, seen: Scored, deals: Sequence[Scored], floor: Scored) -> dict[str, float]:
    each = np.mean([[one[metric] for one in deal] for deal in deals], axis=0)
    bm25 = np.array([one[metric] for one in floor])
    reached, apart = mean_with_interval(each.tolist(), SEED), mean_with_interval((each - bm25).tolist(), SEED)
    return {
        "in_sample": _mean(seen, metric),
        "out_of_fold": reached.value,
        "low": reached.low,
        "high": reached.high,
        "lowest_deal": min(_mean(deal, metric) for deal in deals),
        "bm25": float(bm25.mean()),
        "minus_bm25": apart.value,
        "minus_bm25_low": apart.low,
        "minus_bm25_high": apart.high,
    }


def _scores(rankings: Sequence[Sequence[str]], gains: Sequence[Gains]) -> Scored:
    return [scores_of(ranking, wanted) for ranking, wanted in zip(rankings, gains, strict=True)]


def _mean(scores: Scored, metric: str) -> float:
    return float(np.mean([one[metric] for one in scores]))


def _as_source(fusion: Fusion) -> str:
    lines = [f"RANK_OFFSET = {fusion.rank_offset}", "WEIGHTS: Mapping[Channel, float] = {"]
    channels = rag.search.fusion.Channel.__members__
    lines += [f"    Channel.{name}: {_weight(fusion, channel)}," for name, channel in channels.items()]
    return "\n".join([*lines, "}"])


def _weight(fusion: Fusion, channel: rag.search.fusion.Channel) -> str:
    """Return a weight as it is written; a channel that was not asked keeps the one it has."""
    if channel is rag.search.fusion.Channel.DIAGNOSIS:
        return "NAMED"
    return str(fusion.weights.get(channel, rag.search.fusion.WEIGHTS[channel]))


def _write(fusion: Fusion) -> None:
    path = Path(rag.search.fusion.__file__)
    text = path.read_text(encoding="utf-8")
    pattern = r"^RANK_OFFSET = .*?^WEIGHTS: .*?^\}"
    new, count = re.subn(pattern, lambda _: _as_source(fusion), text, flags=re.MULTILINE | re.DOTALL)
    if count != 1:
        raise ValueError(f"{path} does not hold RANK_OFFSET and WEIGHTS one after the other.")
    path.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
