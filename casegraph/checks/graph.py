"""Whether the graph says what the documents say.

The checks are those of `kg.projection.consistency`: ``graph-lags``, ``graph-leads``, ``node-missing``, ``node-extra``,
``node-differs``, ``relationship-missing``, ``relationship-extra``, ``relationship-differs`` and
``relationship-twice``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from casegraph.checks.problem import INDEX, REBUILD, Finding, NotChecked, Problem
from ingest.errors import CaseGraphError
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.projection.consistency import check


def check_graph(open_graph: Callable[[], Graph], store: DocumentStore) -> Iterator[Finding]:
    """Yield what is wrong with the graph, or why it cannot be asked."""
    try:
        found = check(open_graph(), store)
    except CaseGraphError as error:
        yield NotChecked("graph", error.advice)
        return
    for one in found:
        yield Problem(one.kind, str(one.node or "graph"), one.message, INDEX if one.kind == "graph-lags" else REBUILD)
