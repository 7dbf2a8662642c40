"""Connecting: what is wrong is said in one sentence, within the time limit, and no password is in it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import traceback

import pytest
from faulty_server import LIMIT_S
from neo4j_server import Neo4jServer

import kg.engine.graph
from ingest.errors import EngineRefused, EngineUnreachable, InputError
from kg.engine.graph import Graph, connect

SECRET = "correct-horse-battery"


def test_t31_nothing_at_the_address_is_said_at_once() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"bolt://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(EngineUnreachable, match="docker compose up neo4j") as error:
        connect(address, user="neo4j", password=SECRET)
    assert address in str(error.value)
    assert SECRET not in "".join(traceback.format_exception(error.value))


def test_t31_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.engine.graph, "TIMEOUT_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        with pytest.raises(EngineUnreachable, match="does not answer"):
            connect(f"bolt://127.0.0.1:{silent.getsockname()[1]}", user="neo4j", password=SECRET)
    assert time.monotonic() - start < LIMIT_S


def test_a_wrong_password_is_refused_by_the_embedded_server(embedded: Graph) -> None:
    refuses(embedded.address, "root")


def test_a_wrong_password_is_refused_by_neo4j(neo4j_server: Neo4jServer) -> None:
    refuses(neo4j_server.address, neo4j_server.user)


def refuses(address: str, user: str) -> None:
    with pytest.raises(EngineRefused, match="refuses the user name or the password") as error:
        connect(address, user=user, password=SECRET)
    assert address in str(error.value)
    assert SECRET not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize(
    "address", ["", "localhost:7687", "http://localhost:7474", "bolt://", "bolt://host:port", f"bolt://u:{SECRET}@host"]
)
def test_what_is_no_bolt_address_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(InputError, match="bolt://localhost:7687") as error:
        connect(address, user="neo4j", password="")
    assert SECRET not in str(error.value)


def test_a_statement_that_is_declined_says_the_code_and_not_the_data(embedded: Graph) -> None:
    with pytest.raises(EngineRefused, match=embedded.address) as error:
        embedded.read("MATCH (c:Case {case_id: $missing}) RETURN nonsense(c)", other=SECRET)
    assert SECRET not in str(error.value)


def test_the_driver_loads_nothing_heavy() -> None:
    check = "import sys, kg.engine.driver; print({'numpy', 'pandas', 'pyarrow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
