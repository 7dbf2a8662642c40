"""The whole road at the size of all published case reports: ingest, graph, vectors, search and the app's pages.

A generated release of MultiCaRe (`benchmarks.generated_release`) goes through a workspace, stage by stage, each in a
process of its own. What a stage did stays in FOLDER, so that a run that was stopped is taken up where it stopped; one
that was done is not done again, and its row not written again. The stage `index` is killed once, as by a loss of power,
before the graph is whole, and then run to the end; its seconds are those of both runs. `peak_memory_mb` is of the
process, `server_memory_mb` of the graph's server below it. `lost` counts cases that a stage should have reached and
did not. Rows of questions give the seconds of one question, the median and the 95th percentile.

Usage: python -m benchmarks.time_archive FOLDER [PATIENTS]
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

import casegraph
from benchmarks.apart import descendants, load, peak_memory_mb
from benchmarks.generated_release import PATIENTS, write_generated
from benchmarks.record import append_row
from casegraph.search import Query
from casegraph.workspace import Workspace

WORDS = 60
IMAGES = 20
KILLED_AT = 0.5  # of the cases that the graph takes
FILTERS = ("modality=CT", "sex=female age_years=30..50", "modality=MR sex=male", "keyword:headache")
FACETS = ("modality", "region", "sex", "year")
PAGES = 20


def main() -> None:
    """Run what is not done yet, and append a row for each stage."""
    if len(sys.argv) < 2:
        sys.exit("name a folder to work in: python -m benchmarks.time_archive FOLDER [PATIENTS]")
    folder = Path(sys.argv[1])
    patients = int(sys.argv[2]) if len(sys.argv) > 2 else PATIENTS
    for stage in (_write, _ingest, _index, _ask):
        done = folder / f"{stage.__name__}.done"
        if not done.exists():
            stage(folder, patients)
            done.touch()


def _write(folder: Path, patients: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    write_generated(folder / "release", patients)
    _row(patients, "write the release", time.perf_counter() - started)


def _ingest(folder: Path, patients: int) -> None:
    seconds, said = _apart(_ingest_apart, folder)
    lost = patients - said.pop("reached")
    _row(patients, "ingest", seconds, **said, lost=lost)


def _ingest_apart(folder: Path, to: Connection) -> None:
    with casegraph.open(folder / "workspace", create=True) as space:
        space.documents.ingest(folder / "release")
        to.send({"reached": space.documents.count(), "peak_memory_mb": peak_memory_mb()})


def _index(folder: Path, patients: int) -> None:
    killed_s, _ = _apart(_index_apart, folder, kill_at=round(KILLED_AT * patients))
    seconds, said = _apart(_index_apart, folder)
    reached = said.pop("reached")
    _row(patients, "index, killed once", killed_s + seconds, **said, lost=patients - reached)


def _index_apart(folder: Path, to: Connection) -> None:
    with casegraph.open(folder / "workspace") as space:
        space.indexing.run(on_progress=lambda done, _: to.send(done))
        server = max((peak_memory_mb(one) for one in descendants(os.getpid())), default=0)
        reached = space.engines.graph.read("MATCH (c:Case) RETURN count(c) AS cases")[0]["cases"]
        to.send({"reached": reached, "peak_memory_mb": peak_memory_mb(), "server_memory_mb": server})


def _ask(folder: Path, patients: int) -> None:
    _, said = _apart(_ask_apart, folder)
    memory = said.pop("peak_memory_mb")
    for stage, seconds in said.items():
        median, p95 = np.percentile(seconds, (50, 95)).tolist()
        _row(patients, stage, median, p95_s=round(p95, 3), peak_memory_mb=memory, per_case=False)


def _ask_apart(folder: Path, to: Connection) -> None:
    with casegraph.open(folder / "workspace") as space:
        said: dict[str, Any] = {"open the search": [_timed(space.warm_up)]}
        for name, asks in _questions(space).items():
            said[name] = [_timed(ask) for ask in asks]
        to.send({**said, "peak_memory_mb": peak_memory_mb()})


def _questions(space: Workspace) -> dict[str, Sequence[Callable[[], object]]]:
    cases = list(islice(_some(space), WORDS))
    pngs = [png for case in cases for image in case.images[:1] if (png := space.documents.png(image))][:IMAGES]
    texts = [next(iter(case.sections.values())).split(". ")[0][:200] for case in cases]

    def search(query: Query) -> Callable[[], object]:
        return lambda: space.search.cases(query)

    return {
        "search by words": [search(Query(text=text)) for text in texts],
        "search by an image": [search(Query(images=(png,))) for png in pngs],
        "a filter: count": [lambda where=where: len(space.documents.case_ids(where)) for where in FILTERS],
        "facets": [lambda name=name: space.documents.facets(name) for name in FACETS],
        "a page of 25 cases": [lambda case=case: space.documents.page(after=case.case_id) for case in cases[:PAGES]],
    }


def _some(space: Workspace) -> Iterator[Any]:
    ids = space.documents.case_ids()
    return (space.documents.case(case_id) for case_id in ids[:: max(1, len(ids) // WORDS)])


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _apart(
    act: Callable[[Path, Connection], None], folder: Path, kill_at: int | None = None
) -> tuple[float, dict[str, Any]]:
    """Do it in a process of its own; return the seconds and what it said last. Kill it once it is so far."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=act, args=(folder, theirs))
    said: Any = {}
    started = time.perf_counter()
    process.start()
    theirs.close()
    try:
        while True:
            said = mine.recv()
            if kill_at is not None and isinstance(said, int) and said >= kill_at and process.pid is not None:
                os.kill(process.pid, signal.SIGKILL)
                break
    except EOFError:
        pass
    process.join()
    if kill_at is None and process.exitcode:
        sys.exit(f"the stage {act.__name__} failed; what it did stays in {folder}.")
    return time.perf_counter() - started, said if isinstance(said, dict) else {}


def _row(
    patients: int,
    stage: str,
    seconds: float,
    *,
    p95_s: float | str = "",
    peak_memory_mb: int | str = "",
    server_memory_mb: int | str = "",
    lost: int | str = "",
    per_case: bool = True,
) -> None:
    append_row(
        "time_archive",
        patients=patients,
        stage=stage,
        seconds=round(seconds, 3),
        p95_s=p95_s,
        ms_per_case=round(1000 * seconds / patients, 2) if per_case else "",
        peak_memory_mb=peak_memory_mb,
        server_memory_mb=server_memory_mb,
        lost=lost,
        load=load(),
    )


if __name__ == "__main__":
    main()
