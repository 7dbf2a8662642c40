"""A workspace that stays open goes on after its graph server ended."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

import casegraph
from ingest.errors import EngineUnreachable
from kg.questions.neighbourhood import counts


def kill_server(folder: Path) -> None:
    """End the Java process that runs on a graph's folder, as a crash would."""
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and is_server(path, folder):
            os.kill(int(path.name), signal.SIGKILL)


def is_server(process: Path, folder: Path) -> bool:
    try:
        arguments = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return arguments[0].endswith(b"/java") and f"@{folder}/server.arguments".encode() in arguments


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks for processes in /proc")
def test_t31_an_open_workspace_starts_its_graph_server_anew_after_a_crash(small_workspace: Path) -> None:
    with casegraph.open(small_workspace) as space:
        before = counts(space.engines.graph)
        kill_server(small_workspace.absolute() / "graph")
        with pytest.raises(EngineUnreachable, match="try again: it starts again"):
            counts(space.engines.graph)
        assert counts(space.engines.graph) == before
