"""Make the vectors of all cases: pictures and passages of text, each kind into a snapshot of its own.

Vectors are keyed by the content that was embedded. What did not change since the last snapshot of the same encoder is
taken from there, and equal texts are embedded once (in MedPix 2.0 nearly half of the images share their caption).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from clip.encoders import Encoder, ImageEncoder, TextEncoder, Vectors
from ingest.case import Case
from ingest.errors import DamagedFile, StaleProjection
from ingest.pictures.objects import ObjectStore
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.interface import DocumentStore
from rag.index.passages import passages_of
from rag.index.snapshot import Row, load_snapshot, read_manifest, write_snapshot

Content = TypeVar("Content")

IMAGES = "images"
TEXTS = "texts"
BATCH = 64  # pictures or passages per call of an encoder: a few tens of MB of pixels at 512 x 512


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
    """What the vectors on disk say of themselves."""

    kind: str
    encoder: str
    count: int
    sequence: int


@dataclass(frozen=True)
class Made:
    """The vectors of one kind, and what made them."""

    rows: list[Row]
    vectors: Vectors
    encoder: Encoder


@dataclass(frozen=True)
class NewVectors:
    """The vectors of all cases, not written yet: what still may fail can fail before the old ones go."""

    images: Made
    texts: Made
    report: IndexReport

    def write(self, folder: Path) -> None:
        """Put them in the place of both snapshots below `folder`. Raises StorageError."""
        for kind, made in ((IMAGES, self.images), (TEXTS, self.texts)):
            write_snapshot(folder / kind, made.rows, made.vectors, encoder=made.encoder, sequence=self.report.sequence)


def build_index(
    store: DocumentStore,
    objects: ObjectStore,
    image_encoder: ImageEncoder,
    text_encoder: TextEncoder,
    folder: Path,
    *,
    rebuild: bool = False,
    on_progress: ProgressCallback = ignore_progress,
) -> IndexReport:
    """Bring both snapshots below `folder` up to the store's last change; see `make_vectors`."""
    made = make_vectors(store, objects, image_encoder, text_encoder, folder, rebuild=rebuild, on_progress=on_progress)
    made.write(folder)
    return made.report


def make_vectors(
    store: DocumentStore,
    objects: ObjectStore,
    image_encoder: ImageEncoder,
    text_encoder: TextEncoder,
    folder: Path,
    *,
    rebuild: bool = False,
    on_progress: ProgressCallback = ignore_progress,
) -> NewVectors:
    """Embed what the snapshots below `folder` do not hold yet; nothing is written.

    Parameters
    ----------
    rebuild : bool
        Embed everything anew and do not read the old snapshots: mends damaged ones.
    on_progress : callable
        Told how many of how many pictures and passages are done.
    """
    sequence = store.sequence()  # read first: what is written while we read the cases is at worst embedded twice
    cases = [stored.case for stored in store.cases()]
    pictures, picture_keys = picture_rows(cases)
    passages, texts = text_rows(cases)
    known_pictures = {} if rebuild else _known_vectors(folder / IMAGES, image_encoder)
    known_texts = {} if rebuild else _known_vectors(folder / TEXTS, text_encoder)
    new_pictures = _missing(picture_keys, known_pictures)
    new_texts = _missing(texts, known_texts)
    total = len(new_pictures) + len(new_texts)

    def embed_pictures(keys: Sequence[str]) -> Vectors:
        return image_encoder.embed_images([objects.read(key) for key in keys])

    known_pictures |= _embedded(new_pictures, embed_pictures, lambda done: on_progress(done, total))
    known_texts |= _embedded(
        new_texts, text_encoder.embed_texts, lambda done: on_progress(len(new_pictures) + done, total)
    )
    return NewVectors(
        Made(pictures, _stacked(pictures, known_pictures, image_encoder), image_encoder),
        Made(passages, _stacked(passages, known_texts, text_encoder), text_encoder),
        IndexReport(len(pictures), len(new_pictures), len(passages), len(new_texts), sequence),
    )


def index_states(folder: Path) -> list[IndexState]:
    """Return what each snapshot below `folder` says of itself; nothing for a kind that has none yet."""
    manifests = ((kind, read_manifest(folder / kind)) for kind in (IMAGES, TEXTS))
    return [IndexState(kind, found.encoder, found.count, found.sequence) for kind, found in manifests if found]


def picture_rows(cases: Sequence[Case]) -> tuple[list[Row], dict[str, str]]:
    """Return a row per stored picture, and for each content key the object that holds it."""
    rows: list[Row] = []
    object_keys: dict[str, str] = {}
    for case in cases:
        for image in case.images:
            if image.object_key:
                content_key = image.pixel_sha256 or image.object_key
                rows.append(Row(image.image_id, case.case_id, content_key))
                object_keys[content_key] = image.object_key
    return rows, object_keys


def text_rows(cases: Sequence[Case]) -> tuple[list[Row], dict[str, str]]:
    """Return a row per passage, and for each content key its text."""
    passages = [passage for case in cases for passage in passages_of(case)]
    keys = [hashlib.sha256(passage.text.encode()).hexdigest() for passage in passages]
    rows = [Row(passage.vector_id, passage.case_id, key) for passage, key in zip(passages, keys, strict=True)]
    return rows, {key: passage.text for key, passage in zip(keys, passages, strict=True)}


def _known_vectors(folder: Path, encoder: Encoder) -> dict[str, Vectors]:
    """Return the vectors of the current snapshot by content key; none where another encoder made it."""
    try:
        snapshot = load_snapshot(folder, encoder)
    except (StaleProjection, DamagedFile):  # nothing of it is used: all vectors are made anew
        return {}
    if snapshot is None:
        return {}
    return {row.content_key: vector for row, vector in zip(snapshot.rows, snapshot.vectors, strict=True)}


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


def _stacked(rows: Sequence[Row], known: dict[str, Vectors], encoder: Encoder) -> Vectors:
    if not rows:
        return np.zeros((0, encoder.dimension), dtype=np.float32)
    return np.stack([known[row.content_key] for row in rows]).astype(np.float32, copy=False)
