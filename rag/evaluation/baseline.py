"""The floor that a search has to beat: plain BM25 over all fields of a candidate, laid end to end.

Robertson et al., Okapi at TREC-3, 1994, with the idf of Lucene, k1 1.5 and b .75, through bm25s. Words are casefolded
and otherwise left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import Any

import numpy as np

from ingest.case import Case
from rag.index.passages import texts_of

_WORD = re.compile(r"[^\W_]+")


class PlainBm25:
    """BM25 over everything that is written of each case.

    Parameters
    ----------
    cases : sequence of Case
        Everything that may be found.
    """

    def __init__(self, cases: Sequence[Case]) -> None:
        import bm25s  # pyright: ignore[reportMissingTypeStubs]

        documents = [_words("\n".join(text for _, _, text in texts_of(case))) for case in cases]
        self.case_ids = [case.case_id for case in cases]
        self._known = {word for words in documents for word in words}
        self._bm25: Any = bm25s.BM25()
        self._bm25.index(documents, show_progress=False)

    def rank(self, text: str, k: int, allowed: Set[str]) -> list[str]:
        """Return the `k` allowed cases that score highest, of those that share a word with the text."""
        question = [word for word in _words(text) if word in self._known]
        if not question:
            return []
        scores = self._bm25.get_scores(question)
        order: list[int] = [row for row in np.argsort(-scores, kind="stable").tolist() if scores[row] > 0]
        return [self.case_ids[row] for row in order if self.case_ids[row] in allowed][:k]


def _words(text: str) -> list[str]:
    return [found.casefold() for found in _WORD.findall(text)]
