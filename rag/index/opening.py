"""Opening the stores of vectors by the name or address of their engine.

The names are

- ``faiss``: snapshots in the workspace, searched by FAISS in this process;
- ``exact-numpy``: the same snapshots, every vector compared by numpy: slow, to check another engine by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from clip.encoders import Encoder
from clip.vectors import Vectors
from ingest.errors import InputError, StaleProjection
from rag.index.interface import (
    KINDS,
    METRIC,
    REBUILD,
    StoredVectors,
    VectorIndex,
    VectorRow,
    VectorState,
    VectorStore,
)

FAISS = "faiss"
EXACT_NUMPY = "exact-numpy"

VectorStores = Mapping[str, VectorStore]
"""The stores of one workspace, by kind."""

OpenVectors = Callable[[str, Path, str], VectorStore]
"""Takes the address, the workspace's folder of vectors, and the kind."""


def open_vectors(address: str, folder: Path) -> VectorStores:
    """Open the stores of vectors of a workspace; nothing is read yet.

    Parameters
    ----------
    address : str
        The name of an engine, or ``name://...`` for one that is a server.
    folder : Path
        The workspace's folder of vectors.

    Raises
    ------
    InputError
        If the address names no engine that there is.
    """
    engine = ENGINES.get(address.partition("://")[0])
    if engine is None:
        names = ", ".join(f"'{name}'" for name in ENGINES)
        raise InputError(f"the address of the vectors names no engine. Use one of: {names}.")
    return {kind: engine(address, folder, kind) for kind in KINDS}


def require_index(vectors: VectorStores, kind: str, encoder: Encoder) -> VectorIndex:
    """Return the vectors of a kind, ready for questions.

    Raises
    ------
    StaleProjection
        If there are none yet, or another encoder made them.
    DamagedFile
        If they are not as they were written.
    """
    index = vectors[kind].open(encoder)
    if index is None:
        raise StaleProjection(f"there are no vectors of {kind} yet. Make them.", remedy=REBUILD)
    return index


def index_in_memory(rows: Sequence[VectorRow], vectors: Vectors, encoder: Encoder, *, sequence: int) -> VectorIndex:
    """Return vectors that are kept nowhere, ready for questions, for an evaluation that embeds again."""
    from rag.index.faiss_index import FaissIndex

    state = VectorState(
        encoder.name, encoder.fingerprint, encoder.dimension, METRIC, sequence, len(rows), digest="in memory"
    )
    return FaissIndex(StoredVectors(state, tuple(rows), vectors))


def _open_faiss(address: str, folder: Path, kind: str) -> VectorStore:
    from rag.index.faiss_index import FaissIndex
    from rag.index.snapshot_store import SnapshotStore

    require_bare(address)
    return SnapshotStore(folder / kind, FaissIndex)


def _open_exact(address: str, folder: Path, kind: str) -> VectorStore:
    from rag.index.brute_force import BruteForceIndex
    from rag.index.snapshot_store import SnapshotStore

    require_bare(address)
    return SnapshotStore(folder / kind, BruteForceIndex)


def require_bare(address: str) -> None:
    """Raise InputError where an engine that is no server was given an address of one."""
    name, sign, _ = address.partition("://")
    if sign:
        raise InputError(f"vectors of '{name}' are kept in the workspace and have no address. Write '{name}'.")


ENGINES: dict[str, OpenVectors] = {FAISS: _open_faiss, EXACT_NUMPY: _open_exact}
