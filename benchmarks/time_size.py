"""Ingest of a generated release of MultiCaRe at growing sizes: time, memory, and a killed ingest taken up again.

Each size is ingested into SQLite twice: up to the half, where the process is killed as by a loss of power, and then
again to the end. `ms_per_case` is of the first half, all of it new, with the reading of the tables; `resumed_s` is the
whole second run, which passes over what is there. `peak_memory_mb` is of the second run, which sees every case;
`kb_per_case` is what its memory grew by between the half and the end, for each case between them. `lost` counts
cases that the release has and the store has not, or whose documents a check finds wrong. `growth_exponent` is of the
time of a half: 1 is linear. Images are of some hundred variants (`benchmarks.generated_release`), so few are stored.

Usage: python -m benchmarks.time_size [PATIENTS ...]
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.apart import growth_exponent, load, peak_memory_mb
from benchmarks.generated_release import write_generated
from benchmarks.record import append_row
from ingest.images.objects import ObjectStore
from ingest.load import ingest
from ingest.store.opening import open_store

SIZES = (1000, 4000, 16_000)
_HALF = 0.5


@dataclass
class Run:
    """What one process did: how far it came, when, and with how much memory."""

    seconds: float = 0.0
    memory_kb: list[tuple[int, int]] = field(default_factory=list)
    peak_mb: int = 0


def main(sizes: Sequence[int] = SIZES) -> None:
    """Append a row for each size."""
    before: tuple[int, float] | None = None
    for patients in sizes:
        with tempfile.TemporaryDirectory() as folder:
            release, workspace = Path(folder) / "release", Path(folder) / "workspace"
            workspace.mkdir()
            started = time.perf_counter()
            write_generated(release, patients)
            written_s = time.perf_counter() - started
            half = _run(release, workspace, kill_at=patients // 2)
            rest = _run(release, workspace, kill_at=None)
            before = _record(patients, workspace, written_s, (half, rest), before)


def _record(
    patients: int, workspace: Path, written_s: float, runs: tuple[Run, Run], before: tuple[int, float] | None
) -> tuple[int, float]:
    half, rest = runs
    images, lost = _checked(workspace, patients)
    reached = half.memory_kb[-1][0]
    per_case_s = half.seconds / reached
    append_row(
        "time_size",
        patients=patients,
        images=images,
        written_s=round(written_s, 1),
        killed_at=reached,
        ms_per_case=round(1000 * per_case_s, 2),
        resumed_s=round(rest.seconds, 1),
        peak_memory_mb=rest.peak_mb,
        kb_per_case=_growth_kb(rest, patients),
        lost=lost,
        growth_exponent=growth_exponent(before, (patients, per_case_s * patients)),
        load=load(),
    )
    return patients, per_case_s * patients


def _growth_kb(run: Run, patients: int) -> float:
    first = next(one for one in run.memory_kb if one[0] >= _HALF * patients)
    last = run.memory_kb[-1]
    return round((last[1] - first[1]) / max(last[0] - first[0], 1), 2)


def _checked(workspace: Path, patients: int) -> tuple[int, int]:
    """Return how many images the store has, and how many cases it lacks or holds otherwise than they were written."""
    store = open_store("sqlite", workspace)
    try:
        images = sound = 0
        for stored in store.cases():
            images += len(stored.case.images)
            sound += not any(image.problem for image in stored.case.images)
        digests = sum(1 for entry in store.entries() if entry.content_digest and entry.document)
        return images, patients - min(sound, digests) + len(store.lost_changes())
    finally:
        store.close()


def _run(release: Path, workspace: Path, kill_at: int | None) -> Run:
    """Ingest in a process of its own; kill it once it has written so many cases."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_ingest, args=(release, workspace, theirs))
    run, started = Run(), time.perf_counter()
    process.start()
    theirs.close()
    try:
        while True:
            done, memory_kb, run.peak_mb = mine.recv()
            if done:
                run.memory_kb.append((done, memory_kb))
            if kill_at is not None and done >= kill_at and process.pid is not None:
                os.kill(process.pid, signal.SIGKILL)
                break
    except EOFError:
        pass
    process.join()
    run.seconds = time.perf_counter() - started
    if kill_at is None and process.exitcode:
        sys.exit("the ingest of the generated release failed.")
    return run


def _ingest(release: Path, workspace: Path, to: Connection) -> None:
    store = open_store("sqlite", workspace)
    ingest(
        release,
        store,
        ObjectStore(workspace / "objects"),
        actor="benchmark",
        on_progress=lambda done, _: to.send((done, _memory_kb(), peak_memory_mb())),
    )
    store.close()


def _memory_kb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
