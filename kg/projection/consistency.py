"""Does the graph say what the documents say? The check behind ``casegraph doctor``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph, Row
from kg.projection.expected import OF_CASES, Expected, Identity, of_cases
from kg.projection.project import batches, covered_sequence
from kg.projection.rows import project_case
from kg.schema import KEY_PROPERTIES, MENTION_TYPES, Label, NodeKey, RelationshipType, unmarked
from kg.statements import RELATIONSHIPS_OF_CASES, nodes_after, relationships_from

# As many cases are compared at a time as are projected at a time.
_BATCH_SIZE = 100
_NODES_PER_READ = 1000


@dataclass(frozen=True)
class GraphProblem:
    """One thing in which the graph differs from the documents.

    `kind` is ``graph-lags``, ``graph-leads``, or ``node-`` or ``relationship-`` with ``missing``, ``extra`` or
    ``differs``, or ``relationship-twice``; `node` names the node concerned, None where it is the whole graph.
    """

    kind: str
    node: NodeKey | None
    message: str


def check(graph: Graph, store: DocumentStore) -> list[GraphProblem]:
    """Compare the whole graph with the documents; an empty list means that they agree."""
    covered, last = covered_sequence(graph), store.sequence()
    if covered < last:
        return [GraphProblem("graph-lags", None, f"the graph lags {last - covered} changes")]
    if covered > last:
        return [GraphProblem("graph-leads", None, "the graph was made from other documents")]
    return list(_differences(graph, store))


Properties = Mapping[str, Any]


def _differences(graph: Graph, store: DocumentStore) -> Iterator[GraphProblem]:
    expected = Expected()
    for batch in batches(store.cases(), _BATCH_SIZE):
        rows = [project_case(stored.case) for stored in batch]
        for part in rows:
            expected.add(part)
        wanted = {row.identity: row.properties for part in rows for row in of_cases(part)}
        case_ids = [stored.case.case_id for stored in batch]
        yield from _compared(wanted, graph.read(RELATIONSHIPS_OF_CASES, case_ids=case_ids))
    stored_nodes = {key: properties for label in Label for key, properties in _stored_nodes(graph, label)}
    yield from _compared_nodes(expected.nodes(), stored_nodes)
    for label in Label:
        if label not in OF_CASES:
            keys = [key for key in stored_nodes if key.label is label]
            for some in batches(keys, _NODES_PER_READ):
                wanted = {name: properties for key in some for name, properties in expected.shared[key].items()}
                found = graph.read(relationships_from(label), keys=[key.key for key in some])
                yield from _compared(wanted, found)


def _stored_nodes(graph: Graph, label: Label) -> Iterator[tuple[NodeKey, Properties]]:
    after = ""
    while rows := graph.read(nodes_after(label), after=after, limit=_NODES_PER_READ):
        for row in rows:
            after = row["properties"][KEY_PROPERTIES[label]]
            yield NodeKey(label, after), unmarked(row["properties"])


def _compared_nodes(
    wanted: Mapping[NodeKey, Properties], found: Mapping[NodeKey, Properties]
) -> Iterator[GraphProblem]:
    for key in sorted(wanted.keys() | found.keys()):
        if key not in found:
            yield _problem("node-missing", key, f"missing: node {key}")
        elif key not in wanted:
            yield _problem("node-extra", key, f"extra node {key}")
        elif names := _different(wanted[key], found[key]):
            yield _problem("node-differs", key, f"differs: node {key} in {names}")


def _compared(wanted: Mapping[Identity, Properties], rows: Iterable[Row]) -> Iterator[GraphProblem]:
    found: dict[Identity, Properties] = {}
    times = Counter[Identity]()
    for row in rows:
        identity = _identity(row)
        found[identity] = unmarked(row["properties"])
        times[identity] += 1
    for identity in sorted(wanted.keys() | found.keys()):
        source, name, target, _ = identity
        words = f"{source} {name} {target}"
        if identity not in found:
            yield _problem("relationship-missing", source, f"missing: {words}")
        elif identity not in wanted:
            yield _problem("relationship-extra", source, f"extra: {words}")
        elif times[identity] > 1:
            yield _problem("relationship-twice", source, f"has {times[identity]} times: {words}")
        elif names := _different(wanted[identity], found[identity]):
            yield _problem("relationship-differs", source, f"differs: {words} in {names}")


def _identity(row: Row) -> Identity:
    source = NodeKey(Label(row["source_label"]), row["source"])
    target = NodeKey(Label(row["label"]), row["key"])
    kind = RelationshipType(row["type"])
    return source, kind, target, row["properties"].get("mention_id", "") if kind in MENTION_TYPES else ""


def _different(wanted: Properties, found: Properties) -> str:
    """Return the names of the properties that differ; neither engine tells a null from nothing."""
    return ", ".join(sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)))


def _problem(kind: str, node: NodeKey, words: str) -> GraphProblem:
    return GraphProblem(kind, node, f"the graph {words}")
