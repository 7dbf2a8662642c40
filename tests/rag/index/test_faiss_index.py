"""What FAISS does of its own: neighbour graphs above a size, and a bounded queue in front of it."""

from __future__ import annotations

import numpy as np
import pytest
from search_cases import WordEncoder, unit

from ingest.errors import BusyError
from rag.index import faiss_index, worker
from rag.index.brute_force import BruteForceIndex
from rag.index.faiss_index import FaissIndex
from rag.index.interface import METRIC, StoredVectors, VectorRow, VectorState

ENCODER = WordEncoder(dimension=16)


def stored(names, vectors):
    rows = tuple(VectorRow(f"v{n}", name, str(n)) for n, name in enumerate(names))
    state = VectorState(ENCODER.name, ENCODER.fingerprint, 16, METRIC, sequence=1, count=len(rows), digest="")
    return StoredVectors(state, rows, vectors)


def test_above_the_size_of_exact_search_nearly_all_neighbours_are_found(monkeypatch):
    monkeypatch.setattr(faiss_index, "EXACT_UP_TO", 1000)
    random = np.random.default_rng(9)
    middles = random.standard_normal((150, 16))
    rows = np.stack([unit(middles[n % 150] + 0.4 * random.standard_normal(16)) for n in range(3000)])
    names = [f"c{n // 3}" for n in range(3000)]
    index, exact = (of(stored(names, rows)) for of in (FaissIndex, BruteForceIndex))
    few, many = set(names[:900]), set(names[:2700])
    for allowed, least in ((set(names), 0.99), (many, 0.99), (few, 1.0)):
        shares = []
        for row in rows[::100]:
            found = {near.case_id for near in index.similar_cases(row[None], 10, allowed)}
            expected = {near.case_id for near in exact.similar_cases(row[None], 10, allowed)}
            assert found <= allowed
            shares.append(len(found & expected) / len(expected))
        assert np.mean(shares) >= least


def test_t27_with_a_full_queue_a_search_is_told_at_once(monkeypatch):
    vectors = np.stack([unit(row) for row in np.eye(3, 16)])
    index = FaissIndex(stored(["a", "b", "c"], vectors))
    taken = 0
    while worker._places.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(BusyError, match="search is busy"):
            index.similar_cases(vectors[:1], 2, {"a", "b"})
    finally:
        worker._places.release(taken)
    assert [near.case_id for near in index.similar_cases(vectors[:1], 1, {"a", "b"})] == ["a"]


def test_a_selection_is_made_once_and_so_many_are_kept(monkeypatch):
    monkeypatch.setattr(faiss_index, "SELECTIONS_KEPT", 2)
    index = FaissIndex(stored(["c0", "c1", "c2"], np.stack([unit(row) for row in np.eye(3, 16)])))
    first = index._selection(frozenset({"c0"}))
    assert index._selection(frozenset({"c0"})) is first
    index._selection(frozenset({"c1"}))
    assert len(index._selections) == 2
    index._selection(frozenset({"c2"}))
    assert len(index._selections) == 1


def test_what_torch_computes_after_a_search_does_not_depend_on_it():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        index = FaissIndex(stored(["a", "b"], np.eye(2, 16, dtype=np.float32)))
        index.similar_cases(np.eye(1, 16, dtype=np.float32), 1, {"a", "b"})
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
