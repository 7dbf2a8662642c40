"""Keep graph, vectors and classifier up to the documents: run, status, doctor, fix."""

from __future__ import annotations

from dataclasses import dataclass

from casegraph.checks.problem import Problem
from casegraph.doctor import Examination, clear_leftovers, examine
from casegraph.engines import Engines
from casegraph.index_run import INDEX_LOCK, WorkspaceIndexReport, index_workspace
from casegraph.status import GraphState, WorkspaceStatus, workspace_status
from ingest.deletion import finish_deletions
from ingest.errors import EngineError
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.lock import writer_lock
from ingest.store.stored_form import utc_now, written_at
from kg.projection.project import covered_sequence
from rag.index.indexing import index_states

__all__ = ["Examination", "Indexing", "Problem", "WorkspaceIndexReport", "WorkspaceStatus"]


@dataclass(frozen=True)
class Indexing:
    """The projections of one workspace."""

    _engines: Engines

    def run(self, *, rebuild: bool = False, on_progress: ProgressCallback = ignore_progress) -> WorkspaceIndexReport:
        """Bring graph, vectors and classifier up to the documents, and end deletions that were interrupted.

        What the settings name is kept by the workspace once all of it is done.

        Raises
        ------
        BusyError
            If another process does so.
        """
        engines = self._engines
        finish_deletions(engines.store, engines.objects, actor=engines.settings.actor_name)
        cases = engines.store.count()
        models = engines.new_models()  # for this run alone: one that fails leaves those of the search as they are
        refit = cases >= 2 * engines.memory.fitted_on_cases
        models.require_loadable()
        with engines.lock, writer_lock(engines.folder / INDEX_LOCK, since=written_at(utc_now)):
            report = index_workspace(
                engines.store,
                engines.objects,
                engines.graph,
                models,
                engines.vectors,
                rebuild=rebuild,
                refit=refit,
                on_progress=on_progress,
            )
        engines.keep_indexed(models, fitted_on_cases=cases if cases and (rebuild or refit) else None)
        return report

    def status(self) -> WorkspaceStatus:
        """Say what the workspace holds and how far its projections lag."""
        engines = self._engines
        try:
            state = GraphState(engines.memory.graph, covered_sequence(engines.graph))
        except EngineError as error:
            state = GraphState(engines.memory.graph, None, error.advice)
        return workspace_status(engines.store, state, index_states(engines.vectors))

    def doctor(self) -> Examination:
        """Look for every disagreement of documents, images, graph and vectors."""
        engines = self._engines
        return examine(
            engines.store,
            engines.objects,
            lambda: engines.graph,
            engines.models,
            vectors=engines.vectors,
            folder=engines.folder,
        )

    def fix(self, *, on_progress: ProgressCallback = ignore_progress) -> None:
        """Clear away what killed processes left, and rebuild graph and vectors where they disagree.

        Documents and images stay as they are.
        """
        engines = self._engines
        clear_leftovers(engines.store, engines.vectors, engines.folder, actor=engines.settings.actor_name)
        finish_deletions(engines.store, engines.objects, actor=engines.settings.actor_name)
        if self.doctor().projections_differ:
            self.run(rebuild=True, on_progress=on_progress)
