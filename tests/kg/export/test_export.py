"""The graph in a file, and back again: nothing is lost and nothing added."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import networkx
import pytest
from graph_cases import HOSTILE, hostile_case, three_cases

from ingest.errors import StorageError
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.export import graphml
from kg.export.export import ExportFormat, export_graph, read_nodes, read_relationships
from kg.projection.project import project
from kg.projection.similarity import project_similarities
from kg.questions.neighbourhood import counts

Write = Callable[..., None]


@pytest.fixture
def filled(graph: Graph, store: DocumentStore, write: Write) -> Graph:
    write(*three_cases(), hostile_case())
    project(graph, store)
    project_similarities(graph)
    return graph


def held(graph: Graph) -> tuple[list[object], list[object]]:
    nodes = [(node.key, node.label, node.properties) for node in read_nodes(graph)]
    return nodes, [(one.source, one.target, one.type, one.properties) for one in read_relationships(graph)]


def test_a_script_loaded_into_neo4j_gives_an_equal_graph(
    filled: Graph, neo4j: Graph, empty: Callable[[Graph], Graph], tmp_path: Path
) -> None:
    report = export_graph(filled, tmp_path / "graph.cypher", ExportFormat.CYPHER)
    before, numbers = held(filled), counts(filled)
    assert (report.nodes, report.relationships) == (len(before[0]), len(before[1]))
    assert sum(numbers.relationships.values()) == report.relationships
    empty(neo4j)
    lines = (tmp_path / "graph.cypher").read_text(encoding="utf-8").split("\n")
    for line in lines:
        if line and not line.startswith("//"):
            neo4j.write(line.removesuffix(";"))  # pyright: ignore[reportArgumentType]
    assert held(neo4j) == before
    assert any(HOSTILE in str(node) for node, *_ in before[0])


def test_json_reads_back_as_it_was(filled: Graph, tmp_path: Path) -> None:
    export_graph(filled, tmp_path / "graph.json", ExportFormat.JSON)
    read = json.loads((tmp_path / "graph.json").read_text(encoding="utf-8"))
    nodes = [(node["id"], node["label"], node["properties"]) for node in read["nodes"]]
    edges = [(edge["source"], edge["target"], edge["type"], edge["properties"]) for edge in read["edges"]]
    assert (nodes, edges) == held(filled)
    assert read["graph"] == {"sequence": 4}
    network = networkx.node_link_graph(read, edges="edges")
    assert (network.number_of_nodes(), network.number_of_edges()) == (len(nodes), len(edges))


def test_graphml_reads_back_as_it_was(filled: Graph, tmp_path: Path) -> None:
    file = tmp_path / "graph.graphml"
    export_graph(filled, file, ExportFormat.GRAPHML)
    network = networkx.read_graphml(file, force_multigraph=True)
    nodes, relationships = held(filled)
    assert {key: dict(found) for key, found in network.nodes(data=True)} == {
        key: flat({"label": label, **properties}) for key, label, properties in nodes
    }
    found = [(source, target, sorted(data.items())) for source, target, data in network.edges(data=True)]
    assert sorted(found) == sorted(
        (source, target, sorted(flat({"type": kind, **properties}).items()))
        for source, target, kind, properties in relationships
    )


def flat(properties: dict[str, object]) -> dict[str, object]:
    """As GraphML holds it: lists as JSON text."""
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
        for name, value in properties.items()
    }


def test_graphml_declares_what_it_uses(filled: Graph, tmp_path: Path) -> None:
    file = tmp_path / "graph.graphml"
    export_graph(filled, file, ExportFormat.GRAPHML)
    tags = list(ElementTree.fromstring(file.read_text(encoding="utf-8")).iter())
    declared = {tag.get("id") for tag in tags if tag.tag.endswith("}key")}
    assert {tag.get("key") for tag in tags if tag.tag.endswith("}data")} <= declared


def test_what_xml_cannot_hold_is_marked() -> None:
    assert graphml._text("a\0b\x0bc\ufffe\r\n<&]]>") == "a\ufffdb\ufffdc\ufffd&#13;\n&lt;&amp;]]&gt;"


def test_an_export_is_complete_or_not_there(embedded: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StorageError, match="nowhere"):
        export_graph(embedded, tmp_path / "nowhere" / "graph.json", ExportFormat.JSON)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        export_graph(embedded, tmp_path / "graph.json", ExportFormat.JSON)
    assert list(tmp_path.iterdir()) == []
