"""Vectors kept as snapshots in a folder, for every engine that searches in memory: each write makes a new snapshot."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from clip.encoders import Encoder
from clip.vectors import Vectors
from rag.index.interface import StoredVectors, VectorIndex, VectorRow, VectorState
from rag.index.snapshot import load_snapshot, read_manifest, remove_snapshot, unused_paths, write_snapshot


class SnapshotStore:
    """The snapshots of one folder.

    Parameters
    ----------
    folder : Path
        Holds the snapshots of vectors of one kind.
    index_of : callable
        Makes vectors ready for questions.
    """

    def __init__(self, folder: Path, index_of: Callable[[StoredVectors], VectorIndex]) -> None:
        self.folder = folder
        self._index_of = index_of

    def state(self) -> VectorState | None:
        """Return what the current snapshot says of itself, or None where there is none yet."""
        manifest = read_manifest(self.folder)
        return None if manifest is None else manifest.state

    def read(self, encoder: Encoder | None = None) -> StoredVectors | None:
        """Return the current snapshot, every byte checked, or None where there is none yet."""
        found = load_snapshot(self.folder, encoder)
        return None if found is None else StoredVectors(found.manifest.state, found.rows, found.vectors)

    def open(self, encoder: Encoder) -> VectorIndex | None:
        """Return the current snapshot ready for questions, or None where there is none yet."""
        stored = self.read(encoder)
        return None if stored is None else self._index_of(stored)

    @contextmanager
    def writer(self, encoder: Encoder, *, sequence: int, from_scratch: bool = False) -> Generator[SnapshotWriter]:
        """Gather what is changed, and write it with all that stays as a new snapshot when the block ends."""
        writer = SnapshotWriter(None if from_scratch else self.read(encoder), encoder.dimension)
        yield writer
        rows, vectors = writer.in_order()
        write_snapshot(self.folder, rows, vectors, encoder=encoder, sequence=sequence)

    def clear(self) -> None:
        """Remove the snapshot."""
        remove_snapshot(self.folder)

    def leftovers(self) -> list[Path]:
        """Return what unfinished or replaced snapshots have left behind."""
        return unused_paths(self.folder)


class SnapshotWriter:
    """The rows and vectors of the snapshot to come."""

    def __init__(self, held: StoredVectors | None, dimension: int) -> None:
        self._rows: list[VectorRow] = list(held.rows) if held else []
        self._vectors: list[Vectors] = [held.vectors] if held else []
        self._dimension = dimension

    def add(self, rows: Sequence[VectorRow], vectors: Vectors) -> None:
        """Add vectors, row by row, in the place of those of their cases that are there already."""
        self.remove({row.case_id for row in rows})
        self._rows += rows
        self._vectors.append(vectors)

    def remove(self, case_ids: Set[str]) -> None:
        """Remove all vectors of these cases."""
        kept = [number for number, row in enumerate(self._rows) if row.case_id not in case_ids]
        if len(kept) == len(self._rows):
            return  # nothing to copy
        self._vectors = [self._together()[kept]]
        self._rows = [self._rows[number] for number in kept]

    def in_order(self) -> tuple[list[VectorRow], Vectors]:
        """Return the rows by case id, those of one case as they were added, and their vectors."""
        order = sorted(range(len(self._rows)), key=lambda number: self._rows[number].case_id)
        if order == list(range(len(order))):
            return self._rows, self._together()  # hundreds of megabytes of a large archive, not copied
        return [self._rows[number] for number in order], self._together()[order]

    def _together(self) -> Vectors:
        if len(self._vectors) == 1:
            return self._vectors[0]
        return np.concatenate([np.zeros((0, self._dimension), dtype=np.float32), *self._vectors])
