"""The embedded graph server: started once, shared, ended with its last user, however that ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import kg.engine.server
from ingest.errors import EngineError, EngineUnreachable, StorageError
from kg.engine.server import embedded_graph

USER = """
import sys
from pathlib import Path
from kg.engine.server import embedded_graph
graph = embedded_graph(Path(sys.argv[1]))
graph.write("MERGE (c:Case {case_id: $case_id})", case_id=sys.argv[2])
print(graph.address, flush=True)
sys.stdin.readline()
"""
END_TIMEOUT_S = 20


@contextmanager
def another_user(folder: Path, case_id: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that uses the folder's graph until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, folder, case_id], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


def running_pid(folder: Path) -> int:
    return json.loads((folder / "server.json").read_text())["pid"]


def server_pids(folder: Path) -> list[int]:
    """Java processes that run on the folder."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if is_server(pid, folder)]


def is_server(pid: int, folder: Path) -> bool:
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return arguments[0].endswith(b"/java") and f"@{folder}/server.arguments".encode() in arguments


def wait_until_ended(folder: Path) -> None:
    deadline = time.monotonic() + END_TIMEOUT_S
    while server_pids(folder):
        assert time.monotonic() < deadline, "the server outlives its users"
        time.sleep(0.05)


def case_ids(folder: Path) -> list[str]:
    with embedded_graph(folder) as graph:
        return [row["id"] for row in graph.read("MATCH (c:Case) RETURN c.case_id AS id ORDER BY id")]


needs_proc = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks for processes in /proc")


@needs_proc
def test_processes_share_one_server_that_ends_with_the_last_of_them(tmp_path: Path) -> None:
    graph = embedded_graph(tmp_path)
    with another_user(tmp_path, "test:2") as (_, address):
        assert address == graph.address
        assert len(server_pids(tmp_path)) == 1
        graph.close()
        with another_user(tmp_path, "test:3") as (_, same):
            assert same == address
    wait_until_ended(tmp_path)


@needs_proc
def test_the_server_ends_with_a_killed_user_and_keeps_what_was_written(tmp_path: Path) -> None:
    with another_user(tmp_path, "test:killed") as (process, address):
        process.send_signal(signal.SIGKILL)
    wait_until_ended(tmp_path)
    left_behind = json.loads((tmp_path / "server.json").read_text())
    assert left_behind["address"] == address
    assert case_ids(tmp_path) == ["test:killed"]  # and the address left behind did not disturb
    assert server_pids(tmp_path) == []


@needs_proc
def test_a_killed_server_is_named_and_started_anew(tmp_path: Path) -> None:
    with embedded_graph(tmp_path) as graph:
        graph.write("MERGE (c:Case {case_id: 'test:1'})")
        assert not graph.lost
        os.kill(server_pids(tmp_path)[0], signal.SIGKILL)
        with pytest.raises(EngineUnreachable, match="it starts again") as error:
            graph.read("RETURN 1 AS one")
        assert graph.lost
        assert graph.address in str(error.value)
        assert case_ids(tmp_path) == ["test:1"]


@needs_proc
def test_the_password_is_for_us_alone(tmp_path: Path) -> None:
    with embedded_graph(tmp_path) as graph:
        running = tmp_path / "server.json"
        passwords = json.loads(running.read_text())["passwords"].values()
        assert running.stat().st_mode & 0o077 == 0
        assert not (tmp_path / "server.arguments").exists()
        assert graph.address.startswith("bolt://127.0.0.1:")
        shown = [repr(graph), (tmp_path / "server.log").read_text()]
        shown += [Path(f"/proc/{pid}/cmdline").read_text() for pid in (running_pid(tmp_path), *server_pids(tmp_path))]
        assert len(shown) == 4
        shown += [path.read_text() for path in (tmp_path / "config").iterdir()]
        assert not any(password in text for text in shown for password in passwords)


def test_a_platform_without_the_wheel_is_told_of_neo4j(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.engine.server.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EngineError, match="Neo4j"):
        embedded_graph(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "graph").write_text("a file in its place")
    with pytest.raises(StorageError, match="graph"):
        embedded_graph(tmp_path / "graph")


def test_a_server_that_does_not_start_names_its_log(tmp_path: Path) -> None:
    (tmp_path / "databases").write_text("a file in its place")
    with pytest.raises(EngineUnreachable, match=r"server\.log"):
        embedded_graph(tmp_path)
