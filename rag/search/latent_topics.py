"""Cases ranked by what their words go with: latent semantic analysis of the words of all cases.

"Air crescent" and "fungus ball" stand in the same cases; a case that has only one of them still answers for the other.
The leading right singular vectors of the cases' word weights are the topics; question and cases are compared by the
angle between them there (Deerwester et al., Indexing by Latent Semantic Analysis, JASIS 1990).

A case that topics were learnt from is a bridge from its own words to those of its like. Whoever measures search with a
case as the question must learn the topics without that case (`leave_out`): with it, the share of siblings found
first rose from .33 to .66 on MedPix 2.0, all of it hindsight.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ingest.evenly import taken_evenly
from rag.search.case_words import CaseWords
from rag.search.feedback import NO_FEEDBACK, Feedback, judged_ids

TOPIC_COUNT = 128  # 64 to 200 do alike on the 602 cases of MedPix 2.0, 300 worse
CASES_PER_TOPIC = 4  # with hardly more cases than topics nothing is shared: each case is its own topic
MIN_CASES = 20  # the topics of fewer cases are hardly more than the cases themselves
MAX_LEARNT_FROM = 20_000  # cases; more would tell no other topics, and opening the search would take minutes
WORDS_TOLD = 5
MIN_SHARE = 1e-6  # of the largest singular value: what is smaller is rounding, and no topic


@dataclass(frozen=True)
class TopicMatch:
    """One case, the cosine of its angle to the question, and the words in which it comes near, the nearest first."""

    case_id: str
    score: float
    words: tuple[str, ...]


class LatentTopicIndex:
    """The topics of cases.

    Parameters
    ----------
    words : CaseWords
        The words of everything that may be found.
    leave_out : set of str
        Cases that the topics are not learnt from. They can be found all the same.
    """

    def __init__(self, words: CaseWords, leave_out: Set[str] = frozenset()) -> None:
        self.words = words
        known = [row for row, case_id in enumerate(words.case_ids) if case_id not in leave_out]
        rows = taken_evenly(known, MAX_LEARNT_FROM)
        self._axes = (
            _leading_axes(words.by_row[rows]) if len(rows) >= MIN_CASES else np.zeros((len(words.column_of), 0))
        )
        self._cases = _unit(words.by_row @ self._axes)

    def similar_cases(
        self, text: str, k: int, allowed: Set[str], *, background: str = "", feedback: Feedback = NO_FEEDBACK
    ) -> list[TopicMatch]:
        """Return the `k` allowed cases nearest to the question; none at a right angle or further."""
        columns, counts = self.words.question(text, background, *judged_ids(feedback))
        if not len(columns) or not self._axes.shape[1]:
            return []
        asked = _unit((counts * self.words.idf[columns])[None] @ self._axes[columns])[0]
        near = self._cases @ asked
        known_columns = frozenset(columns.tolist())
        pull = self._axes @ asked
        found: list[int] = [i for i in np.argsort(-near, kind="stable").tolist() if self.words.case_ids[i] in allowed][
            :k
        ]
        return [
            TopicMatch(self.words.case_ids[i], float(near[i]), self._told(i, pull, known_columns))
            for i in found
            if near[i] > 0
        ]

    def _told(self, row: int, pull: NDArray[np.float64], asked: frozenset[int]) -> tuple[str, ...]:
        """Return the words of a case, other than those asked, that bring it nearest to the question."""
        by_row = self.words.by_row
        start, end = by_row.indptr[row : row + 2]
        columns = by_row.indices[start:end]
        order = np.argsort(-by_row.data[start:end] * pull[columns], kind="stable")
        nearest: list[int] = columns[order[: WORDS_TOLD + len(asked)]].tolist()
        others = [column for column in nearest if column not in asked]
        return tuple(self.words.spelling[column] for column in others[:WORDS_TOLD])


def _leading_axes(weights: Any) -> NDArray[np.float64]:
    """Return the leading right singular vectors of a sparse matrix, shape (words, topics), the same on every run.

    A word that one case alone has goes with nothing; left in, it makes that case a topic of its own. Where there are
    fewer topics than asked for, the rest would be directions in which nothing lies, others on every run.
    """
    from scipy.sparse.linalg import svds  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    rows, columns = weights.shape
    shared = np.flatnonzero(np.bincount(weights.indices, minlength=columns) > 1)
    count = min(TOPIC_COUNT, rows // CASES_PER_TOPIC, len(shared) - 1)
    if count < 1:
        return np.zeros((columns, 0))
    random = np.random.default_rng(0)  # ARPACK starts from a random vector, and again where singular values are equal
    _, sizes, found = cast("tuple[Any, Any, Any]", svds(weights[:, shared], count, rng=random))
    kept = np.asarray(found)[sizes > MIN_SHARE * sizes.max()]
    axes = np.zeros((columns, len(kept)))
    axes[shared] = kept.T
    return axes


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-12)
