"""Whether documents, images, graph and vectors agree: each disagreement by name, with what mends it.

The checks stand in `casegraph.checks`, a module for each part. What cannot be looked at, such as a graph that does
not answer, is said, and the other checks are made all the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from casegraph.checks.documents import check_documents
from casegraph.checks.graph import check_graph
from casegraph.checks.images import check_images
from casegraph.checks.leftovers import check_leftovers, leftover_files
from casegraph.checks.problem import INDEX, REBUILD, Finding, NotChecked, Problem
from casegraph.checks.vectors import check_vectors
from casegraph.index_run import INDEX_LOCK
from casegraph.loaded_models import LoadedModels
from ingest.curation.decided import kept_object_keys
from ingest.errors import CaseGraphError
from ingest.images.objects import ObjectStore
from ingest.store.interface import DocumentStore
from ingest.store.lock import writer_lock
from ingest.store.stored_form import utc_now, written_at
from kg.engine.graph import Graph
from rag.index.opening import VectorStores


@dataclass(frozen=True)
class Examination:
    """What was found, documents first, and what could not be looked at."""

    problems: tuple[Problem, ...]
    not_checked: tuple[NotChecked, ...]

    @property
    def projections_differ(self) -> bool:
        """Tell whether graph or vectors are not what the documents say."""
        return any(problem.mend in (INDEX, REBUILD) for problem in self.problems)


def examine(
    store: DocumentStore,
    objects: ObjectStore,
    open_graph: Callable[[], Graph],
    models: LoadedModels,
    *,
    vectors: VectorStores,
    folder: Path,
) -> Examination:
    """Look at every part of the workspace in `folder`; the documents are the measure of the others.

    Raises
    ------
    EngineError, DamagedFile
        If the documents cannot be read at all.
    """
    findings: list[Finding] = []
    found, cases = check_documents(store)
    findings += found
    findings += _tried("images", lambda: check_images(cases, objects, kept_object_keys(store)))
    findings += _tried("vectors", lambda: check_vectors(cases, store.sequence(), objects, models, vectors))
    findings += check_graph(open_graph, store)
    findings += _tried("leftovers", lambda: check_leftovers(store, vectors, folder))
    return Examination(
        tuple(one for one in findings if isinstance(one, Problem)),
        tuple(one for one in findings if isinstance(one, NotChecked)),
    )


def clear_leftovers(store: DocumentStore, vectors: VectorStores, folder: Path, *, actor: str) -> None:
    """Remove unfinished files and let go of locks of processes that have ended.

    Raises
    ------
    BusyError
        If another process writes.
    """
    with store.writer(actor), writer_lock(folder / INDEX_LOCK, since=written_at(utc_now)):
        for path in leftover_files(folder, vectors):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(OSError):  # what stays is found again
                    path.unlink(missing_ok=True)


def _tried(part: str, check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """Return what a check finds, or that it could not be made."""
    findings: list[Finding] = []
    try:
        findings.extend(check())
    except CaseGraphError as error:
        findings.append(NotChecked(part, error.advice))
    return findings
