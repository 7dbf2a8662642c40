"""Choose the weights by which `ask` ranks diagnoses, as `rag/diagnosis_votes.py` has them.

The cases of the train split ask for their diagnosis, each held out, with all that is known of them and a second time in
brief: with a few findings and symptoms by name. The weights make the right diagnoses as likely as can be (a conditional
logit over the diagnoses ranked, with a small penalty), on both kinds of questions together. What they are worth is told
out of fold: ten folds of cases, dealt by topic, and the paired difference to the nearest cases with its 95 % interval.

Usage: python -m benchmarks.choose_asking WORKSPACE [dev]
With "dev" nothing is chosen: the committed weights are measured on the cases of the dev split.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
from scipy.optimize import minimize

import casegraph
from benchmarks.record import append_row
from rag.diagnosis_votes import MIX, Mix, diagnoses_of, score_diagnoses
from rag.evaluation.answering import ASK, BASELINES, KEYWORDS, METRICS, NEAREST, AnsweringArchive, AskedCase, ask_with
from rag.evaluation.intervals import mean_with_interval
from rag.evaluation.protocol import SEED

FOLDS = 10
PENALTY = 0.01
NAMES = [field.name for field in fields(Mix)]
KINDS = {"whole": False, "brief": True}


@dataclass(frozen=True)
class Sample:
    """One question: what speaks for each diagnosis, of shape (n diagnoses, 5), and which of them is right."""

    values: np.ndarray
    right: int | None


def main() -> None:
    """Choose, print, and append rows."""
    with casegraph.open(sys.argv[1] if len(sys.argv) > 1 else "workspace") as space:
        every = [stored.case for stored in space.engines.store.cases()]
        split = sys.argv[2] if len(sys.argv) > 2 else "train"
        cases = every if split == "dev" else [case for case in every if case.split == "train"]
        asking = [case for case in every if case.split == split and diagnoses_of(case).final]
        asked = {
            kind: ask_with(
                space.engines.finder,
                space.engines.graph,
                cases,
                asking,
                seed=SEED,
                on_progress=lambda done, total: None,
                brief=brief,
            )
            for kind, brief in KINDS.items()
        }
    archive = AnsweringArchive(cases)
    if split == "dev":
        for kind, questions in asked.items():
            _tell_all(archive, f"{kind}, dev", questions, [MIX] * len(questions), MIX)
        return
    samples = {kind: [sample(archive, one) for one in questions] for kind, questions in asked.items()}
    folds = _folds([(case.topic.title or case.case_id).casefold() for case in asking])
    chosen = _fitted([one for found in samples.values() for one in found])
    by_fold = [
        _fitted([one for found in samples.values() for one, own in zip(found, folds, strict=True) if own != fold])
        for fold in range(FOLDS)
    ]
    for kind, questions in asked.items():
        _tell_all(archive, kind, questions, [by_fold[fold] for fold in folds], chosen)


def sample(archive: AnsweringArchive, asked: AskedCase) -> Sample:
    """Return a question as the five things that speak for each diagnosis that some case has, and the right one."""
    similar = [archive.diagnoses[case_id] for case_id in asked.similar]
    age = asked.case.patient.age_years
    alone = [Mix(*(float(name == other) for other in NAMES)) for name in NAMES]
    scored = [dict(score_diagnoses(similar, asked.in_graph, mix, age_years=age)) for mix in alone]
    final = {case.final for case in similar if case.final} | {k for k, said in asked.in_graph.items() if said.is_final}
    keys = sorted(final)
    values = np.log(np.array([[one[key] for one in scored] for key in keys]).reshape(-1, len(NAMES)))
    right = diagnoses_of(asked.case).final
    return Sample(values, keys.index(right) if right in final else None)


def _fitted(samples: Sequence[Sample]) -> Mix:
    """Return the weights under which the right diagnoses are the likeliest."""
    told = [(one.values, one.right) for one in samples if one.right is not None]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros(len(NAMES))
        for values, right in told:
            scores = values @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            total -= float(np.log(shares[right]))
            slope += shares @ values - values[right]
        return (
            total / len(told) + PENALTY * float(weights @ weights),
            slope / len(told) + 2 * PENALTY * weights,
        )

    found = minimize(loss, np.ones(len(NAMES)), jac=True, method="L-BFGS-B")
    return Mix(*(round(float(weight), 2) for weight in found.x))


def _folds(topics: Sequence[str]) -> list[int]:
    """Deal the topics to folds, so that cases of one topic stand in one."""
    names = sorted(set(topics))
    order = np.random.default_rng(SEED).permutation(len(names)).tolist()
    fold_of = {names[place]: number % FOLDS for number, place in enumerate(order)}
    return [fold_of[topic] for topic in topics]


def _tell_all(
    archive: AnsweringArchive, kind: str, asked: Sequence[AskedCase], mixes: Sequence[Mix], chosen: Mix
) -> None:
    name = ASK if len(set(mixes)) == 1 else f"{ASK}, out of fold"
    honest = [archive.scores(one.case, archive.answer(ASK, one, mix)) for one, mix in zip(asked, mixes, strict=True)]
    _tell(kind, name, chosen, honest)
    for baseline in BASELINES:
        found = [archive.scores(one.case, archive.answer(baseline, one, chosen)) for one in asked]
        _tell(kind, baseline, chosen, found)
        if baseline in (NEAREST, KEYWORDS):
            apart = [{metric: a[metric] - b[metric] for metric in METRICS} for a, b in zip(honest, found, strict=True)]
            _tell(kind, f"{name} minus {baseline}", chosen, apart, interval=True)
    _tell(kind, "ceiling", chosen, [archive.ceiling(one.case) for one in asked])


def _tell(kind: str, answerer: str, mix: Mix, scores: Sequence[dict[str, float]], *, interval: bool = False) -> None:
    told = {}
    for metric in METRICS:
        estimate = mean_with_interval([one[metric] for one in scores], SEED)
        told[metric] = (
            f"{estimate.value:.3f} ({estimate.low:+.3f} to {estimate.high:+.3f})"
            if interval
            else round(estimate.value, 3)
        )
    weights = dict(zip(NAMES, astuple(mix), strict=True))
    append_row("choose_asking", question=kind, answerer=answerer, cases=len(scores), **weights, **told)


if __name__ == "__main__":
    main()
