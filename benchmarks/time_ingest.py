"""Ingest of 602, 3 000 and 12 000 generated cases into SQLite and MongoDB: time, memory, growth.

Two measures of each size. `ingest` is the whole road of a release folder: read, normalise, decode, annotate, write.
`write` is the store alone, given the finished cases; beside it, in the same process, the bare engine writes the same
documents as JSON text (``executemany``) or as BSON (``insert_many``) in batches of the same size, equally durable,
with nothing to filter by, no digest, no sequence. Images are small (see `benchmarks.corpus`). `growth_exponent`
is of the processors' seconds, our process's and the server's together: other work on a machine barely changes them.

Usage: python -m benchmarks.time_ingest [SIZE ...]
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.apart import cpu_seconds, growth_exponent, load, peak_memory_mb, run_apart
from benchmarks.corpus import SIZES, corpus_cases, write_corpus
from benchmarks.engines import running_mongodb
from benchmarks.record import append_row
from ingest.case import to_document
from ingest.images.objects import ObjectStore
from ingest.load import ingest
from ingest.store.opening import open_store

CASES_PER_BATCH = 50  # as in `ingest.load`
Documents = list[dict[str, Any]]


def main(sizes: Sequence[int] = SIZES) -> None:
    """Measure each engine at each size."""
    before: dict[str, tuple[int, float]] = {}
    for cases in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_corpus(Path(folder), cases)
            for engine in ("sqlite", "mongodb"):
                _measure(engine, Path(folder), cases, before)


def _measure(engine: str, source: Path, cases: int, before: dict[str, tuple[int, float]]) -> None:
    with _address(engine, "ingest") as (address, pid):
        server_s = cpu_seconds([pid]) if pid else 0.0
        (images, seconds, cpu_s), memory_mb = run_apart(ingest_all, source, address)
        cpu_s += cpu_seconds([pid]) - server_s if pid else 0.0
        server_mb = peak_memory_mb(pid) if pid else ""
    with _address(engine, "write") as (address, _):
        (write_s, bare_s), _ = run_apart(write_all, source, address)
    growth = growth_exponent(before.get(engine), (cases, cpu_s))
    before[engine] = cases, cpu_s
    for measure, spent in (("ingest", seconds), ("write", write_s)):
        whole = measure == "ingest"
        append_row(
            "time_ingest",
            engine=engine,
            measure=measure,
            cases=cases,
            images=images,
            seconds=round(spent, 2),
            cases_per_s=round(cases / spent, 1),
            cpu_s=round(cpu_s, 1) if whole else "",
            growth_exponent=growth if whole else "",
            bare_s="" if whole else round(bare_s, 2),
            ratio_to_bare="" if whole else round(bare_s / write_s, 2),
            peak_memory_mb=memory_mb if whole else "",
            server_memory_mb=server_mb if whole else "",
            load=load(),
        )


@contextmanager
def _address(engine: str, database: str) -> Iterator[tuple[str, int | None]]:
    """Yield the address of an empty store and the server's process, where there is one."""
    if engine == "sqlite":
        yield engine, None
        return
    with running_mongodb() as (uri, pid):
        yield f"{uri}/{database}", pid


def ingest_all(source: Path, address: str) -> tuple[int, float, float]:
    """Ingest the corpus into an empty store; return how many images it has, the seconds and the processors' seconds."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(address, Path(folder))
        start, used_s = time.perf_counter(), sum(os.times()[:4])
        report = ingest(source, store, ObjectStore(Path(folder) / "objects"), actor="benchmark")
        seconds, used_s = time.perf_counter() - start, sum(os.times()[:4]) - used_s
        store.close()
    if not report.all_fit or report.images_with_problem:
        sys.exit("the generated corpus did not go through whole.")
    return report.images, seconds, used_s


def write_all(source: Path, address: str) -> tuple[float, float]:
    """Write the corpus to an empty store and to the bare engine, batch by batch in turn; return the seconds of both."""
    ours_s = bare_s = 0.0
    cases = corpus_cases(source)
    with tempfile.TemporaryDirectory() as folder, _bare_engine(address, Path(folder)) as write_bare:
        store = open_store(address, Path(folder))
        with store.writer("benchmark") as writer:
            while batch := list(islice(cases, CASES_PER_BATCH)):
                bare_s += _seconds(lambda batch=batch: write_bare([to_document(case) for case in batch]))
                ours_s += _seconds(lambda batch=batch: writer.write_cases(batch))
        store.close()
    return ours_s, bare_s


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def _bare_engine(address: str, folder: Path) -> Iterator[Callable[[Documents], object]]:
    """Yield what writes a batch of documents with the engine's driver and nothing else."""
    if address.startswith("mongodb://"):
        from pymongo import MongoClient, WriteConcern

        with MongoClient[dict[str, Any]](address) as client:
            durable = WriteConcern(w="majority", j=True)
            yield client.get_default_database().get_collection("bare", write_concern=durable).insert_many
        return
    connection = sqlite3.connect(folder / "bare.sqlite")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE cases (case_id TEXT PRIMARY KEY, document TEXT)")

    def insert(documents: Documents) -> None:
        rows = [(document["case_id"], json.dumps(document, ensure_ascii=False)) for document in documents]
        connection.executemany("INSERT INTO cases VALUES (?, ?)", rows)
        connection.commit()

    yield insert
    connection.close()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
