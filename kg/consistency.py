"""Does the graph say what the documents say? The check behind ``casegraph doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.store.interface import DocumentStore
from kg.graph import Graph
from kg.projection import REBUILD, batches, covered_sequence
from kg.rows import project_case
from kg.schema import MENTION_TYPES, Label, NodeKey, RelationshipType
from kg.statements import RELATIONSHIPS_OF_CASES, all_keys

# As many cases are compared at a time as are projected at a time.
_BATCH_SIZE = 100


@dataclass(frozen=True)
class Problem:
    """One thing in which the graph differs from the documents.

    `kind` is ``graph-lags``, ``graph-leads``, ``node-missing``, ``node-extra``, ``relationship-missing`` or
    ``relationship-extra``; `node` names the node concerned, None where it is the whole graph.
    """

    kind: str
    node: NodeKey | None
    message: str


def check(graph: Graph, store: DocumentStore) -> list[Problem]:
    """Compare the whole graph with the documents; an empty list means that they agree."""
    covered, last = covered_sequence(graph), store.sequence()
    if covered < last:
        return [Problem("graph-lags", None, f"the graph lags {last - covered} changes. Update it: casegraph index.")]
    if covered > last:
        return [Problem("graph-leads", None, f"the graph was made from other documents. Build it anew: {REBUILD}.")]
    return list(_differences(graph, store))


Relation = tuple[NodeKey, RelationshipType, NodeKey, str]


def _differences(graph: Graph, store: DocumentStore) -> Iterator[Problem]:
    nodes = set[NodeKey]()
    for batch in batches(store.cases(), _BATCH_SIZE):
        rows = [project_case(stored.case) for stored in batch]
        nodes |= {row.node for part in rows for row in part.nodes}
        expected = {
            row.identity for part in rows for row in part.relationships if row.source.label in (Label.CASE, Label.IMAGE)
        }
        present = set(_relations(graph, [stored.case.case_id for stored in batch]))
        yield from _problems("relationship-missing", "lacks", expected - present)
        yield from _problems("relationship-extra", "has too much", present - expected)
    stored_nodes = {NodeKey(label, row["key"]) for label in Label for row in graph.read(all_keys(label))}
    for kind, verb, keys in (
        ("node-missing", "lacks", nodes - stored_nodes),
        ("node-extra", "has too much", stored_nodes - nodes),
    ):
        for key in sorted(keys):
            yield Problem(kind, key, f"the graph {verb}: the node {key}. Build it anew: {REBUILD}.")


def _relations(graph: Graph, case_ids: list[str]) -> Iterator[Relation]:
    for row in graph.read(RELATIONSHIPS_OF_CASES, case_ids=case_ids):
        source = NodeKey(Label(row["source_label"]), row["source"])
        target = NodeKey(Label(row["label"]), row["key"])
        kind = RelationshipType(row["type"])
        yield source, kind, target, row["mention_id"] if kind in MENTION_TYPES else ""


def _problems(kind: str, verb: str, relations: set[Relation]) -> Iterator[Problem]:
    for source, name, target, _ in sorted(relations):
        yield Problem(kind, source, f"the graph {verb}: {source} {name} {target}. Build it anew: {REBUILD}.")
