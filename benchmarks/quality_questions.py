"""How well search answers eighty questions in words, of ten kinds, beside the same words taken literally and BM25.

The questions stand in ``benchmarks/data/questions.jsonl``: their kind, whether they were there to choose by or are
there to report, and the cases that answer them, graded by reading (ids and grades only; no text of a case). P@5 counts
the answers among the first five, of as many as there are. Intervals are 95 %, by bootstrap over the questions.

Usage: python -m benchmarks.quality_questions WORKSPACE    (a workspace with the train and dev cases of MedPix 2.0)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np

import casegraph
from benchmarks.record import append_row
from casegraph import Query, Workspace
from casegraph.file import WorkspaceFile
from ingest.ids import CaseId
from rag.search.case_words import fields_of

QUESTIONS = Path(__file__).parent / "data" / "questions.jsonl"
DEPTH = 10
SEED = 7
RESAMPLES = 2000

Ranker = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Question:
    """A question, and the grade (1 or 2) of each case that answers it, by its short id."""

    kind: str
    half: str
    text: str
    grades: Mapping[str, int]


def main() -> None:
    """Ask every question of the workspace and record the figures of the reporting half, by kind and over all."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    questions = list(read_questions())
    with casegraph.open(sys.argv[1]) as space:
        encoder = space.engines.finder.text_encoder.name
        search = "search" if encoder == WorkspaceFile().text_encoder else f"search, {encoder}"
        rankers: dict[str, Ranker] = {
            search: lambda text: _found(space, Query(text, k=DEPTH)),
            f"{search}, literal": lambda text: _found(space, Query(text, k=DEPTH, literal=True)),
            "bm25": plain_bm25(space),
        }
        for half in ("choose", "report"):
            asked = [question for question in questions if question.half == half]
            for name, ranker in rankers.items():
                scores = np.array([scores_of(ranker(question.text), question.grades) for question in asked])
                _record(half, name, "all", scores)
                for kind in dict.fromkeys(question.kind for question in asked):
                    of_kind = [number for number, question in enumerate(asked) if question.kind == kind]
                    _record(half, name, kind, scores[of_kind])


def read_questions() -> Iterator[Question]:
    """Yield the questions in the order of their file."""
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        yield Question(one["kind"], one["half"], one["question"], one["grades"])


def scores_of(ranked: Sequence[str], grades: Mapping[str, int]) -> tuple[float, float, float]:
    """Return P@1, P@5 and nDCG@10 of a ranking.

    Examples
    --------
    >>> scores_of(["a", "x", "b"], {"a": 2, "b": 2})[:2]
    (1.0, 1.0)
    """
    gains = [2 ** grades.get(case_id, 0) - 1 for case_id in ranked[:DEPTH]]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:DEPTH]
    first_five = sum(case_id in grades for case_id in ranked[:5]) / min(5, len(grades))
    return float(bool(ranked) and ranked[0] in grades), first_five, _discounted(gains) / _discounted(ideal)


def _discounted(gains: Sequence[int]) -> float:
    return float(sum(gain / np.log2(rank + 1) for rank, gain in enumerate(gains, 1)))


def _found(space: Workspace, query: Query) -> list[str]:
    return [CaseId(hit.case_id).short for hit in space.search.cases(query).hits]


def plain_bm25(space: Workspace) -> Ranker:
    """Return a ranking by BM25 over all that a case says, as bm25s makes it of plain words."""
    cases = list(space.documents.cases())
    texts = [" ".join(text for _, text in fields_of(case)) for case in cases]
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)

    def rank(text: str) -> list[str]:
        tokens = bm25s.tokenize([text], stopwords="en", show_progress=False, return_ids=False)
        places, scores = index.retrieve(tokens, k=DEPTH, show_progress=False)
        return [cases[i].short_id for i, score in zip(places[0], scores[0], strict=True) if score > 0]

    return rank


def _record(half: str, ranker: str, kind: str, scores: np.ndarray) -> None:
    random = np.random.default_rng(SEED)
    means = scores[random.integers(0, len(scores), (RESAMPLES, len(scores)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    for name, value, below, above in zip(("p@1", "p@5", "ndcg@10"), scores.mean(axis=0), low, high, strict=True):
        figures = {"value": value, "low": below, "high": above}
        append_row(
            "quality_questions", half=half, ranker=ranker, kind=kind, questions=len(scores), metric=name,
            **{key: round(float(figure), 3) for key, figure in figures.items()},
        )  # fmt: skip


if __name__ == "__main__":
    main()
