"""Whether documents, pictures, graph and vectors agree: each disagreement by name, with the command that mends it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from ingest.case import Case
from ingest.curation import kept_object_keys
from ingest.errors import CaseGraphError, DamagedFile
from ingest.pictures import ObjectStore
from ingest.store.interface import DocumentStore
from kg.consistency import check
from kg.graph import Graph
from rag.indexing import IMAGES, TEXTS
from rag.passages import passages_of
from rag.snapshot import load_snapshot

INDEX = "casegraph index"
REBUILD = "casegraph index --rebuild"
INGEST = "casegraph ingest SOURCE"


@dataclass(frozen=True)
class Problem:
    """One disagreement: which check found it, what it is about, and the command that mends it."""

    check: str
    subject: str
    detail: str
    mend: str


def find_problems(store: DocumentStore, objects: ObjectStore, graph: Graph | None, folder: Path) -> list[Problem]:
    """Return every disagreement, documents first; an empty list where all agree."""
    cases = [stored.case for stored in store.cases()]
    problems = [
        *_picture_problems(cases, objects, kept_object_keys(store)),
        *_vector_problems(cases, folder, store.sequence()),
    ]
    if graph is not None:
        problems += (
            Problem(found.kind, str(found.node or "graph"), found.message, REBUILD) for found in check(graph, store)
        )
    return problems


def _picture_problems(cases: Iterable[Case], objects: ObjectStore, kept: Set[str]) -> Iterator[Problem]:
    """Yield what is wrong with pictures; `kept` are the originals of pictures that a person changed or rejected."""
    known: set[str] = set(kept)
    for case in cases:
        for image in case.images:
            if image.rejected is not None:
                continue
            if image.object_key is None:
                yield Problem("picture-missing", image.image_id, str(image.problem or "never stored"), INGEST)
                continue
            known.add(image.object_key)
            try:
                digest = hashlib.sha256(objects.read(image.object_key)).hexdigest()
            except CaseGraphError as error:
                yield Problem("picture-missing", image.image_id, str(error), INGEST)
                continue
            if digest not in image.object_key:
                yield Problem("picture-damaged", image.image_id, f"{image.object_key} is not as it was written", INGEST)
    for key in set(objects.keys()) - known:
        yield Problem("picture-orphan", key, "no case has this picture", "delete the file, or ingest its case again")


def _vector_problems(cases: list[Case], folder: Path, sequence: int) -> Iterator[Problem]:
    expected = {
        IMAGES: {image.image_id for case in cases for image in case.images if image.object_key},
        TEXTS: {passage.vector_id for case in cases for passage in passages_of(case)},
    }
    for kind, ids in expected.items():
        try:
            snapshot = load_snapshot(folder / kind)
        except DamagedFile as error:
            yield Problem("vectors-damaged", kind, str(error), REBUILD)
            continue
        if snapshot is None:
            if ids:
                yield Problem("vectors-missing", kind, f"{len(ids)} vectors were never made", INDEX)
            continue
        if snapshot.manifest.sequence != sequence:
            detail = f"they cover change {snapshot.manifest.sequence}, the documents are at {sequence}"
            yield Problem("vectors-stale", kind, detail, INDEX)
        held = {row.vector_id for row in snapshot.rows}
        yield from (
            Problem("vector-without-document", i, f"in the {kind} vectors only", INDEX) for i in sorted(held - ids)
        )
        yield from (
            Problem("document-without-vector", i, f"not in the {kind} vectors", INDEX) for i in sorted(ids - held)
        )
