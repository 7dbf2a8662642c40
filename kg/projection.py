"""From the documents to the graph: batch by batch, each in one transaction with the sequence that it reaches.

The graph says itself, in the node ``(:Projection {name: 'documents'})``, up to which change of the documents it
goes; interrupted anywhere, the next run goes on from there. A graph brought up to date equals one built anew: a
changed case first loses everything that it said, and what no case speaks of any more goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from ingest.errors import BusyError, StaleProjection
from ingest.store.interface import DocumentStore, StoredCase, Tombstone
from kg.graph import Graph, Transaction
from kg.rows import NodeRow, RelationshipRow, codes_of_diagnosis, node_row, project_case
from kg.schema import Label, NodeKey, constraints
from kg.statements import (
    FACTS_OF_PATIENTS,
    FORGET,
    FORGET_TOPICS,
    LOCK_PROJECTION,
    NAMES_OF_DIAGNOSES,
    NEIGHBOURS,
    PATIENTS,
    READ_PROJECTION,
    WRITE_PROJECTION,
    clear_nodes,
    delete_nodes,
    unused_nodes,
    write_nodes,
    write_relationships,
)

# About 5 000 rows: well under the transaction's time limit, and a few megabytes on either side.
BATCH_SIZE = 100
_CLEAR_SIZE = 2000
REBUILD = "casegraph index --rebuild"

Change = StoredCase | Tombstone
T = TypeVar("T")


@dataclass(frozen=True)
class ProjectionReport:
    """What a projection did, and the change of the documents that the graph now reaches."""

    written: int
    deleted: int
    sequence: int


def _silent(_done: int, _total: int) -> None:
    return


def project(
    graph: Graph, store: DocumentStore, *, progress: Callable[[int, int], None] = _silent, rebuild: bool = False
) -> ProjectionReport:
    """Bring the graph up to the documents.

    Parameters
    ----------
    graph : Graph
        Neo4j or the embedded server; no other program's nodes should bear our labels there.
    store : DocumentStore
        The documents.
    progress : callable
        Called with the changes done and all changes after each batch.
    rebuild : bool
        Empty the graph first.

    Raises
    ------
    StaleProjection
        If the graph goes further than the documents, so that it was made from others.
    BusyError
        If another process updates the graph at the same time.
    """
    for statement in constraints():
        graph.write(statement)
    covered, clearing = _state(graph)
    last = store.sequence()
    if rebuild or clearing:
        _clear(graph)
        covered = 0
    _require_same_documents(covered, last)
    start, written, deleted = covered, 0, 0
    for batch in batches(store.changes_since(covered), BATCH_SIZE):
        graph.in_transaction(partial(_write_batch, batch=batch, covered=covered))
        covered = batch[-1].sequence
        written += sum(isinstance(change, StoredCase) for change in batch)
        deleted += sum(isinstance(change, Tombstone) for change in batch)
        progress(covered - start, max(last, covered) - start)
    return ProjectionReport(written, deleted, covered)


def covered_sequence(graph: Graph) -> int:
    """Return the number of the last change that the graph covers; 0 for a graph that is empty or being emptied."""
    return _state(graph)[0]


def _state(graph: Graph) -> tuple[int, bool]:
    rows = graph.read(READ_PROJECTION)
    return (rows[0]["sequence"], rows[0]["clearing"]) if rows else (0, False)


def _require_same_documents(covered: int, last: int) -> None:
    if covered > last:
        raise StaleProjection(
            f"the graph goes up to change {covered}, the documents only up to {last}: it was made from other "
            f"documents. Build it anew: {REBUILD}."
        )


def _clear(graph: Graph) -> None:
    """Empty the graph in small steps; interrupted, the next run begins again."""
    graph.write(WRITE_PROJECTION, sequence=0, clearing=True)
    for label in Label:
        cleared = 1
        while cleared:
            step = partial(_cleared, label=label)
            cleared = graph.in_transaction(step)
    graph.write(WRITE_PROJECTION, sequence=0, clearing=False)


def _cleared(transaction: Transaction, label: Label) -> int:
    return transaction.read(clear_nodes(label), limit=_CLEAR_SIZE)[0]["cleared"]


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _write_batch(transaction: Transaction, batch: Sequence[Change], covered: int) -> None:
    """Replace what the graph says of the cases in the batch."""
    if transaction.read(LOCK_PROJECTION)[0]["sequence"] != covered:
        raise BusyError("another process updates the graph. Wait until it has ended, then try again.")
    case_ids = [change.case.case_id if isinstance(change, StoredCase) else change.case_id for change in batch]
    before = _neighbours(transaction, case_ids)
    for statement in FORGET:
        transaction.write(statement, case_ids=case_ids)
    gone = [change.case_id for change in batch if isinstance(change, Tombstone)]
    transaction.write(delete_nodes(Label.CASE), keys=gone)
    rows = [project_case(change.case) for change in batch if isinstance(change, StoredCase)]
    nodes = {row.node: row for part in rows for row in part.nodes}
    _write_nodes(transaction, nodes.values())
    relationships = {row.identity: row for part in rows for row in part.relationships}
    _write_relationships(transaction, relationships.values())
    _settle_shared(transaction, before | nodes.keys())
    _delete_unused(transaction, before)
    transaction.write(WRITE_PROJECTION, sequence=batch[-1].sequence, clearing=False)


def _neighbours(transaction: Transaction, case_ids: Sequence[str]) -> set[NodeKey]:
    rows = transaction.read(NEIGHBOURS, case_ids=case_ids) + transaction.read(PATIENTS, case_ids=case_ids)
    return {NodeKey(Label(row["label"]), row["key"]) for row in rows}


def _write_nodes(transaction: Transaction, rows: Iterable[NodeRow]) -> None:
    by_label: defaultdict[Label, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_label[row.node.label].append({"key": row.node.key, "properties": row.properties})
    for label, parameters in by_label.items():
        transaction.write(write_nodes(label), rows=parameters)


def _write_relationships(transaction: Transaction, rows: Iterable[RelationshipRow]) -> None:
    by_pattern = defaultdict[Any, list[dict[str, Any]]](list)
    for row in rows:
        pattern = (row.source.label, row.type, row.target.label)
        by_pattern[pattern].append({"source": row.source.key, "target": row.target.key, "properties": row.properties})
    for pattern, parameters in by_pattern.items():
        transaction.write(write_relationships(*pattern), rows=parameters)


def _settle_shared(transaction: Transaction, touched: Iterable[NodeKey]) -> None:
    """Give what several cases speak of the properties that all of them together make."""
    keys = _by_label(touched)
    names = transaction.read(NAMES_OF_DIAGNOSES, keys=keys[Label.DIAGNOSIS])
    facts = transaction.read(FACTS_OF_PATIENTS, keys=keys[Label.PATIENT])
    _write_nodes(transaction, [*diagnosis_nodes(names), *patient_nodes(facts)])
    for statement in FORGET_TOPICS:
        transaction.write(statement, keys=keys[Label.TOPIC])


def diagnosis_nodes(rows: Iterable[Mapping[str, Any]]) -> Iterator[NodeRow]:
    """Yield each diagnosis under its most frequent spelling, the others as aliases."""
    spellings: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        spellings[row["key"]].append((-row["times"], row["name"]))
    for key, counted in spellings.items():
        names = tuple(name for _, name in sorted(counted))
        facts = {"aliases": sorted(names[1:]), "codes": codes_of_diagnosis(key)}
        yield node_row(NodeKey(Label.DIAGNOSIS, key), names[0], facts, names)


def patient_nodes(rows: Iterable[Mapping[str, Any]]) -> Iterator[NodeRow]:
    """Yield each patient with the facts of the first case that knows them."""
    facts: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        known = {name: row[name] for name in ("sex", "age_years") if row[name] is not None}
        facts[row["key"]] = known | facts[row["key"]]
    for key, known in facts.items():
        yield node_row(NodeKey(Label.PATIENT, key), key.partition(":")[2] or key, known)


def _delete_unused(transaction: Transaction, candidates: Iterable[NodeKey]) -> None:
    """Delete of the candidates what no case leads to any more, and then what only that led to."""
    while candidates:
        following = set[NodeKey]()
        for label, keys in _by_label(candidates).items():
            if label is Label.CASE:
                continue
            rows = transaction.read(unused_nodes(label), keys=keys)
            following |= {NodeKey(Label(row["label"]), row["key"]) for row in rows if row["label"]}
            transaction.write(delete_nodes(label), keys=sorted({row["unused"] for row in rows}))
        candidates = following


def _by_label(keys: Iterable[NodeKey]) -> defaultdict[Label, list[str]]:
    grouped: defaultdict[Label, list[str]] = defaultdict(list)
    for key in sorted(keys):
        grouped[key.label].append(key.key)
    return grouped
