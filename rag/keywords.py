"""Cases ranked by the words they share with a question: BM25F over all that a case says (`rag.case_words`)."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

import numpy as np

from ingest.case import Case
from ingest.diagnosis import diagnosis_concept_id
from rag.case_words import case_words

LONGEST_NAME = 120  # characters; the longest diagnosis of MedPix 2.0 has about 100


@dataclass(frozen=True)
class KeywordMatch:
    """One case, its score, the words it shares with the question, rarest first, and whether it has the disease named.

    The score is that of BM25F, for a case with the disease named raised above all others.
    """

    case_id: str
    score: float
    words: tuple[str, ...]
    named: bool = False


def diagnoses_named_in(text: str) -> list[str]:
    """Return the concept ids of the diagnoses that the lines of a question may be the names of."""
    named = (diagnosis_concept_id(line) for line in text.splitlines() if len(line) <= LONGEST_NAME)
    return list(dict.fromkeys(concept_id for concept_id in named if concept_id))


class KeywordIndex:
    """BM25F over all texts of each case, built in memory from the documents when search opens.

    Parameters
    ----------
    cases : iterable of Case
        Everything that may be found.
    """

    def __init__(self, cases: Iterable[Case]) -> None:
        held = list(cases)
        self.words = case_words(held)
        self._diagnoses = [diagnosis_concept_id(case.diagnosis) if case.diagnosis else None for case in held]

    def similar_cases(self, text: str, k: int, allowed: Set[str], background: str = "") -> list[KeywordMatch]:
        """Return the `k` allowed cases that score highest and share at least one word with the question.

        Parameters
        ----------
        background : str
            What is known besides; its words count half.
        """
        columns, counts = self.words.question(text, background)
        places = np.array([i for i, case_id in enumerate(self.words.case_ids) if case_id in allowed], dtype=np.intp)
        if not len(columns) or not len(places):
            return []
        asked = self.words.weights[:, columns]
        scores = (asked @ counts)[places]
        asked_for = set(diagnoses_named_in(text))
        named = np.array([self._diagnoses[place] in asked_for for place in places.tolist()], dtype=bool)
        scores = scores + named * scores.max()
        order = [i for i in np.argsort(-scores, kind="stable")[:k].tolist() if scores[i] > 0]
        shared = asked[places[order]].tocsr()
        return [
            KeywordMatch(
                self.words.case_ids[places[i]],
                float(scores[i]),
                self._rarest_first(columns[shared.indices[shared.indptr[row] : shared.indptr[row + 1]]].tolist()),
                bool(named[i]),
            )
            for row, i in enumerate(order)
        ]

    def _rarest_first(self, columns: list[int]) -> tuple[str, ...]:
        words = self.words
        order = sorted(columns, key=lambda column: (-words.idf[column], words.spelling[column]))
        return tuple(words.spelling[column] for column in order)
