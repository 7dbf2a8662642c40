"""Servers for benchmarks: the very ones that the tests fetch (`make engines`), each started empty for one run."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.engine.graph import Graph, connect
from kg.engine.server import embedded_graph

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))

GRAPHS = ("embedded", "neo4j")


@contextmanager
def running_mongodb() -> Iterator[tuple[str, int]]:
    """Yield the address of an empty MongoDB, without a database, and the process that it is."""
    from mongodb_server import EngineMissing, running_mongod

    try:
        with running_mongod() as server:
            yield server.uri, server.process.pid
    except EngineMissing as reason:
        sys.exit(str(reason))


@contextmanager
def empty_graph(engine: str) -> Iterator[Graph]:
    """Yield an empty graph on a server of this process's own."""
    from neo4j_server import EngineMissing, shared_neo4j

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if engine == "embedded":
            with embedded_graph(Path(folder)) as graph:
                yield graph
            return
        try:
            with (
                shared_neo4j(Path(folder)) as server,
                connect(server.address, user=server.user, password=server.password) as graph,
            ):
                yield graph
        except EngineMissing as reason:
            sys.exit(str(reason))
