"""Cases ranked by the words they share with a question: BM25F over all that a case says (`rag.search.case_words`)."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np

from rag.search.case_words import CaseWords
from rag.search.feedback import NO_FEEDBACK, Feedback, judged_ids


@dataclass(frozen=True)
class KeywordMatch:
    """One case, its score by BM25F, and the words it shares with the question, rarest first."""

    case_id: str
    score: float
    words: tuple[str, ...]


class KeywordIndex:
    """BM25F over all texts of each case, built in memory from the documents when search opens.

    Parameters
    ----------
    words : CaseWords
        The words of everything that may be found.
    """

    def __init__(self, words: CaseWords) -> None:
        self.words = words

    def similar_cases(
        self, text: str, k: int, allowed: Set[str], *, background: str = "", feedback: Feedback = NO_FEEDBACK
    ) -> list[KeywordMatch]:
        """Return the `k` allowed cases that score highest and share at least one word with the question.

        Parameters
        ----------
        background : str
            What is known besides; its words count half.
        feedback : Feedback
            Cases whose words the question moves towards, and away from.
        """
        columns, counts = self.words.question(text, background, *judged_ids(feedback))
        places = np.array([i for i, case_id in enumerate(self.words.case_ids) if case_id in allowed], dtype=np.intp)
        asked = self.words.weights[:, columns]
        scores = (asked @ counts)[places]
        order = [i for i in np.argsort(-scores, kind="stable")[:k].tolist() if scores[i] > 0]
        wanted = columns[counts > 0]  # a word to keep away from is none that is shared
        shared = asked[:, counts > 0][places[order]].tocsr()
        return [
            KeywordMatch(
                self.words.case_ids[places[i]],
                float(scores[i]),
                self._rarest_first(wanted[shared.indices[shared.indptr[row] : shared.indptr[row + 1]]].tolist()),
            )
            for row, i in enumerate(order)
        ]

    def _rarest_first(self, columns: list[int]) -> tuple[str, ...]:
        words = self.words
        order = sorted(columns, key=lambda column: (-words.idf[column], words.spelling[column]))
        return tuple(words.spelling[column] for column in order)
