"""The last stage of a search, off unless a model is named: a cross-encoder reads the question beside the best hits.

Its order is one more ranking, of those hits alone, and is fused with the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.case import Case
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Section
from rag.search.fusion import Hit, Ranked

READ = 30  # hits that are read: a small model takes about two seconds for them on two cores
MAX_TEXT_LENGTH = 2000  # characters of a case: more than the 512 word pieces that such models read
_READ_FIRST = (Section.TITLE, Section.DIAGNOSIS, Section.FINDINGS, Section.HISTORY, Section.DIFFERENTIAL_DIAGNOSIS)


class Reranker(Protocol):
    """Says how well texts fit a question."""

    @property
    def name(self) -> str:
        """Its model."""
        ...

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a score for each text, higher is better."""
        ...


def rank_by_reading(reranker: Reranker, question: str, hits: Sequence[Hit], store: DocumentStore) -> list[Ranked]:
    """Rank the first hits by how well the words of each case fit the question; equal scores stay in order."""
    read = hits[:READ]
    if not read or not question.strip():
        return []
    scores = reranker.score(question, [text_read(store.get(hit.case_id).case) for hit in read]).tolist()
    order = sorted(range(len(read)), key=lambda place: -scores[place])
    return [
        Ranked(
            read[place].case_id, scores[place], f"'{reranker.name}' scored it {scores[place]:.2f} against your words"
        )
        for place in order
    ]


def text_read(case: Case) -> str:
    """Return what is read of a case: what it is, what was seen, history and differential, as far as a model reads."""
    texts = dict.fromkeys(text for section in _READ_FIRST if (text := case.sections.get(section)))
    return "\n".join(texts)[:MAX_TEXT_LENGTH]
