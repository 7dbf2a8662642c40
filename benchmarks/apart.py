"""Runs of a benchmark in a process of their own, so that no run sees the memory or the warm caches of another."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from math import log
from pathlib import Path
from typing import ParamSpec, TypeVar

from ingest.errors import CaseGraphError

P = ParamSpec("P")
T = TypeVar("T")


def run_apart(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> tuple[T, int]:
    """Return what the function returns in a process of its own, and the peak memory of that process in MB."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        answer = process.submit(function, *arguments, **options).result()
        return answer, process.submit(peak_memory_mb).result()


def run_benchmark(name: str) -> str:
    """Run one benchmark as if it were the program; return why it could not be run, or nothing."""
    sys.argv = [name]
    try:
        importlib.import_module(f"benchmarks.{name}").main()
    except CaseGraphError as error:
        return str(error)
    except SystemExit as end:
        return str(end.code or "")
    return ""


def peak_memory_mb(pid: int | None = None) -> int:
    """Return the peak resident memory of a process in MB, this one's by default; Linux only.

    ``ru_maxrss`` would not do: a new process inherits in it the peak of the one that started it.
    """
    status = Path(f"/proc/{pid or os.getpid()}/status").read_text(encoding="ascii", errors="replace")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) // 1024


def descendants(pid: int) -> list[int]:
    """Return the processes below a process, which run now."""
    children = [
        int(child)
        for path in Path(f"/proc/{pid}/task").glob("*/children")
        for child in path.read_text(encoding="ascii").split()
    ]
    return [*children, *(below for child in children for below in descendants(child))]


def cpu_seconds(pids: list[int]) -> float:
    """Return the processor seconds that these processes have used; unlike the time, others' work barely changes them.

    Fields 14 and 15 of ``/proc/PID/stat`` in clock ticks, proc(5).
    """
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def growth_exponent(before: tuple[int, float] | None, now: tuple[int, float]) -> float | str:
    """Return the slope between two (size, seconds) on logarithmic axes; 1 is linear. Empty for the first size."""
    if before is None:
        return ""
    return round(log(now[1] / before[1]) / log(now[0] / before[0]), 2)


def load() -> float:
    """Return how many processes wanted a core in the last minute: well above our own one or two, a time is too long."""
    return round(os.getloadavg()[0], 1)
