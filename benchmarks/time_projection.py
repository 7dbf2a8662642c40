"""Projection of 602, 3 000 and 12 000 generated cases into the embedded graph and Neo4j: time, memory, growth.

Beside it, on a second server started for it, what the engine takes for the bare rows: `UNWIND ... MERGE` of the very
same nodes and relationships in batches of the same cases, made beforehand; no documents are read, no sequence is
kept, nothing is forgotten or settled. Both write batch by batch in turn, so that other work on a machine slows both
down alike. Rows are the nodes and relationships that the graph has in the end. `growth_exponent` is of the
processors' seconds, our process's and the server's together, which other work barely changes.

`similarities_s` is what the edges between like cases take afterwards; then the graph is asked
(`benchmarks.graph_questions`), which goes to `results/time_questions.csv`.

Usage: python -m benchmarks.time_projection [SIZE ...]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, LiteralString

from benchmarks.apart import cpu_seconds, descendants, growth_exponent, load, peak_memory_mb, run_apart
from benchmarks.corpus import SIZES, corpus_cases, write_corpus
from benchmarks.engines import GRAPHS, empty_graph
from benchmarks.graph_questions import ask_questions
from benchmarks.record import append_row
from ingest.store.interface import StoredCase
from ingest.store.opening import SQLITE, open_store
from kg.engine.graph import Graph, Transaction
from kg.projection.project import BATCH_SIZE, batches, project
from kg.projection.rows import project_case
from kg.projection.similarity import project_similarities
from kg.schema import constraints
from kg.statements import write_nodes, write_relationships

Write = tuple[LiteralString, list[dict[str, Any]]]


def main(sizes: Sequence[int] = SIZES) -> None:
    """Measure each engine at each size."""
    before: dict[str, tuple[int, float]] = {}
    for cases in sizes:
        with tempfile.TemporaryDirectory() as folder:
            run_apart(write_documents, Path(folder), cases)
            for engine in GRAPHS:
                run, _ = run_apart(project_all, engine, Path(folder))
                _record(engine, cases, run, growth_exponent(before.get(engine), (cases, run.written.cpu_s)))
                before[engine] = cases, run.written.cpu_s


def write_documents(folder: Path, cases: int) -> None:
    """Write the corpus to a store in the folder, without images."""
    with tempfile.TemporaryDirectory() as release:
        write_corpus(Path(release), cases, images=False)
        store = open_store(SQLITE, folder)
        with store.writer("benchmark") as writer:
            writer.write_cases(corpus_cases(Path(release)))
        store.close()


@dataclass(frozen=True)
class Written:
    """A projection, and the bare writing beside it."""

    rows: int
    seconds: float
    bare_s: float
    cpu_s: float
    server_cpu_s: float
    bare_server_cpu_s: float
    memory_mb: int
    server_memory_mb: int


@dataclass(frozen=True)
class Run:
    """What was written, what came after it, and what was asked, in milliseconds."""

    written: Written
    similarities_s: float
    asked: Mapping[str, tuple[float, float]]


class BareWriter:
    """Writes the rows of one batch more each time it is called, as the progress of a projection.

    Attributes
    ----------
    seconds : float
        What the writing took.
    turns_s, turns_cpu_s : float
        What all calls took, with making the rows, which is not part of `seconds`.
    """

    def __init__(self, graph: Graph, folder: Path) -> None:
        self._graph = graph
        self._batches = _bare_batches(folder)
        self.seconds = 0.0
        self.turns_s = 0.0
        self.turns_cpu_s = 0.0
        start = time.perf_counter()
        for statement in constraints():
            graph.write(statement)
        self.seconds += time.perf_counter() - start

    def __call__(self, _done: int, _total: int) -> None:
        """Write the next batch."""
        begun, begun_cpu_s = time.perf_counter(), time.thread_time()
        batch = next(self._batches)
        made, made_cpu_s = time.perf_counter(), time.process_time()
        self.turns_cpu_s += time.thread_time() - begun_cpu_s
        self._graph.in_transaction(partial(_write, batch=batch))
        self.turns_cpu_s += time.process_time() - made_cpu_s
        self.seconds += time.perf_counter() - made
        self.turns_s += time.perf_counter() - begun


def project_all(engine: str, folder: Path) -> Run:
    """Project the documents into an empty graph and write the bare rows into another, in turn; then ask."""
    with empty_graph(engine) as bare_graph:
        bare_server = _server()
        with empty_graph(engine) as graph:
            written = _written(graph, _server(without=bare_server), BareWriter(bare_graph, folder), bare_server, folder)
            if written.rows != _rows(bare_graph):
                sys.exit(f"on {engine} the projection has {written.rows} rows, the bare writing {_rows(bare_graph)}.")
            start = time.perf_counter()
            project_similarities(graph)
            return Run(written, time.perf_counter() - start, ask_questions(graph))


def _written(graph: Graph, server: int, writer: BareWriter, bare_server: int, folder: Path) -> Written:
    store = open_store(SQLITE, folder)
    before = cpu_seconds([server]), cpu_seconds([bare_server])
    start, start_cpu_s = time.perf_counter(), time.process_time()
    project(graph, store, on_progress=writer)
    seconds = time.perf_counter() - start - writer.turns_s
    own_cpu_s = time.process_time() - start_cpu_s - writer.turns_cpu_s
    server_cpu_s = cpu_seconds([server]) - before[0]
    return Written(
        rows=_rows(graph),
        seconds=seconds,
        bare_s=writer.seconds,
        cpu_s=own_cpu_s + server_cpu_s,
        server_cpu_s=server_cpu_s,
        bare_server_cpu_s=cpu_seconds([bare_server]) - before[1],
        memory_mb=peak_memory_mb(),
        server_memory_mb=peak_memory_mb(server),
    )


def _server(without: int = 0) -> int:
    """Return the process of the server that this process started last: the one with the most memory."""
    below = set(descendants(os.getpid())) - {without}
    return max(below, key=peak_memory_mb)


def _record(engine: str, cases: int, run: Run, growth: float | str) -> None:
    written = run.written
    append_row(
        "time_projection",
        engine=engine,
        cases=cases,
        rows=written.rows,
        seconds=round(written.seconds, 1),
        rows_per_s=round(written.rows / written.seconds),
        bare_s=round(written.bare_s, 1),
        ratio_to_bare=round(written.bare_s / written.seconds, 2),
        cpu_s=round(written.cpu_s, 1),
        growth_exponent=growth,
        server_cpu_s=round(written.server_cpu_s, 1),
        bare_server_cpu_s=round(written.bare_server_cpu_s, 1),
        peak_memory_mb=written.memory_mb,
        server_memory_mb=written.server_memory_mb,
        similarities_s=round(run.similarities_s, 1),
        load=load(),
    )
    for question, (median, p95) in run.asked.items():
        append_row(
            "time_questions",
            engine=engine,
            cases=cases,
            question=question,
            median_ms=round(median, 1),
            p95_ms=round(p95, 1),
            load=load(),
        )


def _bare_batches(folder: Path) -> Iterator[list[Write]]:
    """Yield for each batch of cases its statements with their rows, each row once."""
    store = open_store(SQLITE, folder)
    for batch in batches(store.changes_since(0), BATCH_SIZE):
        rows = [project_case(change.case) for change in batch if isinstance(change, StoredCase)]
        writes: dict[LiteralString, list[dict[str, Any]]] = {}
        for node in {row.node: row for part in rows for row in part.nodes}.values():
            parameters = {"key": node.node.key, "properties": node.properties}
            writes.setdefault(write_nodes(node.node.label), []).append(parameters)
        for row in {row.identity: row for part in rows for row in part.relationships}.values():
            statement = write_relationships(row.source.label, row.type, row.target.label)
            parameters = {"source": row.source.key, "target": row.target.key, "properties": row.properties}
            writes.setdefault(statement, []).append(parameters)
        yield list(writes.items())


def _write(transaction: Transaction, batch: Sequence[Write]) -> None:
    for statement, rows in batch:
        transaction.write(statement, rows=rows)


def _rows(graph: Graph) -> int:
    """Count nodes and relationships, without the projection's own node."""
    nodes = graph.read("MATCH (n) WHERE NOT n:CaseGraphProjection RETURN count(n) AS number")[0]["number"]
    return nodes + graph.read("MATCH ()-[r]->() RETURN count(r) AS number")[0]["number"]


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
