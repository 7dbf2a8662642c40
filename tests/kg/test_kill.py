"""kill -9 in the midst of a projection, of our process and of the server: the next run ends in the same graph."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from graph_cases import graph_case, hostile_case, image_of
from killing import Nursery, kill_points, kill_seed, wanted_kills
from neo4j_server import Neo4jServer

import kg.projection.project
from ingest.errors import EngineUnreachable
from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store
from kg.engine.graph import Graph
from kg.engine.server import embedded_graph
from kg.projection.consistency import check
from kg.projection.project import covered_sequence, project

ENOUGH_TO_MEET_BATCHES = 20  # so many points do not all fall before the first batch; five may


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight cases that share things, one of them changed and one deleted."""
    folder = tmp_path_factory.mktemp("documents")
    cases = [*(graph_case(number) for number in range(7)), hostile_case()]
    with closing(open_store("sqlite", folder)) as store, store.writer("tester") as writer:
        writer.write_cases(cases)
        writer.write_cases([replace(cases[2], images=(image_of(cases[2], acr_code="7.3"),))])
        writer.delete_case(cases[3].case_id)
    return folder


@pytest.fixture
def store(documents: Path) -> Iterator[DocumentStore]:
    with closing(open_store("sqlite", documents)) as store:
        yield store


def kill_often(run: Callable[..., object], count: int, graph: Graph, store: DocumentStore) -> None:
    """Kill a projection that begins again at so many points; each time the next one ends it."""
    whole = run(kind="call")
    assert check(graph, store) == []
    covered = set[int]()
    for kind, kill_at in kill_points(whole, count):
        run(kill_at=kill_at, kind=kind)
        covered.add(covered_sequence(graph))
        project(graph, store)
        assert covered_sequence(graph) == store.sequence()
        assert check(graph, store) == [], (kind, kill_at)
    if count >= ENOUGH_TO_MEET_BATCHES:
        assert len(covered) > 1  # some of them fell between the batches


def test_t21_kill_9_of_our_process_in_a_projection_on_the_embedded_server(
    nursery: Nursery, documents: Path, store: DocumentStore, tmp_path: Path
):
    with embedded_graph(tmp_path / "graph") as graph:

        def run(**how: object) -> object:
            return nursery.run("project", documents, folder=str(tmp_path / "graph"), **how)

        kill_often(run, wanted_kills(20), graph, store)


@pytest.mark.engine
def test_t21_kill_9_of_our_process_in_a_projection_on_neo4j(
    nursery: Nursery, documents: Path, store: DocumentStore, neo4j: Graph, neo4j_server: Neo4jServer
):
    login = {"address": neo4j_server.address, "user": neo4j_server.user, "password": neo4j_server.password}

    def run(**how: object) -> object:
        return nursery.run("project", documents, **login, **how)

    kill_often(run, wanted_kills(5), neo4j, store)


def test_t21_kill_9_of_the_server_in_a_projection(store: DocumentStore, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(kg.projection.project, "BATCH_SIZE", 1)
    chance = random.Random(kill_seed())
    for number in range(wanted_kills(2)):
        folder = tmp_path / str(number)
        with embedded_graph(folder) as graph:
            after = chance.randrange(1, 7)
            timer = threading.Timer(chance.random() * 0.05, kill_server, [folder])

            def killing(done: int, total: int, after: int = after, timer: threading.Timer = timer) -> None:
                if done >= after and not timer.ident:
                    timer.start()

            with pytest.raises(EngineUnreachable, match="The embedded server has ended"):
                project(graph, store, on_progress=killing)
            timer.join()
        with embedded_graph(folder) as graph:
            assert after <= covered_sequence(graph) <= store.sequence()  # what was acknowledged is there
            project(graph, store)
            assert check(graph, store) == []


def kill_server(folder: Path) -> None:
    """Kill the Java server and the process that watches it, which share a process group."""
    os.killpg(json.loads((folder / "server.json").read_text())["pid"], signal.SIGKILL)
