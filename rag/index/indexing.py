"""Make the vectors of all cases: images and passages of text, each kind into a store of its own.

Vectors are keyed by the content that was embedded. What did not change since the last time, by the same encoder, is
taken from there, and equal texts are embedded once (in MedPix 2.0 nearly half of the images share their caption).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from clip.encoders import Encoder, ImageEncoder, TextEncoder
from clip.vectors import Vectors
from ingest.case import Case
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
        with store.writer(self.encoder, sequence=sequence, from_scratch=self.held is None) as writer:
            writer.remove(before.keys() - now.keys())
            writer.add([self.rows[number] for number in changed], self.vectors[changed])


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
        Told how many of how many images and passages are done.
    """
    sequence = store.sequence()  # read first: what is written while we read the cases is at worst embedded twice
    cases = [stored.case for stored in store.cases()]
    images, image_keys = image_rows(cases)
    passages, texts = text_rows(cases)
    held_images = None if rebuild else _held_vectors(vectors[IMAGES], image_encoder)
    held_texts = None if rebuild else _held_vectors(vectors[TEXTS], text_encoder)
    known_images, known_texts = _by_content(held_images), _by_content(held_texts)
    new_images = _missing(image_keys, known_images)
    new_texts = _missing(texts, known_texts)
    total = len(new_images) + len(new_texts)

    def embed_images(keys: Sequence[str]) -> Vectors:
        return image_encoder.embed_images([objects.read(key) for key in keys])

    known_images |= _embedded(new_images, embed_images, lambda done: on_progress(done, total))
    known_texts |= _embedded(
        new_texts, text_encoder.embed_texts, lambda done: on_progress(len(new_images) + done, total)
    )
    return NewVectors(
        Made(images, _stacked(images, known_images, image_encoder), image_encoder, held_images),
        Made(passages, _stacked(passages, known_texts, text_encoder), text_encoder, held_texts),
        IndexReport(len(images), len(new_images), len(passages), len(new_texts), sequence),
    )


def index_states(vectors: VectorStores) -> list[IndexState]:
    """Return what the vectors of each kind say of themselves; nothing for a kind that has none yet."""
    states = ((kind, vectors[kind].state()) for kind in KINDS)
    return [IndexState(kind, found.encoder, found.count, found.sequence) for kind, found in states if found]


def image_rows(cases: Sequence[Case]) -> tuple[list[VectorRow], dict[str, str]]:
    """Return a row per stored image, and for each content key the object that holds it."""
    rows: list[VectorRow] = []
    object_keys: dict[str, str] = {}
    for case in cases:
        for image in case.images:
            if image.object_key:
                content_key = image.pixel_sha256 or image.object_key
                rows.append(VectorRow(image.image_id, case.case_id, content_key))
                object_keys[content_key] = image.object_key
    return rows, object_keys


def text_rows(cases: Sequence[Case]) -> tuple[list[VectorRow], dict[str, str]]:
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


def _by_content(held: StoredVectors | None) -> dict[str, Vectors]:
    if held is None:
        return {}
    return {row.content_key: vector for row, vector in zip(held.rows, held.vectors, strict=True)}


def _by_case(rows: Sequence[VectorRow]) -> dict[str, list[VectorRow]]:
    by_case: dict[str, list[VectorRow]] = {}
    for row in rows:
        by_case.setdefault(row.case_id, []).append(row)
    return by_case


def _missing(contents: dict[str, Content], known: dict[str, Vectors]) -> dict[str, Content]:
    return {key: content for key, content in contents.items() if key not in known}


def _embedded(
    contents: dict[str, str], embed: Callable[[Sequence[str]], Vectors], on_progress: Callable[[int], None]
) -> dict[str, Vectors]:
    keys = list(contents)
    vectors: dict[str, Vectors] = {}
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        vectors |= dict(zip(batch, embed([contents[key] for key in batch]), strict=True))
        on_progress(start + len(batch))
    return vectors


def _stacked(rows: Sequence[VectorRow], known: dict[str, Vectors], encoder: Encoder) -> Vectors:
    if not rows:
        return np.zeros((0, encoder.dimension), dtype=np.float32)
    return np.stack([known[row.content_key] for row in rows]).astype(np.float32, copy=False)
