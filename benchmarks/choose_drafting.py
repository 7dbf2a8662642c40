"""Choose how many similar cases a draft stands on and how much support a finding needs, for `rag/drafts/selection.py`.

The cases of the train split are drafted for as `casegraph draft` does, each left out of the others; the choice is
the best mean F1 of findings, and what it is worth is told out of fold: ten folds of cases, dealt by topic, each judged
by the choice of the other nine. No classifier is asked, since none is left that did not learn from train.

Usage: python -m benchmarks.choose_drafting WORKSPACE
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

import casegraph
from benchmarks.record import append_row
from ingest.case import Case
from ingest.vocabulary import Assertion
from rag.drafts.draft import SimilarCase
from rag.drafts.evidence import DraftRequest, boldest, gather_evidence
from rag.drafts.selection import MAX_FINDINGS, Bar, Claims, supported_findings
from rag.evaluation.draft_scores import claims_of, finding_scores
from rag.evaluation.drafting import DraftedCase, DraftingWith, drafts_without
from rag.evaluation.intervals import mean_with_interval
from rag.evaluation.protocol import SEED

GRID = [Bar(*values) for values in product((5, 10, 20, 30), (5, 30), (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4))]
FOLDS = 10


def main() -> None:
    """Choose, print, and append a row."""
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        engines = space.engines
        cases = [stored.case for stored in engines.store.cases() if stored.case.split == "train"]
        asking = [case for case in cases if claims_of(case)]
        drafting = DraftingWith(engines.objects.read, lambda: engines.graph)
        drafted = drafts_without(engines.finder, drafting, asking, cases, {case.case_id for case in cases})
    said = {case.case_id: _said(case) for case in cases}
    scores = np.array([[_f1(one, said, bar) for one in drafted] for bar in GRID])
    chosen = int(scores.mean(axis=1).argmax())
    honest = _out_of_fold(scores, [(one.case.topic.title or one.case.case_id).casefold() for one in drafted])
    copies = [_copy_f1(one, said) for one in drafted]
    estimate, gain = (
        mean_with_interval(honest.tolist(), SEED),
        mean_with_interval((honest - np.array(copies)).tolist(), SEED),
    )
    append_row(
        "choose_drafting",
        cases=len(drafted),
        most_cases=GRID[chosen].most_cases,
        rank_offset=GRID[chosen].rank_offset,
        least_support=GRID[chosen].least_support,
        in_sample_f1=round(float(scores[chosen].mean()), 3),
        out_of_fold_f1=round(estimate.value, 3),
        low=round(estimate.low, 3),
        high=round(estimate.high, 3),
        five_nearest_all_findings_f1=round(float(scores[GRID.index(Bar(5, 30, 0.0))].mean()), 3),
        copy_f1=round(float(np.mean(copies)), 3),
        gain_over_copy=round(gain.value, 3),
        gain_low=round(gain.low, 3),
        gain_high=round(gain.high, 3),
    )


def _said(case: Case) -> dict[str, Assertion]:
    rows = gather_evidence(DraftRequest(), [case])
    return boldest((row.concept_id, row.assertion) for row in rows if row.concept_id)


def _copy_f1(one: DraftedCase, said: Mapping[str, Claims]) -> float:
    """Return the F1 of all that the nearest case says; 0 where none was found."""
    return next((finding_scores(said[near.case_id], claims_of(one.case))["finding_f1"] for near in _near(one)), 0.0)


def _near(one: DraftedCase) -> tuple[SimilarCase, ...]:
    return one.draft.similar_cases


def _f1(one: DraftedCase, said: Mapping[str, Claims], bar: Bar) -> float:
    leading = supported_findings([said[near.case_id] for near in _near(one)[: bar.most_cases]], bar)
    first = dict(list(leading.items())[:MAX_FINDINGS])
    return finding_scores(first, claims_of(one.case))["finding_f1"]


def _out_of_fold(scores: NDArray[np.float64], groups: Sequence[str]) -> NDArray[np.float64]:
    names = sorted(set(groups))
    order = np.random.default_rng(SEED).permutation(len(names))
    fold_of = {names[place]: number % FOLDS for number, place in enumerate(order.tolist())}
    folds = np.array([fold_of[group] for group in groups])
    honest = np.zeros(scores.shape[1])
    for fold in range(FOLDS):
        best = int(scores[:, folds != fold].mean(axis=1).argmax())
        honest[folds == fold] = scores[best, folds == fold]
    return honest


if __name__ == "__main__":
    main()
