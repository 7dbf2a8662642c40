"""Kill a process at a chosen point of its work, many times cheaply: children forked from one that has imported all."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Ended:
    """How a child ended: what it told before, and how many calls it made if it came to its end."""

    killed: bool
    told: list[str]
    counted: dict[str, int]


class Nursery:
    """Forks a child for each job; its one process is started with the tests that need it."""

    def __init__(self, folder: Path) -> None:
        self._told = folder / "told"
        program = Path(__file__).with_name("killed_child.py")
        self._process = subprocess.Popen(
            [sys.executable, program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def run(self, job: str, *arguments: object, kill_at: int | None = None, kind: str = "", **named: str) -> Ended:
        """Run a job in a child, up to the call `kill_at` of a kind; `kind` alone counts without killing."""
        request: dict[str, Any] = {"job": job, "arguments": [str(one) for one in arguments], "named": named}
        request |= {"kill_at": kill_at, "kind": kind, "told": str(self._told)}
        self._told.unlink(missing_ok=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        status = json.loads(self._process.stdout.readline())
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed or status == 0, f"the child of job {job} ended with status {status}"
        lines = self._told.read_text().splitlines() if self._told.exists() else []
        ended = bool(lines) and lines[-1].startswith("ended ")  # also where the kill came a moment too late
        counted = json.loads(lines.pop().removeprefix("ended ")) if ended else {}
        return Ended(killed and not ended, lines, counted)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Yield the process from which children are forked and killed."""
    with tempfile.TemporaryDirectory() as folder:
        started = Nursery(Path(folder))
        yield started
        started.close()


def kill_seed() -> int:
    """Return a seed and print it; give it as ``CASEGRAPH_KILL_SEED`` to have the same points again."""
    seed = int(os.environ.get("CASEGRAPH_KILL_SEED") or random.SystemRandom().randrange(10**6))
    print(f"kill points: CASEGRAPH_KILL_SEED={seed}")
    return seed


def kill_points(whole: Ended, count: int) -> list[tuple[str, int]]:
    """Return points spread over a run: four tenths each over all its calls and those that write, the rest over time."""
    chance = random.Random(kill_seed())
    shares = {"call": count * 4 // 10, "write": count * 4 // 10}
    shares["microsecond"] = count - sum(shares.values())
    return [
        (kind, 1 + int((part + chance.random()) * whole.counted[kind] / points))
        for kind, points in shares.items()
        for part in range(points)
    ]


def wanted_kills(in_ci: int) -> int:
    """Return how many points a test tries: ``CASEGRAPH_KILLS=1000`` makes them ten times as many as in CI."""
    return max(1, in_ci * int(os.environ.get("CASEGRAPH_KILLS", "100")) // 100)
