"""Nearest vectors by comparing every one, in numpy: the measure of the other engines, slow but obvious."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from clip.vectors import Vectors
from rag.index.in_memory import VectorsInMemory
from rag.index.interface import Neighbour


class BruteForceIndex(VectorsInMemory):
    """Compares every allowed row with every query."""

    def similar_cases(self, queries: Vectors, k: int, allowed: Set[str]) -> list[Neighbour]:
        """Return the `k` allowed cases whose best row is nearest to any of the queries, nearest first."""
        numbers = np.flatnonzero(self.rows_of_cases(allowed))
        if not len(numbers) or not len(queries) or k < 1:
            return []
        scores = queries @ self.stored.vectors[numbers].T
        best = self.best_per_case(scores, np.broadcast_to(numbers, scores.shape))
        return sorted(best.values(), key=lambda near: (-near.similarity, near.case_id))[:k]
