"""What a workspace holds, where, and how far graph and vectors lag the documents."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.remedies import Advice, Remedy, RemedyAction
from ingest.store.filters import OneOf
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Status
from rag.index.indexing import IndexState

_INDEX = Remedy(RemedyAction.INDEX)


@dataclass(frozen=True)
class GraphState:
    """Where the graph is and what it covers.

    Attributes
    ----------
    sequence : int or None
        The change of the documents that it reaches.
    problem : Advice or None
        Why it could not be asked.
    """

    address: str
    sequence: int | None
    problem: Advice | None = None


@dataclass(frozen=True)
class WorkspaceStatus:
    """The state of a workspace.

    Attributes
    ----------
    documents : str
        The address of the documents.
    sequence : int
        Their last change.
    partial_cases : int
        Of the cases those that lack something.
    quarantined : int
        Records that did not fit.
    vectors : tuple of IndexState
        What the vectors of each kind reach.
    """

    documents: str
    sequence: int
    cases: int
    partial_cases: int
    images: int
    quarantined: int
    graph: GraphState
    vectors: tuple[IndexState, ...]

    def rows(self) -> list[tuple[str, object]]:
        """Return the state as rows for a table; an `Advice` where something is to be done."""
        rows: list[tuple[str, object]] = [
            ("documents", self.documents),
            ("cases", self.cases),
            ("of them partial", self.partial_cases),
            ("images", self.images),
            ("quarantined records", self.quarantined),
            ("last change", self.sequence),
            ("graph", self._with_lag(self.graph.address, self.graph.sequence)),
        ]
        if self.graph.problem:
            rows.append(("graph problem", self.graph.problem))
        for state in self.vectors:
            rows.append(
                (f"vectors of {state.kind}", self._with_lag(f"{state.count} by {state.encoder}", state.sequence))
            )
        return rows if self.vectors else [*rows, ("vectors", Advice("none yet", _INDEX))]

    def _with_lag(self, said: str, covered: int | None) -> Advice:
        if covered is None:
            return Advice(f"{said}, not asked")
        behind = self.sequence - covered
        return Advice(f"{said}, {behind} changes behind", _INDEX) if behind else Advice(f"{said}, up to date")


def workspace_status(store: DocumentStore, graph: GraphState, vectors: list[IndexState]) -> WorkspaceStatus:
    """Count what the documents hold and put the projections beside it."""
    partial = store.count(OneOf("status", (Status.PARTIAL,)))
    images = store.image_counts().images
    return WorkspaceStatus(
        store.address,
        store.sequence(),
        store.count(),
        partial,
        images,
        len(store.quarantined()),
        graph,
        tuple(vectors),
    )
