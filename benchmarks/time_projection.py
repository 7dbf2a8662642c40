"""Projection of 602, 3 000 and 12 000 generated cases into the embedded graph and Neo4j: time, memory, growth.

Beside it, on a server of its own started for it, what the engine takes for the bare rows: `UNWIND ... MERGE` of the
very same nodes and relationships in batches of the same cases, made beforehand; no documents are read, no sequence
is kept, nothing is forgotten or settled. The ratio compares runs one right after the other. Rows are the nodes and
relationships that the graph has then. `similarities_s` is what the edges between like cases take afterwards; and
the graph is asked (`benchmarks.graph_questions`), which goes to `results/time_questions.csv`. `growth_exponent`
is of the processors' seconds, our process's and the server's together: other work on a machine barely changes them.

Usage: python -m benchmarks.time_projection [SIZE ...]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from kg.graph import Graph, Transaction
from kg.projection import BATCH_SIZE, batches, project
from kg.rows import project_case
from kg.schema import constraints
from kg.similarity import project_similarities
from kg.statements import write_nodes, write_relationships

TURNS = 3  # the one with the middle ratio is told
_FEW = 1000  # cases; more of them take long enough for the noise of a machine to even out
Write = tuple[LiteralString, list[dict[str, Any]]]


def main(sizes: Sequence[int] = SIZES) -> None:
    """Measure each engine at each size."""
    before: dict[str, tuple[int, float]] = {}
    for cases in sizes:
        with tempfile.TemporaryDirectory() as folder:
            run_apart(write_documents, Path(folder), cases)
            for engine in GRAPHS:
                turns = [_turn(engine, Path(folder)) for _ in range(TURNS if cases < _FEW else 1)]
                bare, ours = sorted(turns, key=_ratio)[len(turns) // 2]
                if ours.rows != bare.rows:
                    sys.exit(f"the projection has {ours.rows} rows on {engine}, the bare writing {bare.rows}.")
                _record(engine, cases, bare, ours, growth_exponent(before.get(engine), (cases, ours.cpu_s)))
                before[engine] = cases, ours.cpu_s


def _ratio(turn: tuple[Run, Run]) -> float:
    bare, ours = turn
    return bare.seconds / ours.seconds


def _record(engine: str, cases: int, bare: Run, ours: Run, growth: float | str) -> None:
    append_row(
        "time_projection",
        engine=engine,
        cases=cases,
        rows=ours.rows,
        seconds=round(ours.seconds, 1),
        rows_per_s=round(ours.rows / ours.seconds),
        bare_s=round(bare.seconds, 1),
        ratio_to_bare=round(_ratio((bare, ours)), 2),
        cpu_s=round(ours.cpu_s, 1),
        bare_cpu_s=round(bare.cpu_s, 1),
        growth_exponent=growth,
        peak_memory_mb=ours.memory_mb,
        server_memory_mb=ours.server_memory_mb,
        similarities_s=round(ours.similarities_s, 1),
        load=load(),
    )
    for question, (median, p95) in ours.asked.items():
        append_row(
            "time_questions",
            engine=engine,
            cases=cases,
            question=question,
            median_ms=round(median, 1),
            p95_ms=round(p95, 1),
            load=load(),
        )


def _turn(engine: str, folder: Path) -> tuple[Run, Run]:
    """Run both, one right after the other, so that other work on the machine slows both down."""
    bare, _ = run_apart(write_bare, engine, folder)
    ours, _ = run_apart(project_all, engine, folder)
    return bare, ours


def write_documents(folder: Path, cases: int) -> None:
    """Write the corpus to a store in the folder, without pictures."""
    with tempfile.TemporaryDirectory() as release:
        write_corpus(Path(release), cases, pictures=False)
        store = open_store(SQLITE, folder)
        with store.writer("benchmark") as writer:
            writer.write_cases(corpus_cases(Path(release)))
        store.close()


@dataclass(frozen=True)
class Run:
    """What a run wrote and used: its own processor seconds and the server's together, and the peak memory of each.

    Of our own projection also what came after it: the seconds that the edges between like cases took, and what was
    asked, in milliseconds.
    """

    rows: int
    seconds: float
    cpu_s: float
    memory_mb: int
    server_memory_mb: int
    similarities_s: float = 0.0
    asked: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def project_all(engine: str, folder: Path) -> Run:
    """Project the documents into an empty graph."""
    store = open_store(SQLITE, folder)
    with empty_graph(engine) as graph:
        run = _measured(graph, lambda: project(graph, store))
        start = time.perf_counter()
        project_similarities(graph)
        similarities_s = time.perf_counter() - start
        return replace(run, similarities_s=similarities_s, asked=ask_questions(graph))


def write_bare(engine: str, folder: Path) -> Run:
    """Write the same rows by the bare statements."""
    made = list(_bare_batches(folder))
    with empty_graph(engine) as graph:
        return _measured(graph, lambda: _write_all(graph, made))


def _measured(graph: Graph, work: Callable[[], object]) -> Run:
    used_s = {pid: cpu_seconds([pid]) for pid in (os.getpid(), *descendants(os.getpid()))}
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    lasting = [pid for pid in used_s if Path(f"/proc/{pid}").exists()]  # what a server's start left behind ends
    cpu_s = cpu_seconds(lasting) - sum(used_s[pid] for pid in lasting)
    server_memory_mb = max(peak_memory_mb(pid) for pid in lasting[1:])
    return Run(_rows(graph), seconds, cpu_s, peak_memory_mb(), server_memory_mb)


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


def _write_all(graph: Graph, made: Sequence[Sequence[Write]]) -> None:
    for statement in constraints():
        graph.write(statement)
    for batch in made:
        graph.in_transaction(partial(_write, batch=batch))


def _write(transaction: Transaction, batch: Sequence[Write]) -> None:
    for statement, rows in batch:
        transaction.write(statement, rows=rows)


def _rows(graph: Graph) -> int:
    """Count nodes and relationships, without the projection's own node."""
    nodes = graph.read("MATCH (n) WHERE NOT n:Projection RETURN count(n) AS number")[0]["number"]
    return nodes + graph.read("MATCH ()-[r]->() RETURN count(r) AS number")[0]["number"]


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
