"""What was tried to find the like of a case, one change at a time, and what each gave: also what did not help.

Keywords are BM25F with findings above history and exam; every other row changes one thing of it, of the topics, or of
the fusion of both (weights 1 and 1, rank offset 10). The cases of train and dev ask for those of their topic, masked,
leave-case-out, the latent topics learnt without the asking fold.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.quality_search_ablation
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

import rag.search.case_words
import rag.search.latent_topics
import rag.search.words
from benchmarks.medpix2 import release_folder
from benchmarks.record import append_row
from ingest.annotation.annotate import annotate
from ingest.case import Case
from ingest.sources.medpix2 import read_cases, read_release
from rag.evaluation.asking import folds_of
from rag.evaluation.baseline import PlainBm25
from rag.evaluation.masking import MaskedQuestion, masked_question
from rag.evaluation.metrics import scores_of
from rag.evaluation.protocol import SEED
from rag.evaluation.relevance import Gains, Relevance, gains_of
from rag.search.case_words import CaseWords, case_words
from rag.search.latent_topics import LatentTopicIndex

Matrix = NDArray[np.float64]
Prior = Callable[[Case, Case], float]


class Archive:
    """Cases, those that ask, and what each of them should find."""

    def __init__(self, cases: Sequence[Case]) -> None:
        gains = {case.case_id: gains_of(case, cases, Relevance.SAME_TOPIC) for case in cases}
        self.cases = cases
        self.asking = [case for case in cases if gains[case.case_id] and masked_question(case).has_words]
        self.gains: list[Gains] = [gains[case.case_id] for case in self.asking]
        self.questions: list[MaskedQuestion] = [masked_question(case) for case in self.asking]

    def tell(self, change: str, scores: Matrix) -> None:
        """Append the row of one score matrix, shape (asking, cases)."""
        ids = [case.case_id for case in self.cases]
        means: dict[str, list[float]] = {}
        for case, gains, row in zip(self.asking, self.gains, scores, strict=True):
            order = [ids[i] for i in np.argsort(-row, kind="stable") if row[i] > 0 and ids[i] != case.case_id]
            for metric, value in scores_of(order[:100], gains).items():
                means.setdefault(metric, []).append(value)
        shown = {metric: round(float(np.mean(means[metric])), 3) for metric in ("hit@1", "hit@5", "hit@10", "mrr")}
        append_row("quality_search_ablation", change=change, queries=len(self.asking), **shown)

    def keywords(self, words: CaseWords) -> Matrix:
        """Return the BM25F scores."""
        asked = [words.question(question.text, question.background) for question in self.questions]
        return np.array([words.weights[:, columns] @ counts for columns, counts in asked])

    def topics(self, words: CaseWords, *, honest: bool = True) -> Matrix:
        """Return the cosines in the topics, learnt without the asking fold, or with hindsight."""
        rows = {case.case_id: row for row, case in enumerate(self.asking)}
        place = {case_id: column for column, case_id in enumerate(words.case_ids)}
        scores = np.zeros((len(self.asking), len(self.cases)))
        for fold in folds_of(self.asking, SEED):
            index = LatentTopicIndex(words, frozenset(case.case_id for case in fold) if honest else frozenset())
            for row in (rows[case.case_id] for case in fold):
                question = self.questions[row]
                for match in index.similar_cases(
                    question.text, len(place), place.keys(), background=question.background
                ):
                    scores[row, place[match.case_id]] = match.score
        return scores

    def plain(self) -> Matrix:
        """Return BM25 over all fields as scores by rank."""
        bm25, place = PlainBm25(self.cases), {case.case_id: column for column, case in enumerate(self.cases)}
        scores = np.zeros((len(self.asking), len(self.cases)))
        for row, question in enumerate(self.questions):
            ranking = bm25.rank(f"{question.text}\n{question.background}", len(place), place.keys())
            scores[row, [place[case_id] for case_id in ranking]] = 1 / np.arange(1, len(ranking) + 1)
        return scores

    def prior(self, likeness: Prior) -> Matrix:
        """Return how alike each asking case and each case are by what is no text."""
        return np.array([[likeness(case, other) for other in self.cases] for case in self.asking])


def fused(*matrices: Matrix, offset: int = 10) -> Matrix:
    """Fuse by reciprocal rank, equal weights, the first hundred of each."""
    total = np.zeros_like(matrices[0])
    for matrix in matrices:
        ranks = (-matrix).argsort(axis=1, kind="stable").argsort(axis=1) + 1
        total += np.where((matrix > 0) & (ranks <= 100), 1 / (offset + ranks), 0)
    return total


def main() -> None:
    """Try one thing after the other."""
    archive = Archive([annotate(case) for case in read_cases(read_release(release_folder()))])
    words = case_words(archive.cases)
    keywords, topics = archive.keywords(words), archive.topics(words)
    archive.tell("plain BM25 over all fields (the floor)", archive.plain())
    archive.tell("keywords", keywords)
    archive.tell("latent topics", topics)
    archive.tell("keywords + latent topics", fused(keywords, topics))
    archive.tell(
        "latent topics, learnt with the asking case too (hindsight: not a result)", archive.topics(words, honest=False)
    )
    for weight in (0.0, 0.25, 1.0):
        with patch.object(rag.search.case_words, "BACKGROUND_WEIGHT", weight):
            archive.tell(f"keywords, history and exam count {weight}", archive.keywords(words))
    _without_stems(archive)
    for name in ("names", "findings", "caption", "differential_diagnosis", "discussion", "topic_discussion", "history"):
        for weight in (0.0, 3.0):
            with patch.object(
                rag.search.case_words, "FIELD_WEIGHTS", {**rag.search.case_words.FIELD_WEIGHTS, name: weight}
            ):
                archive.tell(f"keywords, field {name} counts {weight:g}", archive.keywords(case_words(archive.cases)))
    for count in (64, 200, 300):
        with (
            patch.object(rag.search.latent_topics, "TOPIC_COUNT", count),
            patch.object(rag.search.latent_topics, "CASES_PER_TOPIC", 1),
        ):
            archive.tell(f"latent topics, {count} of them", archive.topics(words))
    for name, likeness in PRIORS.items():
        for weight in (0.05, 0.2):
            added = keywords / keywords.max(axis=1, keepdims=True) + weight * archive.prior(likeness)
            archive.tell(f"keywords + {weight} x same {name}", np.where(keywords > 0, added, 0))
    for offset in (3, 30, 60):
        archive.tell(f"keywords + topics, rank offset {offset}", fused(keywords, topics, offset=offset))
    _feedback(archive, words, keywords)


def _without_stems(archive: Archive) -> None:
    with patch.object(rag.search.words, "ENDINGS", ("s",)):
        archive.questions = [masked_question(case) for case in archive.asking]
        archive.tell("keywords, only a plural's s cut off", archive.keywords(case_words(archive.cases)))
    archive.questions = [masked_question(case) for case in archive.asking]


def _feedback(archive: Archive, words: CaseWords, keywords: Matrix) -> None:
    """Add the heaviest words of the first cases found to the question (pseudo-relevance feedback)."""
    own = {case.case_id: column for column, case in enumerate(archive.cases)}
    by_row, first, added_words, weight = words.weights.tocsr(), 5, 20, 0.3
    again = np.zeros_like(keywords)
    for row, case in enumerate(archive.asking):
        scores = keywords[row].copy()
        scores[own[case.case_id]] = 0
        best = np.argsort(-scores, kind="stable")[:first]
        centre = np.asarray((scores[best] / scores[best].sum()) @ by_row[best]).ravel()
        kept = np.argsort(-centre, kind="stable")[:added_words]
        again[row] = words.weights[:, kept] @ centre[kept]
    scaled = [matrix / matrix.max(axis=1, keepdims=True) for matrix in (keywords, again)]
    archive.tell(f"keywords + {weight} x feedback of the first {first}", scaled[0] + weight * scaled[1])


def _overlap(name: str) -> Prior:
    def likeness(case: Case, other: Case) -> float:
        first, second = ({v for i in one.images if (v := getattr(i, name))} for one in (case, other))
        return len(first & second) / max(1, len(first | second))

    return likeness


def _same_sex(case: Case, other: Case) -> float:
    return float(case.patient.sex is not None and case.patient.sex == other.patient.sex)


def _near_age(case: Case, other: Case) -> float:
    first, second = case.patient.age_years, other.patient.age_years
    return 0.4 if first is None or second is None else float(np.exp(-abs(np.sqrt(first) - np.sqrt(second)) / 1.5))


PRIORS: Mapping[str, Prior] = {
    **{name: _overlap(name) for name in ("region", "anatomical_location", "modality", "plane")},
    "sex": _same_sex,
    "age": _near_age,
}

if __name__ == "__main__":
    main()
