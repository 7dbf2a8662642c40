"""What an engine of vectors can do. FAISS is one, comparing all in numpy another; `rag.index.opening` selects by name.

Images and passages are kept apart, in a store each. A store is written by case, in one transaction that carries the
documents' sequence which it covers then: an engine that writes in place removes and adds the changed cases only, one
that writes snapshots makes a new one. An index that was opened answers as it was when it was opened.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from clip.encoders import Encoder
from clip.vectors import Vectors
from ingest.errors import StaleProjection
from ingest.remedies import Remedy, RemedyAction

IMAGES = "images"
TEXTS = "texts"
KINDS = (IMAGES, TEXTS)

METRIC = "inner product of unit vectors"
REBUILD = Remedy(RemedyAction.REBUILD_INDEX)


@dataclass(frozen=True, slots=True)
class VectorRow:
    """What one vector stands for: its id, the case it belongs to, and a key of the content that was embedded."""

    vector_id: str
    case_id: str
    content_key: str


@dataclass(frozen=True)
class Neighbour:
    """One case and its best row for a question."""

    case_id: str
    similarity: float
    row: VectorRow
    query_number: int


@dataclass(frozen=True)
class VectorState:
    """What a store says of its vectors.

    Attributes
    ----------
    encoder, fingerprint, dimension, metric
        What made the vectors, and how they are compared.
    sequence : int
        The documents' last change that they cover.
    count : int
        How many there are.
    digest : str
        Another one whenever the vectors are others.
    """

    encoder: str
    fingerprint: str
    dimension: int
    metric: str
    sequence: int
    count: int
    digest: str


@dataclass(frozen=True)
class StoredVectors:
    """All vectors of a store, and what each row of them stands for; cases in the order of their ids."""

    state: VectorState
    rows: tuple[VectorRow, ...]
    vectors: Vectors


class VectorIndex(Protocol):
    """The vectors of one kind, ready to be searched from many threads."""

    @property
    def covered_sequence(self) -> int:
        """The documents' last change that the vectors cover."""
        ...

    def similar_cases(self, queries: Vectors, k: int, allowed: Set[str]) -> list[Neighbour]:
        """Return the `k` allowed cases whose best row is nearest to any of the queries, nearest first.

        Cases that are equally near stand in the order of their ids. Fewer than `k` where fewer are allowed.

        Parameters
        ----------
        queries : Vectors
            Unit vectors of shape (q, d).
        k : int
            How many cases.
        allowed : set of str
            Case ids that may be answered; the restriction holds before the ranking.
        """
        ...

    def nearest_rows(self, queries: Vectors, case_id: str, k: int) -> list[Neighbour]:
        """Return the `k` rows of one case that are nearest to any of the queries, nearest first."""
        ...

    def vectors_of(self, case_id: str) -> Vectors:
        """Return the vectors of one case, shape (its rows, d)."""
        ...

    def vectors_of_images(self, image_ids: Sequence[str]) -> Vectors:
        """Return the vectors of single images, without those that have none, shape (found, d)."""
        ...


class VectorWriter(Protocol):
    """What is changed in one transaction."""

    def add(self, rows: Sequence[VectorRow], vectors: Vectors) -> None:
        """Add vectors, row by row; what the store holds of their cases already, added before or kept, is removed."""
        ...

    def remove(self, case_ids: Set[str]) -> None:
        """Remove all vectors of these cases; a case without vectors is passed over."""
        ...


class VectorStore(Protocol):
    """Where the vectors of one kind are kept."""

    def state(self) -> VectorState | None:
        """Return what the vectors say of themselves, None where none were written yet; quick.

        Raises
        ------
        DamagedFile
            If that cannot be read.
        """
        ...

    def read(self, encoder: Encoder | None = None) -> StoredVectors | None:
        """Return all vectors, verified, or None where none were written yet.

        Raises
        ------
        DamagedFile
            If they are not as they were written.
        StaleProjection
            If another encoder than `encoder` made them.
        """
        ...

    def open(self, encoder: Encoder) -> VectorIndex | None:
        """Return the vectors ready for questions, or None where none were written yet. Raises what `read` raises."""
        ...

    def writer(
        self, encoder: Encoder, *, sequence: int, from_scratch: bool = False
    ) -> AbstractContextManager[VectorWriter]:
        """Begin a change that is made as a whole when the block ends, and not at all where it raises.

        Parameters
        ----------
        encoder : Encoder
            What makes the vectors that are added.
        sequence : int
            The documents' last change that the vectors cover afterwards.
        from_scratch : bool
            Begin without a vector, and do not read what is there.

        Raises
        ------
        StaleProjection
            If another encoder made what is there, unless `from_scratch`.
        InputError
            If an id occurs twice, or a vector is not a finite unit vector of the encoder's dimension.
        StorageError
            If it cannot be written; what was there stays in use.
        """
        ...

    def clear(self) -> None:
        """Take all vectors away, for documents that hold no case any more; silent where there are none.

        Raises
        ------
        StorageError
            If they cannot be removed.
        """
        ...

    def leftovers(self) -> list[Path]:
        """Return the files that unfinished writes left behind; a writer that is at work has some too."""
        ...


def require_same_metric(state: VectorState) -> None:
    """Raise StaleProjection where the vectors are to be compared in another way than here."""
    if state.metric != METRIC:
        raise StaleProjection(
            f"the vectors are compared by '{state.metric}', this program compares by '{METRIC}'. Rebuild them.",
            remedy=REBUILD,
        )


def require_same_encoder(state: VectorState, encoder: Encoder) -> None:
    """Raise StaleProjection where `encoder` is not the one that made the vectors, or they are compared otherwise."""
    require_same_metric(state)
    if (state.fingerprint, state.dimension) != (encoder.fingerprint, encoder.dimension):
        raise StaleProjection(
            f"the vectors were made by encoder '{state.encoder}' ({state.fingerprint[:12]}), but the one in use "
            f"is '{encoder.name}' ({encoder.fingerprint[:12]}). Rebuild them.",
            remedy=REBUILD,
        )
