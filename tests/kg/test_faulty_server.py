"""T31 for the graph: whatever goes wrong with the server, it is said in a sentence within ten seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from case_factory import make_case
from faulty_server import Fault, FaultyServer, faulty_server, told_in_time
from neo4j_server import Neo4jServer
from patience import USERS_WAIT_S

import kg.engine.graph
from ingest.errors import CaseGraphError
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph, connect
from kg.projection.project import covered_sequence, project

SECRET = "correct-horse-battery"
SENTENCE = r"the graph server at bolt://127\.0\.0\.1:\d+ (does not answer|declines|refuses)[^\n]*\."


@contextmanager
def given_up(server: FaultyServer, fault: Fault, *, calls: int) -> Iterator[None]:
    """Give up earlier than users, all but once: a fault that is silence takes the whole of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kg.engine.graph, "TIMEOUT_S", USERS_WAIT_S if fault is Fault.HALF_OPEN else 4.0)
        with told_in_time(server, SENTENCE, calls=calls, secret=SECRET):
            yield


def test_t31_users_wait_ten_seconds_at_most() -> None:
    assert USERS_WAIT_S <= 10


@pytest.mark.parametrize("fault", Fault)
def test_t31_a_graph_server_that_fails_from_the_first_word_on_is_given_up(fault: Fault) -> None:
    with faulty_server(fault=fault) as server, given_up(server, fault, calls=3):
        connect(f"bolt://127.0.0.1:{server.port}", user="neo4j", password=SECRET)


def port_of(server: Neo4jServer) -> int:
    return int(server.address.rpartition(":")[2])


@contextmanager
def failing_later(server: Neo4jServer) -> Iterator[tuple[FaultyServer, Graph]]:
    with faulty_server(port_of(server)) as between:
        graph = connect(f"bolt://127.0.0.1:{between.port}", user=server.user, password=server.password)
        try:
            yield between, graph
        finally:
            with suppress(CaseGraphError):
                graph.close()


@pytest.mark.parametrize("fault", Fault)
def test_t31_a_question_to_a_graph_server_that_fails_later_is_given_up(neo4j_server: Neo4jServer, fault: Fault) -> None:
    with failing_later(neo4j_server) as (between, graph):
        assert graph.read("RETURN 1 AS one") == [{"one": 1}]
        between.fail(fault)
        with given_up(between, fault, calls=5):
            graph.read("MATCH (n) RETURN count(n) AS number")
        assert graph.lost


@pytest.mark.parametrize("fault", Fault)
def test_t31_a_projection_that_loses_its_server_writes_whole_batches_or_nothing(
    neo4j_server: Neo4jServer, neo4j: Graph, store: DocumentStore, write: Callable[..., None], fault: Fault
) -> None:
    write(make_case(1))
    with failing_later(neo4j_server) as (between, graph):
        assert project(graph, store).written == 1
        write(make_case(2), make_case(3))
        between.fail(fault)
        with given_up(between, fault, calls=5):
            project(graph, store)
    cases = neo4j.read("MATCH (c:Case) RETURN count(c) AS number")[0]["number"]
    assert (cases, covered_sequence(neo4j)) == (1, 1)
    assert project(neo4j, store).sequence == 3
