"""The nearest vectors of one snapshot, through FAISS, among the allowed cases only.

Up to `EXACT_UP_TO` vectors that may be found every one is compared. Above that a graph of neighbours is walked, which
finds at least .99 of what the comparison of all would (benchmarks/results/quality_large_search.csv): Malkov, Yashunin,
Efficient and Robust Approximate Nearest Neighbor Search Using Hierarchical Navigable Small World Graphs, TPAMI 2020.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence, Set
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from clip.vectors import Vectors
from rag.index.in_memory import VectorsInMemory
from rag.index.interface import Neighbour, StoredVectors
from rag.index.worker import ask_faiss, ask_faiss_together

EXACT_UP_TO = 200_000  # all images and passages of 12 000 cases; exact search of so many takes a tenth of a second
NEIGHBOURS_KEPT = 32  # of each vector in the graph
BUILT_WITH = 128  # candidates looked at when a vector is put into the graph
WALKED_WITH = 128  # candidates kept while the graph is walked, at least
SELECTIONS_KEPT = 32  # filters that readers of one archive use at a time; 60 kB each for 12 000 cases
FIRST_LOOK = 4  # rows asked for per wanted case: most cases have two to four images or passages near a question


class FaissIndex(VectorsInMemory):
    """The vectors of one snapshot, ready to be searched from many threads.

    Parameters
    ----------
    stored : StoredVectors
        Verified vectors and what each stands for.
    """

    def __init__(self, stored: StoredVectors) -> None:
        super().__init__(stored)
        self._selections: dict[frozenset[str], tuple[int, NDArray[np.uint8]]] = {}
        self._index: Any = ask_faiss(lambda: _new_index(stored.vectors))

    def similar_cases(self, queries: Vectors, k: int, allowed: Set[str]) -> list[Neighbour]:
        """Return the `k` allowed cases whose best row is nearest to any of the queries, nearest first.

        Parameters
        ----------
        queries : Vectors
            Unit vectors of shape (q, d).
        k : int
            How many cases.
        allowed : set of str
            Case ids that may be answered; the restriction holds before the ranking.
        """
        n, packed = self._selection(frozenset(allowed))
        if not n or not len(queries) or k < 1:
            return []
        wanted = min(n, FIRST_LOOK * k)
        while True:
            ask = partial(_search_all, self._index, wanted=wanted, packed=packed, n=n)
            scores, numbers = ask_faiss_together((id(self), wanted, id(packed)), queries, ask)
            best = self.best_per_case(scores, numbers)
            ranking = sorted(best.values(), key=lambda near: (-near.similarity, near.case_id))[:k]
            unseen_at_most = float(scores[:, -1].max())  # no row that was not returned is nearer than this
            if wanted == n or (len(ranking) == k and ranking[-1].similarity >= unseen_at_most):
                return ranking
            wanted = min(n, wanted * 4)

    def _selection(self, allowed: frozenset[str]) -> tuple[int, NDArray[np.uint8]]:
        """Return how many rows belong to these cases, and which, a bit each; the last ones asked for are kept."""
        known = self._selections.get(allowed)
        if known is None:
            chosen = self.rows_of_cases(allowed)
            known = int(np.count_nonzero(chosen)), np.packbits(chosen, bitorder="little")
            if len(self._selections) >= SELECTIONS_KEPT:
                self._selections.clear()
            known = self._selections.setdefault(allowed, known)
        return known


def _new_index(vectors: Vectors) -> Any:
    import faiss

    # Above 20 questions FAISS would multiply matrices, with other roundings: who else asks must not change an answer.
    faiss.cvar.distance_compute_blas_threshold = 2**30
    if len(vectors) > EXACT_UP_TO:
        index: Any = faiss.IndexHNSWFlat(vectors.shape[1], NEIGHBOURS_KEPT, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BUILT_WITH
    else:
        index = faiss.IndexFlatIP(vectors.shape[1])
    with _in_this_thread_alone():
        index.add(vectors)
    return index


@contextmanager
def _in_this_thread_alone() -> Generator[None]:
    """Keep FAISS from starting a team of threads for this caller.

    It shares the count with torch, which would go on with one thread, at half the speed and with other roundings.
    """
    import faiss

    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _search_all(
    index: Any, asked: Sequence[Vectors], *, wanted: int, packed: NDArray[np.uint8], n: int
) -> list[tuple[Vectors, NDArray[np.int64]]]:
    """Answer several questions in one call of FAISS."""
    with _in_this_thread_alone():
        scores, numbers = _search(index, np.concatenate(asked), wanted, packed, n)
    ends = np.cumsum([len(queries) for queries in asked])[:-1]
    return list(zip(np.split(scores, ends), np.split(numbers, ends), strict=True))


def _search(
    index: Any, queries: Vectors, wanted: int, packed: NDArray[np.uint8], n: int
) -> tuple[Vectors, NDArray[np.int64]]:
    """Ask for `wanted` of the n chosen rows, never for more: FAISS pads what is missing with row -1."""
    import faiss

    selector: Any = None
    if n < index.ntotal:
        selector = faiss.IDSelectorBitmap(packed)  # pyright: ignore[reportCallIssue]
    if not isinstance(index, faiss.IndexHNSWFlat):
        parameters: Any = faiss.SearchParameters(sel=selector)  # pyright: ignore[reportCallIssue]
        return index.search(queries, wanted, params=parameters)
    if n <= EXACT_UP_TO:  # few may be found: comparing those few is quick, and the walk would lose its way
        parameters = faiss.SearchParameters(sel=selector)  # pyright: ignore[reportCallIssue]
        return index.storage.search(queries, wanted, params=parameters)
    walked = max(WALKED_WITH, 2 * wanted)
    hnsw = cast("Any", faiss.SearchParametersHNSW)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    parameters = hnsw(sel=selector, efSearch=walked)
    return index.search(queries, wanted, params=parameters)
