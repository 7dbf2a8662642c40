"""The words of all cases as one sparse matrix: how much each word says of each case, by BM25F.

Each field of a case is measured against the length that this field usually has, so that a case with a long disease
discussion is not taken for one that says little of its findings. BM25F: Robertson, Zaragoza, Taylor, Simple BM25
Extension to Multiple Weighted Fields, CIKM 2004; the weight of a word in a case is ``idf * f / (K1 + f)``, where f is
the sum over the fields of ``field weight * count / (1 - B + B * length / mean length)``.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.case import Case
from ingest.vocabulary import Section
from rag.search.feedback import DISLIKED, LIKED
from rag.search.words import spelled_words

# The usual values of BM25; on MedPix 2.0 neither .8 nor 3 for K1, neither .6 nor .9 for B does better than by chance.
K1 = 1.5
B = 0.75

NAMES = "names"  # the names of the disease: title, diagnosis and topic

# A word of the name counts twice: it says more of a case than one of its discussion. All other fields are equal:
# doubling or halving any of them moved the share of siblings among the first ten by less than .02 either way.
FIELD_WEIGHTS: Mapping[str, float] = {NAMES: 2.0}

# What is known besides, history and exam, counts half as much as what was asked for, the findings: see
# benchmarks/results/quality_search_ablation.csv.
BACKGROUND_WEIGHT = 0.5

WORDS_OF_MIDDLE = 50  # that a case liked or disliked brings: about a tenth of the words of a case of MedPix 2.0

_NAMING = (Section.TITLE, Section.DIAGNOSIS, Section.TOPIC_TITLE)


@dataclass(frozen=True, eq=False)
class CaseWords:
    """What the words say of the cases.

    Attributes
    ----------
    case_ids : tuple of str, length n
        The cases, in order of the rows.
    column_of : mapping
        Column of each word.
    spelling : tuple of str, length w
        Each word as the first case that has it spells it.
    idf : ndarray of shape (w,)
        How rare each word is: ``log(1 + (n - m + .5) / (m + .5))`` for a word that m cases have.
    weights : sparse matrix of shape (n, w)
        How much each word says of each case, by column.
    """

    case_ids: tuple[str, ...]
    column_of: Mapping[str, int]
    spelling: tuple[str, ...]
    idf: NDArray[np.float64]
    weights: Any

    def question(
        self, text: str, background: str = "", liked: Sequence[str] = (), disliked: Sequence[str] = ()
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the columns of the known words of a question, in order of first mention, and how often each counts.

        Parameters
        ----------
        liked, disliked : sequence of str
            Ids of cases whose words the question moves towards, or away from (`rag.search.feedback`).
        """
        counts: Counter[int] = Counter()
        for part, weight in ((text, 1.0), (background, BACKGROUND_WEIGHT)):
            for word, _ in spelled_words(part):
                if word in self.column_of:
                    counts[self.column_of[word]] += weight  # pyright: ignore[reportArgumentType]
        length = float(np.linalg.norm(list(counts.values()))) or 1.0
        for case_ids, weight in ((liked, LIKED), (disliked, -DISLIKED)):
            for column, value in self._middle_of(case_ids).items():
                counts[column] += weight * length * value  # pyright: ignore[reportArgumentType]
        return np.fromiter(counts, dtype=np.intp), np.fromiter(counts.values(), dtype=np.float64)

    @cached_property
    def by_row(self) -> Any:
        """The weights by row."""
        return self.weights.tocsr()

    def likeness(self, case_ids: Sequence[str]) -> NDArray[np.float64]:
        """Return the cosines between the word weights of some cases, in their order; 0 for a case without words."""
        rows = self.by_row[[self._row_of[case_id] for case_id in case_ids if case_id in self._row_of]]
        lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        lengths[lengths == 0] = 1.0
        cosines = np.asarray((rows @ rows.T).todense()) / np.outer(lengths, lengths)
        known = [place for place, case_id in enumerate(case_ids) if case_id in self._row_of]
        likeness = np.zeros((len(case_ids), len(case_ids)))
        likeness[np.ix_(known, known)] = cosines
        return likeness

    @cached_property
    def _row_of(self) -> Mapping[str, int]:
        return {case_id: row for row, case_id in enumerate(self.case_ids)}

    def _middle_of(self, case_ids: Sequence[str]) -> dict[int, float]:
        """Return the heaviest words of the middle of some cases, as a vector of length 1 by column."""
        rows = [self._row_of[case_id] for case_id in case_ids if case_id in self._row_of]
        if not rows:
            return {}
        weights = np.asarray(self.by_row[rows].mean(axis=0)).ravel()
        columns = np.argsort(-weights, kind="stable")[:WORDS_OF_MIDDLE]
        counts = weights[columns] / self.idf[columns]
        length = float(np.linalg.norm(counts)) or 1.0
        kept = zip(columns.tolist(), counts.tolist(), strict=True)
        return {column: count / length for column, count in kept if count > 0}


def case_words(cases: Iterable[Case]) -> CaseWords:
    """Weigh the words of all cases."""
    counts = WordCounts()
    for case in cases:
        counts.add(case)
    return counts.weighed()


@dataclass
class _FieldCounts:
    """How often each word stands in one field: four bytes for each number, since there are millions of them."""

    case_rows: array[int] = field(default_factory=lambda: array("i"))
    words_of_case: array[int] = field(default_factory=lambda: array("i"))
    columns: array[int] = field(default_factory=lambda: array("i"))
    counts: array[int] = field(default_factory=lambda: array("i"))

    def add(self, row: int, counted: Counter[int]) -> None:
        self.case_rows.append(row)
        self.words_of_case.append(len(counted))
        self.columns.extend(counted)
        self.counts.extend(counted.values())

    def weighed(self, weight: float, n: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
        """Return rows, columns and length-normalised counts. The mean length of the field is over all `n` cases."""
        sizes = np.asarray(self.words_of_case)
        counts = np.asarray(self.counts, dtype=np.float64)
        lengths = np.add.reduceat(counts, np.cumsum(sizes) - sizes)
        norms = np.repeat(1 - B + B * lengths / (lengths.sum() / n), sizes)
        return np.repeat(np.asarray(self.case_rows), sizes), np.asarray(self.columns), weight * counts / norms


class WordCounts:
    """Counts the words of cases, one case after the other; none is kept."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._spelling: list[str] = []
        self._case_ids: list[str] = []
        self._fields: dict[str, _FieldCounts] = {}

    def add(self, case: Case) -> None:
        """Count the words of one more case."""
        row = len(self._case_ids)
        self._case_ids.append(case.case_id)
        for name, text in fields_of(case):
            if counted := self._counted(text):
                self._fields.setdefault(name, _FieldCounts()).add(row, counted)

    def _counted(self, text: str) -> Counter[int]:
        counts: Counter[int] = Counter()
        for word, spelled in spelled_words(text):
            column = self._vocabulary.setdefault(word, len(self._vocabulary))
            if column == len(self._spelling):
                self._spelling.append(spelled)
            counts[column] += 1
        return counts

    def weighed(self) -> CaseWords:
        """Return what the words say of the cases counted."""
        n, w = len(self._case_ids), len(self._vocabulary)
        weights = _summed([one.weighed(FIELD_WEIGHTS.get(name, 1.0), n) for name, one in self._fields.items()], n, w)
        having = np.diff(weights.indptr)
        idf = np.log(1 + (n - having + 0.5) / (having + 0.5))
        weights.data = np.repeat(idf, having) * weights.data / (K1 + weights.data)
        return CaseWords(tuple(self._case_ids), self._vocabulary, tuple(self._spelling), idf, weights)


def _summed(parts: Sequence[tuple[Any, Any, Any]], n: int, w: int) -> Any:
    """Return the sum over the fields as a sparse matrix of shape (n, w), by column."""
    from scipy.sparse import csc_matrix  # pyright: ignore[reportMissingTypeStubs]

    rows, columns, values = (np.concatenate([part[i] for part in parts]) if parts else np.zeros(0) for i in range(3))
    return csc_matrix((values, (rows, columns)), shape=(n, w))


def fields_of(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the fields of a case by name: the names of its disease, each of its texts, and all captions as one."""
    naming = {case.sections.get(section) for section in _NAMING}
    names = sorted({case.title, case.diagnosis, case.topic.title} | naming - {None}, key=str)
    yield NAMES, "\n".join(name for name in names if name)
    for section, text in case.sections.items():
        if section not in _NAMING and section is not Section.CONFIRMATION:
            yield section, text
    yield Section.CAPTION, "\n".join(image.caption for image in case.images if image.caption)
