"""What a graph server's errors mean: a sentence with what to do, from real servers where they can fail so."""

from __future__ import annotations

from collections.abc import Callable
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from neo4j import GraphDatabase
from neo4j_server import Neo4jServer

from ingest.errors import BusyError, CaseGraphError, EngineRefused, EngineUnreachable, StorageError
from kg.engine.address import parse_address
from kg.engine.faults import refusal
from kg.engine.graph import Graph, connect

PLACE = parse_address("bolt://h:7687/archive")


def test_a_first_password_has_to_be_changed(neo4j_server: Neo4jServer) -> None:
    with (
        GraphDatabase.driver(neo4j_server.address, auth=(neo4j_server.user, neo4j_server.password)) as driver,
        driver.session(database="system") as system,
    ):
        system.run("CREATE OR REPLACE USER fresh SET PASSWORD 'first-password' CHANGE REQUIRED").consume()
        try:
            with pytest.raises(EngineRefused, match="ALTER CURRENT USER SET PASSWORD") as error:
                connect(neo4j_server.address, user="fresh", password="first-password").read("RETURN 1 AS one")
        finally:
            system.run("DROP USER fresh").consume()
    assert "first-password" not in str(error.value)


@pytest.mark.parametrize("ask", [lambda graph: graph.read("RETURN 1 AS one"), lambda graph: graph.write("RETURN 1")])
@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_database_that_does_not_exist_is_named(
    neo4j_server: Neo4jServer, scheme: str, ask: Callable[[Graph], object]
) -> None:
    address = neo4j_server.address.replace("bolt", scheme)
    with pytest.raises(EngineRefused, match=f"database 'otherdb' does not exist at {address}.*Create it"):
        ask(connect(f"{address}/otherdb", user=neo4j_server.user, password=neo4j_server.password))


@pytest.mark.parametrize("rest", ["/neo4j", "?database=neo4j", "/?database=NEO4J"])
def test_the_database_of_the_address_is_the_one_that_is_asked(neo4j_server: Neo4jServer, rest: str) -> None:
    login = {"user": neo4j_server.user, "password": neo4j_server.password}
    with connect(f"{neo4j_server.address}{rest}", **login) as graph:
        assert graph.read("CALL db.info() YIELD name RETURN name") == [{"name": "neo4j"}]
        assert graph.address == f"{neo4j_server.address}/neo4j"


def test_a_server_without_encryption_is_told_from_none(neo4j_server: Neo4jServer) -> None:
    with pytest.raises(EngineUnreachable, match="does not answer over an encrypted connection"):
        connect(neo4j_server.address.replace("bolt", "bolt+s"), user="neo4j", password="x")


def test_an_http_port_is_told() -> None:
    class Http(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(64)
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = ThreadingTCPServer(("127.0.0.1", 0), Http)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(EngineUnreachable, match="HTTP answers there"):
            connect(f"bolt://127.0.0.1:{server.server_address[1]}", user="neo4j", password="x")
    finally:
        server.shutdown()
        server.server_close()


def test_a_host_that_does_not_exist_is_told() -> None:
    with pytest.raises(EngineUnreachable, match="no such host"):
        connect("bolt://no-such-host.invalid", user="neo4j", password="x")


@pytest.mark.parametrize(
    ("code", "kind", "remedy"),
    [
        ("Neo.ClientError.Security.AuthenticationRateLimit", EngineRefused, "wait, then try again"),
        ("Neo.ClientError.Security.Forbidden", EngineRefused, "Give the user the rights"),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", EngineRefused, "read-only"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", EngineRefused, "dbms.memory.transaction.total.max"),
        ("Neo.ClientError.Transaction.TransactionTimedOut", EngineRefused, "ask for less at a time"),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", EngineRefused, "SHOW CONSTRAINTS"),
        ("Neo.DatabaseError.Schema.ConstraintCreationFailed", EngineRefused, "SHOW CONSTRAINTS"),
        ("Neo.TransientError.Transaction.DeadlockDetected", BusyError, "Try again"),
        ("Neo.DatabaseError.Transaction.TransactionCommitFailed", StorageError, "Make room"),
        ("Neo.ClientError.Something.New", EngineRefused, "declines: Neo.ClientError.Something.New. See https"),
    ],
)
def test_a_code_becomes_a_sentence_with_what_to_do(code: str, kind: type[CaseGraphError], remedy: str) -> None:
    error = refusal(code, PLACE)
    assert type(error) is kind
    assert remedy in str(error)
    assert str(error).startswith("the graph server at bolt://h:7687/archive ")
