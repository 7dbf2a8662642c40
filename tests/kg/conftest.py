"""The graph's two engines, each started once for all tests of a worker, and empty for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from neo4j_server import Neo4jServer

from ingest.case import Case
from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store
from kg.engine.graph import Graph, connect
from kg.engine.server import embedded_graph


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    with embedded_graph(tmp_path_factory.mktemp("graph") / "a folder") as graph:
        yield graph


@pytest.fixture
def neo4j(neo4j_server: Neo4jServer) -> Iterator[Graph]:
    with connect(neo4j_server.address, user=neo4j_server.user, password=neo4j_server.password) as graph:
        yield graph


@pytest.fixture
def empty() -> Callable[[Graph], Graph]:
    def emptied(graph: Graph) -> Graph:
        graph.write("MATCH (n) DETACH DELETE n")
        return graph

    return emptied


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.engine)])
def graph(request: pytest.FixtureRequest, empty: Callable[[Graph], Graph]) -> Graph:
    """Each of the two engines in turn, empty."""
    return empty(request.getfixturevalue(request.param))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DocumentStore]:
    store = open_store("sqlite", tmp_path)
    yield store
    store.close()


@pytest.fixture
def write(store: DocumentStore) -> Callable[..., None]:
    """Write cases into the store, and delete those whose ids are given."""

    def written(*cases: Case, delete: tuple[str, ...] = ()) -> None:
        with store.writer("tester") as writer:
            writer.write_cases(cases)
            for case_id in delete:
                writer.delete_case(case_id)

    return written
