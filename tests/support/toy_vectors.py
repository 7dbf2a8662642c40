"""A third engine of vectors, as small as the contract allows: a dict in memory, by address, folder and kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from copy import copy
from dataclasses import astuple
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from clip.encoders import Encoder
from clip.vectors import Vectors, require_vectors
from ingest.errors import InputError
from rag.index.interface import METRIC, Neighbour, StoredVectors, VectorRow, VectorState, require_same_encoder


class ToyVectors:
    """Store, writer and index in one."""

    kept: ClassVar[dict[tuple[str, Path, str], Self]] = {}

    def __init__(self) -> None:
        self.entries: dict[VectorRow, Vectors] = {}
        self.made_by: VectorState | None = None

    @classmethod
    def opened(cls, address: str, folder: Path, kind: str) -> Self:
        return cls.kept.setdefault((address, folder, kind), cls())

    def state(self) -> VectorState | None:
        return self.made_by

    def read(self, encoder: Encoder | None = None) -> StoredVectors | None:
        if self.made_by is None:
            return None
        if encoder is not None:
            require_same_encoder(self.made_by, encoder)
        rows = sorted(self.entries, key=lambda row: row.case_id)
        empty = np.zeros((0, self.made_by.dimension), dtype=np.float32)
        return StoredVectors(
            self.made_by, tuple(rows), np.stack([self.entries[row] for row in rows]) if rows else empty
        )

    def open(self, encoder: Encoder) -> Self | None:
        if self.made_by is None:
            return None
        require_same_encoder(self.made_by, encoder)
        return copy(self)

    @contextmanager
    def writer(self, encoder: Encoder, *, sequence: int, from_scratch: bool = False) -> Iterator[Self]:
        if self.made_by is not None and not from_scratch:
            require_same_encoder(self.made_by, encoder)
        changed = type(self)()
        changed.entries = {} if from_scratch else dict(self.entries)
        yield changed
        names = [row.vector_id for row in changed.entries]
        if len(set(names)) < len(names):
            raise InputError("a vector id occurs twice. Each vector needs an id of its own.")
        if names:
            require_vectors(np.stack(list(changed.entries.values())), names, dimension=encoder.dimension)
        self.entries = changed.entries
        told = repr([(astuple(row), vector.tobytes()) for row, vector in self.entries.items()])
        self.made_by = VectorState(
            encoder.name,
            encoder.fingerprint,
            encoder.dimension,
            METRIC,
            sequence,
            len(names),
            sha256(told.encode()).hexdigest(),
        )

    def add(self, rows: Sequence[VectorRow], vectors: Vectors) -> None:
        self.remove({row.case_id for row in rows})
        self.entries |= dict(zip(rows, vectors, strict=True))

    def remove(self, case_ids: Set[str]) -> None:
        self.entries = {row: vector for row, vector in self.entries.items() if row.case_id not in case_ids}

    def clear(self) -> None:
        self.entries, self.made_by = {}, None

    def leftovers(self) -> list[Path]:
        return []

    @property
    def covered_sequence(self) -> int:
        assert self.made_by is not None
        return self.made_by.sequence

    def similar_cases(self, queries: Vectors, k: int, allowed: Set[str]) -> list[Neighbour]:
        best: dict[str, Neighbour] = {}
        for near in self._compared(queries, allowed):
            if near.case_id not in best or near.similarity > best[near.case_id].similarity:
                best[near.case_id] = near
        return sorted(best.values(), key=lambda near: (-near.similarity, near.case_id))[: max(k, 0)]

    def nearest_rows(self, queries: Vectors, case_id: str, k: int) -> list[Neighbour]:
        best: dict[VectorRow, Neighbour] = {}
        for near in self._compared(queries, {case_id}):
            if near.row not in best or near.similarity > best[near.row].similarity:
                best[near.row] = near
        return sorted(best.values(), key=lambda near: -near.similarity)[:k]

    def vectors_of(self, case_id: str) -> Vectors:
        return self._stacked([vector for row, vector in self.entries.items() if row.case_id == case_id])

    def vectors_of_images(self, image_ids: Sequence[str]) -> Vectors:
        return self._stacked([vector for row, vector in self.entries.items() if row.vector_id in image_ids])

    def _compared(self, queries: Vectors, allowed: Set[str]) -> Iterator[Neighbour]:
        for row, vector in self.entries.items():
            if row.case_id in allowed:
                for number, query in enumerate(queries):
                    yield Neighbour(row.case_id, float(query @ vector), row, number)

    def _stacked(self, vectors: Sequence[Vectors]) -> Vectors:
        assert self.made_by is not None
        return np.stack(vectors) if vectors else np.zeros((0, self.made_by.dimension), dtype=np.float32)
