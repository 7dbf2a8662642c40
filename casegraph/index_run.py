"""Bring graph, vectors and classifier up to the documents, skipping what is."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from casegraph.labels import TASKS
from casegraph.loaded_models import LoadedModels
from clip.classification.heads import HeadsReport
from clip.saved import move_saved
from ingest.case import Case, Image
from ingest.errors import StaleProjection
from ingest.files import unfinished_path
from ingest.images.objects import ObjectStore
from ingest.progress import ProgressCallback
from ingest.store.filters import Filter
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.projection.project import ProjectionReport, project
from kg.projection.similarity import project_similarities
from rag.index.indexing import IndexReport, Made, make_vectors
from rag.index.interface import IMAGES, TEXTS, require_same_encoder
from rag.index.opening import VectorStores

# Held by the process that brings graph and vectors of a workspace up to date.
INDEX_LOCK = "index.lock"

# Splits on which nothing may be learnt: they are there to be measured on.
HELD_OUT_SPLITS = ("dev", "test")


@dataclass(frozen=True)
class WorkspaceIndexReport:
    """What one run did.

    Attributes
    ----------
    graph : ProjectionReport
        What was written into the graph.
    vectors : IndexReport or None
        What was embedded; None where all was up to date.
    classifier : HeadsReport or None
        What was trained; None where nothing was.
    """

    graph: ProjectionReport
    vectors: IndexReport | None
    classifier: HeadsReport | None
    notices: tuple[str, ...] = ()

    def describe(self) -> str:
        """Return what was done, a line each."""
        graph = self.graph
        lines = [f"graph: {graph.written} cases projected, {graph.deleted} removed, up to change {graph.sequence}"]
        if graph.notice:
            lines.append(f"graph: {graph.notice}")
        if made := self.vectors:
            lines.append(f"images: {made.images} vectors, {made.images_embedded} of them new")
            lines.append(f"texts: {made.texts} vectors, {made.texts_embedded} of them new")
        else:
            lines.append("vectors: up to date")
        if self.classifier:
            lines.append(f"classifier: trained on {self.classifier.m} images")
        return "\n".join([*lines, *(f"note: {notice}" for notice in self.notices)])


def index_workspace(
    store: DocumentStore,
    objects: ObjectStore,
    graph: Graph,
    models: LoadedModels,
    vectors: VectorStores,
    *,
    rebuild: bool,
    refit: bool,
    on_progress: ProgressCallback,
) -> WorkspaceIndexReport:
    """Project into the graph, connect like cases there, embed what is new, and train the classifier's heads.

    Parameters
    ----------
    rebuild : bool
        Delete and rebuild graph and vectors.
    refit : bool
        Fit the encoders that are fitted on the corpus again.
    """
    models.require_loadable()  # first: an encoder that cannot be used changes nothing
    notices = models.probe_texts(store)
    projected = project(graph, store, on_progress=on_progress, rebuild=rebuild)
    project_similarities(graph)
    if store.count() == 0:
        for kept in vectors.values():
            kept.clear()
        return WorkspaceIndexReport(projected, None, None, notices)
    with _unfinished(models.folder) as folder:
        models.fit(store, objects, folder, from_scratch=rebuild or refit)
        if not rebuild and _is_current(vectors, models, store.sequence()):
            move_saved(folder, models.folder)
            return WorkspaceIndexReport(projected, None, None, notices)
        made = make_vectors(
            store, objects, models.image_encoder, models.text_encoder, vectors, rebuild=rebuild, on_progress=on_progress
        )
        classifier = _train(store, objects, models, made.images, folder)
        made.write(vectors)
        move_saved(folder, models.folder)
    return WorkspaceIndexReport(projected, made.report, classifier, notices)


@contextmanager
def _unfinished(models: Path) -> Generator[Path]:
    """Yield a folder for what is fitted in this run: until all of it is made, search goes by what was there before."""
    folder = unfinished_path(models)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_current(vectors: VectorStores, models: LoadedModels, sequence: int) -> bool:
    for kind, encoder in ((IMAGES, models.image_encoder), (TEXTS, models.text_encoder)):
        found = vectors[kind].state()
        if found is None or found.sequence != sequence:
            return False
        try:
            require_same_encoder(found, encoder)
        except StaleProjection:
            return False
    return True


def _train(
    store: DocumentStore, objects: ObjectStore, models: LoadedModels, made: Made, folder: Path
) -> HeadsReport | None:
    """Train the heads on the labelled images that are not held out; None where there are none, or the encoder has
    heads that were trained together with it.
    """
    if models.comes_with_heads:
        return None
    from clip.classification.head_training import train_heads

    images = _learnable_images(store)
    rows = [number for number, row in enumerate(made.rows) if row.vector_id in images]
    if not rows:
        return None
    named = [(made.rows[number].case_id, images[made.rows[number].vector_id]) for number in rows]
    labels = {task: [label(image) for _, image in named] for task, label in TASKS.items()}
    models.forget_classifier()
    return train_heads(
        models.image_encoder,
        made.vectors[rows],
        labels,
        [case_id for case_id, _ in named],
        folder,
        image_of=lambda row: objects.read(str(named[row][1].object_key)),
    )


def learnable_cases(store: DocumentStore, where: Filter | None = None) -> Iterator[Case]:
    """Yield the cases that may be learned from, of those that match: not those of the splits dev and test."""
    return (stored.case for stored in store.cases(where) if stored.case.split not in HELD_OUT_SPLITS)


def _learnable_images(store: DocumentStore) -> dict[str, Image]:
    return {image.image_id: image for case in learnable_cases(store) for image in case.stored_images}
