"""Make the vectors of all cases: images and passages of text, each kind into a store of its own.

Vectors are keyed by the content that was embedded. What did not change since the last time, by the same encoder, is
taken from there, and equal texts are embedded once (in MedPix 2.0 nearly half of the images share their caption).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from clip.encoders import Encoder, ImageEncoder, TextEncoder
from clip.vectors import Vectors
from ingest.case import Case, Image
from ingest.errors import DamagedFile, StaleProjection
from ingest.images.objects import ObjectStore
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.interface import DocumentStore
from rag.index.interface import IMAGES, KINDS, TEXTS, StoredVectors, VectorRow, VectorStore
from rag.index.opening import VectorStores
from rag.index.passages import passages_of

Content = TypeVar("Content")

BATCH = 64  # images or passages per call of an encoder: a few tens of MB of pixels at 512 x 512


@dataclass(frozen=True)
class IndexReport:
    """What one run did: how many vectors there are, how many of them were made now, and up to which change."""

    images: int
    images_embedded: int
    texts: int
    texts_embedded: int
    sequence: int


@dataclass(frozen=True)
class IndexState:
    """What the vectors of a kind say of themselves.

    Attributes
    ----------
    kind : str
        Images or texts.
    sequence : int
        The change of the documents that they reach.
    """

    kind: str
    encoder: str
    count: int
    sequence: int


@dataclass(frozen=True)
class Made:
    """All vectors of one kind, what made them, and what is kept of that encoder; None where all are rewritten."""

    rows: list[VectorRow]
    vectors: Vectors
    encoder: Encoder
    held: StoredVectors | None

    def write(self, store: VectorStore, *, sequence: int) -> None:
        """Replace the vectors of the cases that are not as they are kept."""
        before, now = _by_case(self.held.rows if self.held else ()), _by_case(self.rows)
        changed = [number for number, row in enumerate(self.rows) if before.get(row.case_id) != now[row.case_id]]
        all_new = len(changed) == len(self.rows)
        with store.writer(self.encoder, sequence=sequence, from_scratch=self.held is None) as writer:
            writer.remove(before.keys() - now.keys())
            writer.add([self.rows[number] for number in changed], self.vectors if all_new else self.vectors[changed])


@dataclass(frozen=True)
class NewVectors:
    """The vectors of all cases, not written yet: what still may fail can fail before the old ones go."""

    images: Made
    texts: Made
    report: IndexReport

    def write(self, vectors: VectorStores) -> None:
        """Put them in the place of those of both kinds. Raises StorageError."""
        for kind, made in ((IMAGES, self.images), (TEXTS, self.texts)):
            made.write(vectors[kind], sequence=self.report.sequence)


class _Embedding(Generic[Content]):
    """The vectors of one kind, made while the cases come by: what was embedded already is not embedded again.

    Parameters
    ----------
    held : StoredVectors or None
        The vectors that are there.
    """

    def __init__(
        self, encoder: Encoder, embed: Callable[[Sequence[Content]], Vectors], held: StoredVectors | None
    ) -> None:
        self._encoder = encoder
        self._embed = embed
        self._held = held
        self._rows: list[VectorRow] = []
        self._place_of = {row.content_key: place for place, row in enumerate(held.rows if held else ())}
        self._parts = [held.vectors if held else np.zeros((0, encoder.dimension), dtype=np.float32)]
        self._places = len(self._parts[0])
        self._waiting: list[Content] = []
        self.embedded = 0

    def add(self, rows: Sequence[VectorRow], contents: Mapping[str, Content]) -> None:
        """Add the rows of a case, and what is to be embedded for each content key."""
        self._rows += rows
        for key, content in contents.items():
            if key not in self._place_of:
                self._place_of[key] = self._places + len(self._waiting)
                self._waiting.append(content)
                if len(self._waiting) == BATCH:
                    self._embed_waiting()

    def _embed_waiting(self) -> None:
        self._parts.append(self._embed(self._waiting).astype(np.float32, copy=False))
        self._places += len(self._waiting)
        self.embedded += len(self._waiting)
        self._waiting = []

    def made(self) -> Made:
        """Embed what waits, and return a vector for every row."""
        if self._waiting:
            self._embed_waiting()
        places = [self._place_of[row.content_key] for row in self._rows]
        return Made(self._rows, np.concatenate(self._parts)[places], self._encoder, self._held)


def make_vectors(
    store: DocumentStore,
    objects: ObjectStore,
    image_encoder: ImageEncoder,
    text_encoder: TextEncoder,
    vectors: VectorStores,
    *,
    rebuild: bool = False,
    on_progress: ProgressCallback = ignore_progress,
) -> NewVectors:
    """Embed what `vectors` does not hold yet; nothing is written.

    Parameters
    ----------
    rebuild : bool
        Embed everything again and do not read the old vectors: mends damaged ones.
    on_progress : callable
        Told how many of how many cases are done.
    """
    sequence = store.sequence()  # read first: what is written while we read the cases is at worst embedded twice

    def embed_images(keys: Sequence[str]) -> Vectors:
        return image_encoder.embed_images([objects.read(key) for key in keys])

    def held(kind: str, encoder: Encoder) -> StoredVectors | None:
        return None if rebuild else _held_vectors(vectors[kind], encoder)

    images = _Embedding(image_encoder, embed_images, held(IMAGES, image_encoder))
    texts = _Embedding(text_encoder, text_encoder.embed_texts, held(TEXTS, text_encoder))
    total = store.count()
    for done, stored in enumerate(store.cases(), start=1):
        images.add(*image_rows([stored.case]))
        texts.add(*text_rows([stored.case]))
        on_progress(done, max(done, total))
    of_images, of_texts = images.made(), texts.made()
    report = IndexReport(len(of_images.rows), images.embedded, len(of_texts.rows), texts.embedded, sequence)
    return NewVectors(of_images, of_texts, report)


def index_states(vectors: VectorStores) -> list[IndexState]:
    """Return what the vectors of each kind say of themselves; nothing for a kind that has none yet."""
    states = ((kind, vectors[kind].state()) for kind in KINDS)
    return [IndexState(kind, found.encoder, found.count, found.sequence) for kind, found in states if found]


def image_rows(cases: Iterable[Case]) -> tuple[list[VectorRow], dict[str, str]]:
    """Return a row per stored image, and for each content key the object that holds it."""
    rows: list[VectorRow] = []
    object_keys: dict[str, str] = {}
    for case in cases:
        for image in case.images:
            if image.object_key:
                content_key = content_key_of(image)
                rows.append(VectorRow(image.image_id, case.case_id, content_key))
                object_keys[content_key] = image.object_key
    return rows, object_keys


def content_key_of(image: Image) -> str:
    """Return the key of the pixels of a stored image, under which its vector is kept."""
    return image.pixel_sha256 or str(image.object_key)


def text_rows(cases: Iterable[Case]) -> tuple[list[VectorRow], dict[str, str]]:
    """Return a row per passage, and for each content key its text."""
    passages = [passage for case in cases for passage in passages_of(case)]
    keys = [hashlib.sha256(passage.text.encode()).hexdigest() for passage in passages]
    rows = [VectorRow(passage.vector_id, passage.case_id, key) for passage, key in zip(passages, keys, strict=True)]
    return rows, {key: passage.text for key, passage in zip(keys, passages, strict=True)}


def _held_vectors(vectors: VectorStore, encoder: Encoder) -> StoredVectors | None:
    """Return the vectors that are there; None where there are none, or another encoder made them."""
    try:
        return vectors.read(encoder)
    except (StaleProjection, DamagedFile):  # nothing of it is used: all vectors are rebuilt
        return None


def _by_case(rows: Sequence[VectorRow]) -> dict[str, list[VectorRow]]:
    by_case: dict[str, list[VectorRow]] = {}
    for row in rows:
        by_case.setdefault(row.case_id, []).append(row)
    return by_case
