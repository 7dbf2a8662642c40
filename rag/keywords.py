"""Cases ranked by the words they share with a question: BM25 over all that a case says, through bm25s.

Built in memory from the documents when search opens: two seconds for six hundred cases are not worth a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.case import Case
from ingest.diagnosis import diagnosis_concept_id
from rag.passages import texts_of

# Words without meaning of their own in a report; short on purpose, since BM25 weighs frequent words down by itself.
_STOP_WORDS = """
    a an and are as at be been by for from had has have he her his in is it its of on or she that the their there
    this to was were which with
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

LONGEST_NAME = 120  # characters; the longest diagnosis of MedPix 2.0 has about 100

# A name of the disease counts this often: a word of the diagnosis says more of a case than one of its discussion.
NAME_WEIGHT = 3

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class KeywordMatch:
    """One case, its score, the words it shares with the question, rarest first, and whether it has the disease named.

    The score is that of BM25, for a case with the disease named raised above all others.
    """

    case_id: str
    score: float
    words: tuple[str, ...]
    named: bool = False


def words_of(text: str) -> list[str]:
    """Return the words of a text, casefolded, without stop words, with a plain plural's s cut off."""
    words = (_singular(word) for word in _WORD.findall(text.casefold()))
    return [word for word in words if word not in STOP_WORDS]


def diagnoses_named_in(text: str) -> list[str]:
    """Return the concept ids of the diagnoses that the lines of a question may be the names of."""
    named = (diagnosis_concept_id(line) for line in text.splitlines() if len(line) <= LONGEST_NAME)
    return list(dict.fromkeys(concept_id for concept_id in named if concept_id))


class KeywordIndex:
    """BM25 over all texts of each case.

    Parameters
    ----------
    cases : iterable of Case
        Everything that may be found.
    """

    def __init__(self, cases: Iterable[Case]) -> None:
        import bm25s

        self.case_ids: list[str] = []
        self._words: list[frozenset[str]] = []
        self._diagnoses: list[str | None] = []
        documents: list[list[str]] = []
        for case in cases:
            self._diagnoses.append(diagnosis_concept_id(case.diagnosis) if case.diagnosis else None)
            words = _case_words(case)
            self.case_ids.append(case.case_id)
            self._words.append(frozenset(words))
            documents.append(words)
        self._place = {case_id: place for place, case_id in enumerate(self.case_ids)}
        self._cases_with: dict[str, int] = {}
        for words in self._words:
            for word in words:
                self._cases_with[word] = self._cases_with.get(word, 0) + 1
        self._bm25: Any = bm25s.BM25() if self._cases_with else None
        if self._bm25 is not None:
            self._bm25.index(documents, show_progress=False)

    def similar_cases(self, text: str, k: int, allowed: Set[str]) -> list[KeywordMatch]:
        """Return the `k` allowed cases that score highest and share at least one word with the text."""
        query = [word for word in words_of(text) if word in self._cases_with]
        places = np.array(sorted(self._place[case_id] for case_id in allowed if case_id in self._place), dtype=int)
        if not query or not len(places):
            return []
        scores = self._bm25.get_scores(query)[places]
        asked_for = set(diagnoses_named_in(text))
        named = np.array([self._diagnoses[place] in asked_for for place in places.tolist()], dtype=bool)
        scores = scores + named * scores.max()
        order = np.argsort(-scores, kind="stable")[:k]
        return [
            KeywordMatch(
                self.case_ids[places[i]], float(scores[i]), self._shared(int(places[i]), query), bool(named[i])
            )
            for i in order.tolist()
            if scores[i] > 0
        ]

    def _shared(self, place: int, query: list[str]) -> tuple[str, ...]:
        shared = {word for word in query if word in self._words[place]}
        return tuple(sorted(shared, key=lambda word: (self._cases_with[word], word)))


def _case_words(case: Case) -> list[str]:
    names = " ".join(filter(None, (case.title, case.diagnosis, case.topic.title)))
    texts = " \n ".join(text for _, _, text in texts_of(case))
    return words_of(names) * NAME_WEIGHT + words_of(texts)


def _singular(word: str) -> str:
    plain_plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plain_plural else word
