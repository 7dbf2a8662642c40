"""Bring graph, vectors and classifier up to the documents, skipping what is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.case import Image
from ingest.errors import StaleProjection
from ingest.pictures.objects import ObjectStore
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.projection.project import ProjectionReport, project
from kg.projection.similarity import project_similarities
from rag.index.indexing import IMAGES, TEXTS, IndexReport, build_index
from rag.index.snapshot import load_snapshot, read_manifest, remove_snapshot, require_same_encoder
from ui.workspace.labels import TASKS
from ui.workspace.models import Models

if TYPE_CHECKING:
    from clip.classification.heads import HeadsReport

Progress = Callable[[int, int], None]

# Held by the process that brings graph and vectors of a workspace up to date.
INDEX_LOCK = "index.lock"

# Splits on which nothing may be learnt: they are there to be measured on.
HELD_OUT_SPLITS = ("dev", "test")


@dataclass(frozen=True)
class WorkspaceIndexReport:
    """What one run did; None for what was up to date."""

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
            lines.append(f"pictures: {made.images} vectors, {made.images_embedded} of them new")
            lines.append(f"texts: {made.texts} vectors, {made.texts_embedded} of them new")
        else:
            lines.append("vectors: up to date")
        if self.classifier:
            lines.append(f"classifier: trained on {self.classifier.m} pictures")
        return "\n".join([*lines, *(f"note: {notice}" for notice in self.notices)])


def index_workspace(
    store: DocumentStore,
    objects: ObjectStore,
    graph: Graph,
    models: Models,
    vectors: Path,
    *,
    rebuild: bool,
    refit: bool,
    progress: Progress,
) -> WorkspaceIndexReport:
    """Project into the graph, connect like cases there, embed what is new, and train the classifier's heads.

    Parameters
    ----------
    rebuild : bool
        Throw graph and vectors away and make them anew.
    refit : bool
        Fit the encoders that are fitted on the corpus anew.
    """
    notices = models.probe_texts(store)  # first: an encoder that cannot be used changes nothing
    projected = project(graph, store, progress=progress, rebuild=rebuild)
    project_similarities(graph)
    if store.count() == 0:
        for kind in (IMAGES, TEXTS):
            remove_snapshot(vectors / kind)
        return WorkspaceIndexReport(projected, None, None, notices)
    models.fit(store, objects, anew=rebuild or refit)
    if not rebuild and _is_current(vectors, models, store.sequence()):
        return WorkspaceIndexReport(projected, None, None, notices)
    built = build_index(
        store, objects, models.image_encoder, models.text_encoder, vectors, rebuild=rebuild, progress=progress
    )
    return WorkspaceIndexReport(projected, built, _train(store, objects, models, vectors), notices)


def _is_current(vectors: Path, models: Models, sequence: int) -> bool:
    for kind, encoder in ((IMAGES, models.image_encoder), (TEXTS, models.text_encoder)):
        found = read_manifest(vectors / kind)
        if found is None or found.sequence != sequence:
            return False
        try:
            require_same_encoder(found, encoder)
        except StaleProjection:
            return False
    return True


def _train(store: DocumentStore, objects: ObjectStore, models: Models, vectors: Path) -> HeadsReport | None:
    """Train the heads on the labelled pictures that are not held out; None where there are none, or the encoder has
    heads that were trained together with it.
    """
    if models.comes_with_heads:
        return None
    from clip.classification.head_training import train_heads

    snapshot = load_snapshot(vectors / IMAGES, models.image_encoder)
    images = _learnable_images(store)
    if snapshot is None or not images:
        return None
    rows = [number for number, row in enumerate(snapshot.rows) if row.vector_id in images]
    named = [(snapshot.rows[number].case_id, images[snapshot.rows[number].vector_id]) for number in rows]
    labels = {task: [label(image) for _, image in named] for task, label in TASKS.items()}
    models.__dict__.pop("classifier", None)
    return train_heads(
        models.image_encoder,
        snapshot.vectors[rows],
        labels,
        [case_id for case_id, _ in named],
        models.folder,
        picture_of=lambda row: objects.read(str(named[row][1].object_key)),
    )


def _learnable_images(store: DocumentStore) -> dict[str, Image]:
    return {
        image.image_id: image
        for stored in store.cases()
        if stored.case.split not in HELD_OUT_SPLITS
        for image in stored.case.images
        if image.object_key
    }
