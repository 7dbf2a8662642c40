"""A real Neo4j for the tests: fetched once from Maven's repository, started on loopback, ended with its parent.

As a program it only fetches: ``python tests/support/neo4j_server.py``. The workers of pytest-xdist share one
server and take turns with it, however the tests are distributed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError
from required_engines import EngineMissing, needing_an_engine

import kg.engine.guard
from kg.engine import sharing

VERSION = "5.26.12"
# SHA-256 over the lines "<sha256>  <file name>\n" of the 214 jars, sorted by name.
JARS_SHA256 = "d29463ee5ad1c62acf421dd39c9aaf21826d46ef85fc24254803d21c64be5367"
FETCH_TIMEOUT_S = 300
START_TIMEOUT_S = 90
JAVA = ("java", "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+PerfDisableSharedMem")
POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>casegraph</groupId><artifactId>engines</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{VERSION}</version></dependency>
  </dependencies>
</project>
"""
SETTINGS = """\
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
dbms.usage_report.enabled=false
dbms.security.allow_csv_import_from_file_urls=false
server.memory.pagecache.size=128m
"""
# What a test before gave up on would else still write into the next.
END_OTHERS = (
    "SHOW TRANSACTIONS YIELD transactionId, currentQuery WHERE NOT currentQuery STARTS WITH 'SHOW TRANSACTIONS' "
    "TERMINATE TRANSACTIONS transactionId YIELD message RETURN message"
)


@dataclass(frozen=True)
class Neo4jServer:
    """Where the server is, and how to log in."""

    address: str
    user: str
    password: str


def engines_folder() -> Path:
    """Where servers for tests are kept, outside the repository."""
    return Path(os.environ.get("CASEGRAPH_ENGINES", "~/.cache/casegraph-engines")).expanduser()


def fetch_neo4j() -> Path:
    """Return the folder of the server's jars, fetched if it is not there yet."""
    jars = engines_folder() / f"neo4j-{VERSION}"
    for program in ("java", "mvn"):
        if shutil.which(program) is None and not (program == "mvn" and jars.is_dir()):
            raise EngineMissing(f"Neo4j needs {program}, which is not installed")
    engines_folder().mkdir(parents=True, exist_ok=True)
    with (engines_folder() / "neo4j.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.is_dir():
            _fetch_into(jars)
    return jars


def _fetch_into(jars: Path) -> None:
    with tempfile.TemporaryDirectory(dir=jars.parent) as folder:
        (Path(folder) / "pom.xml").write_text(POM)
        copy = ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=jars"]
        try:
            subprocess.run(copy, cwd=folder, check=True, capture_output=True, timeout=FETCH_TIMEOUT_S)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise EngineMissing(f"Neo4j could not be fetched by Maven ({type(error).__name__})") from error
        fetched = Path(folder) / "jars"
        if _sha256_of_jars(fetched) != JARS_SHA256:
            raise EngineMissing("the Neo4j that Maven fetched is not the one whose digest stands here")
        fetched.rename(jars)


def _sha256_of_jars(folder: Path) -> str:
    lines = (f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in sorted(folder.iterdir()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def start_neo4j(folder: Path) -> tuple[Neo4jServer, subprocess.Popen[bytes]]:
    """Start a server on an empty folder; it ends with the last holder of the folder's ``users.lock``."""
    jars = fetch_neo4j()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "conf").mkdir(parents=True, exist_ok=True)
    (folder / "conf" / "neo4j.conf").write_text(SETTINGS.format(port=port))
    entry = [*JAVA, "-cp", f"{jars}/*", "org.neo4j.server.CommunityEntryPoint"]
    guard = [sys.executable, "-I", "-S", kg.engine.guard.__file__, str(folder / "users.lock")]
    with (folder / "output.log").open("w") as log:
        command = [*guard, *entry, f"--home-dir={folder}", f"--config-dir={folder}/conf"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    server = Neo4jServer(f"bolt://127.0.0.1:{port}", "neo4j", secrets.token_hex(12))
    try:
        _await_started(folder, process, server)
    except EngineMissing:
        process.kill()
        process.wait()
        raise
    return server, process


@contextmanager
def shared_neo4j(folder: Path) -> Iterator[Neo4jServer]:
    """Use the server of a folder, which the first process to ask starts and which ends with the last."""
    folder.mkdir(exist_ok=True)
    users, guard = sharing.join(folder), None
    try:
        with sharing.starting(folder, START_TIMEOUT_S + FETCH_TIMEOUT_S):
            noted = folder / "server.json"
            if noted.exists():
                server = Neo4jServer(**json.loads(noted.read_text()))
            else:
                server, guard = start_neo4j(folder)
                noted.write_text(json.dumps(asdict(server)))
        yield server
    finally:
        os.close(users)
        if guard is not None:  # in good order it ends ten seconds later: nobody has to wait for that
            threading.Thread(target=guard.wait, daemon=True).start()


def _await_started(folder: Path, process: subprocess.Popen[bytes], server: Neo4jServer) -> None:
    log = folder / "logs" / "neo4j.log"
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        if process.poll() is not None:
            raise EngineMissing(f"Neo4j ended while starting: {(folder / 'output.log').read_text()[-200:]!r}")
        if time.monotonic() > deadline:
            raise EngineMissing(f"Neo4j did not start within {START_TIMEOUT_S} s")
        time.sleep(0.2)
        if log.exists() and "Started." in log.read_text() and _password_is_set(server):
            return


def _password_is_set(server: Neo4jServer) -> bool:
    """Replace the first password, which Neo4j lets one log in with only for that."""
    change = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password"
    try:
        with (
            GraphDatabase.driver(server.address, auth=(server.user, "neo4j")) as driver,
            driver.session(database="system") as session,
        ):
            session.run(change, password=server.password).consume()
    except (DriverError, Neo4jError):
        return False
    return True


@pytest.fixture(scope="session")
def running_neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """One Neo4j for all workers of a test run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "neo4j"
    with needing_an_engine(), shared_neo4j(folder) as server:
        yield server


@pytest.fixture
def neo4j_server(running_neo4j: Neo4jServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """A real Neo4j, empty, for this test alone: Community has one database, so tests take turns."""
    own = tmp_path_factory.getbasetemp()
    turns = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "neo4j.turn"
    with turns.open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        login = (running_neo4j.user, running_neo4j.password)
        with GraphDatabase.driver(running_neo4j.address, auth=login) as driver, driver.session() as session:
            session.run(END_OTHERS).consume()
            session.run("MATCH (n) DETACH DELETE n").consume()
        yield running_neo4j


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use the server."""
    for item in items:
        if "neo4j_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.engine)


if __name__ == "__main__":
    try:
        print(fetch_neo4j())
    except EngineMissing as reason:
        sys.exit(f"no Neo4j: {reason}")
