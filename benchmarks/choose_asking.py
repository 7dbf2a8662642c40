"""Choose how `ask` mixes the votes of similar cases with the graph's ranking, as `rag/ask.py` has it.

The cases of the train split ask for their diagnosis, each held out; the choice is the best mean of hit@1, 5 and 10 of
the diagnosis and of its category, and what it is worth is told out of fold: ten folds of cases, dealt by topic.

Usage: python -m benchmarks.choose_asking WORKSPACE
"""

from __future__ import annotations

import sys
from itertools import product

import numpy as np

import casegraph
from benchmarks.record import append_row
from rag.diagnosis_votes import Mix, diagnoses_of
from rag.evaluation.answering import ASK, BASELINES, METRICS, Archive, ask_with
from rag.evaluation.protocol import SEED

GRID = [Mix(*values) for values in product((0, 3, 10, 30), (0.0, 0.1, 0.25, 0.5, 1.0), (0.0, 0.25, 0.5, 1.0, 2.0))]
FOLDS = 10


def main() -> None:
    """Choose, print, and append a row."""
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        cases = [stored.case for stored in space.engines.store.cases() if stored.case.split == "train"]
        asking = [case for case in cases if diagnoses_of(case).final]
        asked = ask_with(
            space.engines.finder, space.engines.graph, cases, asking, seed=SEED, on_progress=lambda done, total: None
        )
    archive = Archive(cases)
    every = np.array(
        [[list(archive.scores(one.case, archive.answer(ASK, one, mix)).values()) for one in asked] for mix in GRID]
    )
    worth = every.mean(axis=2)
    topics = [(one.case.topic.title or one.case.case_id).casefold() for one in asked]
    names = sorted(set(topics))
    order = np.random.default_rng(SEED).permutation(len(names)).tolist()
    fold_of = {names[place]: number % FOLDS for number, place in enumerate(order)}
    folds = np.array([fold_of[topic] for topic in topics])
    honest = np.zeros(every.shape[1:])
    for fold in range(FOLDS):
        best = int(worth[:, folds != fold].mean(axis=1).argmax())
        honest[folds == fold] = every[best, folds == fold]
    chosen = GRID[int(worth.mean(axis=1).argmax())]
    _tell("ask, out of fold", len(asked), chosen, honest.mean(axis=0))
    for name in BASELINES:
        found = np.array([list(archive.scores(one.case, archive.answer(name, one, chosen)).values()) for one in asked])
        _tell(name, len(asked), chosen, found.mean(axis=0))
    _tell("ceiling", len(asked), chosen, np.array([list(archive.ceiling(c.case).values()) for c in asked]).mean(axis=0))


def _tell(answerer: str, cases: int, mix: Mix, values: np.ndarray) -> None:
    append_row(
        "choose_asking",
        answerer=answerer,
        cases=cases,
        rank_offset=mix.rank_offset,
        considered=mix.considered,
        graph=mix.graph,
        **{metric: round(float(value), 3) for metric, value in zip(METRICS, values, strict=True)},
    )


if __name__ == "__main__":
    main()
