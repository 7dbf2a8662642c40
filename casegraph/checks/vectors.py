"""Whether there are vectors of exactly what the documents say, by the encoders in use, whole and of length 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from casegraph.checks.problem import INDEX, REBUILD, Finding, NotChecked, Problem, found
from casegraph.loaded_models import LoadedModels
from clip.encoders import Encoder
from clip.text_probe import probe_text_encoder
from clip.vectors import LENGTH_TOLERANCE, Vectors
from ingest.case import Case
from ingest.errors import CaseGraphError, DamagedFile, StaleProjection, UnfitModel
from ingest.images.objects import ObjectStore
from ingest.remedies import Remedy, RemedyAction
from rag.index.indexing import image_rows, text_rows
from rag.index.interface import (
    IMAGES,
    TEXTS,
    StoredVectors,
    VectorRow,
    VectorStore,
    require_same_encoder,
    require_same_metric,
)
from rag.index.opening import VectorStores

SAMPLE = 24  # vectors of each kind that are made again: under a second with the built-in encoders
ANOTHER = Remedy(RemedyAction.USE_SETTINGS, settings=(("text_encoder", None),))
AGREEMENT = 0.999  # cosine; another batch or thread count changes the last digits only


class VectorCheck(StrEnum):
    """What can be wrong with vectors."""

    MISSING = "vectors-missing"  # they were never made
    DAMAGED = "vectors-damaged"  # a file is not as it was written, or does not fit the others
    STALE = "vectors-stale"  # they cover an older change than the documents' last
    AHEAD = "vectors-ahead"  # they cover a later one: they were made from other documents
    UNFIT_MODEL = "encoder-unfit"  # its vocabulary is not the model's, or does not have the words of these texts
    OTHER_MODEL = "vectors-of-other-model"  # another encoder, preprocessing or metric than the one in use
    WITHOUT_DOCUMENT = "vector-without-document"
    DOCUMENT_WITHOUT = "document-without-vector"
    OTHER_CONTENT = "vector-of-other-content"  # its case or its text is not what the documents say
    TWICE = "vector-twice"
    NOT_UNIT = "vector-not-unit"  # NaN, zero or of another length than 1
    NOT_REPRODUCED = "vector-not-reproduced"  # the encoder makes another vector of the same content


@dataclass(frozen=True)
class _Kind:
    """Vectors of one kind: what should be there, and how each is made."""

    name: str
    rows: Sequence[VectorRow]
    contents: Mapping[str, str]
    encoder: Callable[[], Encoder]
    read: Callable[[str], Any]
    embed: Callable[[Sequence[Any]], Vectors]
    probe: Callable[[Sequence[str]], object]


def check_vectors(
    cases: Sequence[Case], sequence: int, objects: ObjectStore, models: LoadedModels, vectors: VectorStores
) -> Iterator[Finding]:
    """Yield what is wrong with the vectors, which should cover the cases up to the change `sequence`."""

    def embed_images(pngs: Sequence[bytes]) -> Vectors:
        return models.image_encoder.embed_images(pngs)

    def embed_texts(texts: Sequence[str]) -> Vectors:
        return models.text_encoder.embed_texts(texts)

    def probe_texts(texts: Sequence[str]) -> object:
        return probe_text_encoder(models.text_encoder, texts)

    kinds = (
        _Kind(IMAGES, *image_rows(cases), lambda: models.image_encoder, objects.read, embed_images, len),
        _Kind(TEXTS, *text_rows(cases), lambda: models.text_encoder, str, embed_texts, probe_texts),
    )
    for kind in kinds:
        yield from _of_kind(kind, sequence, vectors[kind.name])


def _of_kind(kind: _Kind, sequence: int, vectors: VectorStore) -> Iterator[Finding]:
    try:
        held = vectors.read()
    except DamagedFile as error:
        yield Problem(VectorCheck.DAMAGED, kind.name, str(error), REBUILD)
        return
    if held is None:
        if kind.rows:
            yield Problem(VectorCheck.MISSING, kind.name, f"{len(kind.rows)} vectors were never made", INDEX)
        return
    if len(held.rows) != len(held.vectors):
        detail = f"{len(held.vectors)} vectors have {len(held.rows)} names"
        yield Problem(VectorCheck.DAMAGED, kind.name, detail, REBUILD)
        return
    yield from _of_rows(held)
    if (covered := held.state.sequence) != sequence:
        detail = f"they cover change {covered}, the documents are at {sequence}"
        older = covered < sequence
        check, mend = (VectorCheck.STALE, INDEX) if older else (VectorCheck.AHEAD, REBUILD)
        yield Problem(check, kind.name, detail, mend)
    else:
        yield from _against_documents(kind, held)
    yield from _against_encoder(kind, held)


def _of_rows(held: StoredVectors) -> Iterator[Problem]:
    """Yield what is wrong with the vectors by themselves."""
    times = Counter(row.vector_id for row in held.rows)
    twice = (vector_id for vector_id, count in times.items() if count > 1)
    yield from found(VectorCheck.TWICE, twice, lambda one: f"{times[one]} vectors have this id", REBUILD)
    lengths = np.linalg.norm(held.vectors, axis=1)
    bad = np.flatnonzero(~(np.abs(lengths - 1) <= LENGTH_TOLERANCE))
    for number in bad:
        detail = f"its length is {lengths[number]:.2f}, expected 1"
        yield Problem(VectorCheck.NOT_UNIT, held.rows[number].vector_id, detail, REBUILD)


def _against_documents(kind: _Kind, held: StoredVectors) -> Iterator[Problem]:
    wanted = {row.vector_id: row for row in kind.rows}
    there = {row.vector_id: row for row in held.rows}
    extra, missing = there.keys() - wanted.keys(), wanted.keys() - there.keys()
    yield from found(VectorCheck.WITHOUT_DOCUMENT, extra, f"in the vectors of {kind.name} only", REBUILD)
    yield from found(VectorCheck.DOCUMENT_WITHOUT, missing, f"not in the vectors of {kind.name}", REBUILD)
    other = (one for one in there.keys() & wanted.keys() if there[one] != wanted[one])
    yield from found(VectorCheck.OTHER_CONTENT, other, "it was made of another case, text or image", REBUILD)


def _against_encoder(kind: _Kind, held: StoredVectors) -> Iterator[Finding]:
    """Compare with the encoder in use, and make a sample of the vectors again."""
    try:
        require_same_metric(held.state)  # which needs no encoder: it may not be there
        encoder = kind.encoder()
        kind.probe(list(kind.contents.values()))
        require_same_encoder(held.state, encoder)
    except UnfitModel as error:
        yield Problem(VectorCheck.UNFIT_MODEL, kind.name, str(error), ANOTHER)
    except (StaleProjection, DamagedFile) as error:
        yield Problem(VectorCheck.OTHER_MODEL, kind.name, str(error), REBUILD)
    except CaseGraphError as error:  # the encoder cannot be had now: its library or its weights are missing
        yield NotChecked(f"vectors of {kind.name} against their encoder", error.advice)
    else:
        yield from _not_reproduced(kind, held)


def _not_reproduced(kind: _Kind, held: StoredVectors) -> Iterator[Problem]:
    wanted = {row.vector_id: row.content_key for row in kind.rows}
    fitting = [n for n, row in enumerate(held.rows) if wanted.get(row.vector_id) == row.content_key]
    sample: list[int] = []
    contents: list[Any] = []
    places: list[int] = np.linspace(0, len(fitting) - 1, min(SAMPLE, len(fitting))).astype(int).tolist()
    for place in places:
        with suppress(DamagedFile):  # an image that cannot be read is found by the checks of images
            contents.append(kind.read(kind.contents[held.rows[fitting[place]].content_key]))
            sample.append(fitting[place])
    if not sample:
        return
    again = kind.embed(contents)
    agreement = np.einsum("nd,nd->n", again, held.vectors[sample])
    for number, cosine in zip(sample, agreement, strict=True):
        if not cosine >= AGREEMENT:
            detail = f"the encoder makes another vector of it, at cosine {cosine:.3f}"
            yield Problem(VectorCheck.NOT_REPRODUCED, held.rows[number].vector_id, detail, REBUILD)
