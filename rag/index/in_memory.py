"""Vectors in memory, and what is asked of single cases and images: the same whatever engine looks for neighbours."""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clip.vectors import Vectors
from rag.index.interface import Neighbour, StoredVectors


class VectorsInMemory:
    """The rows and vectors of one store, by case.

    Parameters
    ----------
    stored : StoredVectors
        Verified vectors and what each stands for.
    """

    def __init__(self, stored: StoredVectors) -> None:
        self.stored = stored
        names = dict.fromkeys(row.case_id for row in stored.rows)
        self._number_of = {case_id: number for number, case_id in enumerate(names)}
        self._case_of_row = np.array([self._number_of[row.case_id] for row in stored.rows], dtype=np.intp)

    @property
    def covered_sequence(self) -> int:
        """The documents' last change that the vectors cover."""
        return self.stored.state.sequence

    def vectors_of(self, case_id: str) -> Vectors:
        """Return the vectors of one case, shape (its rows, d)."""
        return self.stored.vectors[self.rows_of_cases({case_id})]

    def vectors_of_images(self, image_ids: Sequence[str]) -> Vectors:
        """Return the vectors of single images, without those that have none, shape (found, d)."""
        numbers = self._number_of_row
        return self.stored.vectors[sorted(numbers[image_id] for image_id in set(image_ids) if image_id in numbers)]

    @cached_property
    def _number_of_row(self) -> dict[str, int]:
        return {row.vector_id: number for number, row in enumerate(self.stored.rows)}

    def nearest_rows(self, queries: Vectors, case_id: str, k: int) -> list[Neighbour]:
        """Return the `k` rows of one case that are nearest to any of the queries, nearest first."""
        numbers = np.flatnonzero(self.rows_of_cases({case_id}))
        if not len(numbers) or not len(queries):
            return []
        similarities = self.stored.vectors[numbers] @ queries.T
        order = np.argsort(-similarities.max(axis=1), kind="stable")[:k].tolist()
        asking = similarities.argmax(axis=1)
        return [
            Neighbour(case_id, float(similarities[i].max()), self.stored.rows[numbers[i]], int(asking[i]))
            for i in order
        ]

    def rows_of_cases(self, case_ids: Set[str]) -> NDArray[np.bool_]:
        """Return which rows belong to these cases."""
        number_of = self._number_of
        chosen = np.zeros(len(number_of), dtype=bool)
        chosen[[number_of[case_id] for case_id in number_of.keys() & case_ids]] = True
        return chosen[self._case_of_row]

    def best_per_case(self, scores: Vectors, numbers: NDArray[np.int64]) -> dict[str, Neighbour]:
        """Return the best row of each case among rows found for each query, both of shape (q, found)."""
        best: dict[str, Neighbour] = {}
        for query_number, (found, similarities) in enumerate(zip(numbers, scores, strict=True)):
            row_numbers: list[int] = found.tolist()
            for number, score in zip(row_numbers, similarities.tolist(), strict=True):
                if number < 0:  # an engine that met fewer than were wanted pads with -1
                    continue
                row = self.stored.rows[number]
                known = best.get(row.case_id)
                if known is None or score > known.similarity:
                    best[row.case_id] = Neighbour(row.case_id, score, row, query_number)
        return best
