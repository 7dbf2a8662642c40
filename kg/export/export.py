"""The whole graph in a file: GraphML, JSON (node-link) or a Cypher script, read and written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any

from ingest.errors import InputError, StorageError
from ingest.files import replacing
from ingest.remedies import Remedy, RemedyAction
from kg.engine.graph import Graph
from kg.export import cypher_script, graphml
from kg.projection.ownership import require_ours
from kg.projection.project import batches, covered_sequence
from kg.questions.neighbourhood import Node, Relationship
from kg.schema import KEY_PROPERTIES, Label, NodeKey, RelationshipType, unmarked
from kg.statements import nodes_after, relationships_from

# Nodes of one label that are read at a time, each with its relationships.
_READ_SIZE = 500
# A literal list of more rows makes a statement that Neo4j parses slowly.
_SCRIPT_SIZE = 500

Properties = Mapping[str, Any]


class ExportFormat(StrEnum):
    """How the graph is written."""

    GRAPHML = "graphml"
    JSON = "json"
    CYPHER = "cypher"


def format_of(file: Path) -> ExportFormat:
    """Return the format that the end of a file's name tells. Raises InputError where it tells none."""
    ending = file.suffix.removeprefix(".").casefold()
    if ending not in set(ExportFormat):
        known = ", ".join(f".{known}" for known in ExportFormat)
        raise InputError(
            f"'{file.name}' does not tell how to write it. Expected a name with {known}, or a format.",
            remedy=Remedy(RemedyAction.NAME_FORMAT),
        )
    return ExportFormat(ending)


@dataclass(frozen=True)
class GraphExportReport:
    """How much was written, and where."""

    file: Path
    nodes: int
    relationships: int


def export_graph(graph: Graph, file: Path, written_as: ExportFormat) -> GraphExportReport:
    """Write all nodes and relationships into a file, which is complete or not there.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    require_ours(graph)
    counter = _Counter()
    lines = _LINES[written_as](
        counter.nodes(read_nodes(graph)), counter.relationships(read_relationships(graph)), covered_sequence(graph)
    )
    try:
        with replacing(file) as out:
            out.writelines(line.encode() for line in lines)
    except OSError as error:
        raise StorageError(f"'{file}' cannot be written: {error.strerror}. Name another file.") from error
    return GraphExportReport(file, counter.node_count, counter.relationship_count)


class _Counter:
    """Counts what passes by."""

    def __init__(self) -> None:
        self.node_count = 0
        self.relationship_count = 0

    def nodes(self, nodes: Iterable[Node]) -> Iterator[Node]:
        for node in nodes:
            self.node_count += 1
            yield node

    def relationships(self, relationships: Iterable[Relationship]) -> Iterator[Relationship]:
        for relationship in relationships:
            self.relationship_count += 1
            yield relationship


def read_nodes(graph: Graph) -> Iterator[Node]:
    """Yield every node with all its properties, by label and key."""
    for label in Label:
        for rows in _pages(graph, label):
            for properties in rows:
                key = NodeKey(label, properties[KEY_PROPERTIES[label]])
                yield Node(str(key), label, properties["name"], dict(sorted(properties.items())))


def read_relationships(graph: Graph) -> Iterator[Relationship]:
    """Yield every relationship, by source, type, target and mention."""
    for label in Label:
        for rows in _pages(graph, label):
            keys = [properties[KEY_PROPERTIES[label]] for properties in rows]
            yield from sorted(_relationships_from(graph, label, keys), key=_order)


def _pages(graph: Graph, label: Label) -> Iterator[list[Properties]]:
    """Yield the properties of all nodes of a label, page by page."""
    after = ""
    while rows := graph.read(nodes_after(label), after=after, limit=_READ_SIZE):
        yield [unmarked(row["properties"]) for row in rows]
        after = rows[-1]["properties"][KEY_PROPERTIES[label]]


def _relationships_from(graph: Graph, label: Label, keys: list[str]) -> Iterator[Relationship]:
    for row in graph.read(relationships_from(label), keys=keys):
        source, target = NodeKey(label, row["source"]), NodeKey(Label(row["label"]), row["key"])
        properties = dict(sorted(unmarked(row["properties"]).items()))
        yield Relationship(str(source), str(target), RelationshipType(row["type"]), properties)


def _order(relationship: Relationship) -> tuple[str, ...]:
    mention_id = relationship.properties.get("mention_id", "")
    return relationship.source, relationship.type, relationship.target, mention_id


Lines = Callable[[Iterable[Node], Iterable[Relationship], int], Iterator[str]]


def _graphml(nodes: Iterable[Node], relationships: Iterable[Relationship], _sequence: int) -> Iterator[str]:
    yield from graphml.head_lines()
    yield from graphml.node_lines(nodes)
    yield from graphml.relationship_lines(relationships)
    yield graphml.TAIL


def _json(nodes: Iterable[Node], relationships: Iterable[Relationship], sequence: int) -> Iterator[str]:
    """Yield the node-link form that ``networkx.node_link_graph`` reads."""
    yield f'{{"directed": true, "multigraph": true, "graph": {{"sequence": {sequence}}},\n"nodes": [\n'
    yield from _separated({"id": node.key, "label": node.label, "properties": node.properties} for node in nodes)
    yield '],\n"edges": [\n'
    yield from _separated(
        {"source": one.source, "target": one.target, "type": one.type, "properties": one.properties}
        for one in relationships
    )
    yield "]}\n"


def _separated(rows: Iterable[object]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}{json.dumps(row, ensure_ascii=False)}\n"


def _cypher(nodes: Iterable[Node], relationships: Iterable[Relationship], _sequence: int) -> Iterator[str]:
    yield from cypher_script.constraint_lines()
    yield from chain.from_iterable(map(cypher_script.node_lines, batches(nodes, _SCRIPT_SIZE)))
    yield from chain.from_iterable(map(cypher_script.relationship_lines, batches(relationships, _SCRIPT_SIZE)))


_LINES: dict[ExportFormat, Lines] = {
    ExportFormat.GRAPHML: _graphml,
    ExportFormat.JSON: _json,
    ExportFormat.CYPHER: _cypher,
}
