"""From the documents to the graph: batch by batch, each in one transaction with the sequence that it reaches.

The graph says itself, in the node ``(:CaseGraphProjection {name: 'documents'})``, up to which change of the documents
it goes; interrupted anywhere, the next run goes on from there. A graph brought up to date equals one built again: a
changed case first loses everything that it said, and what no case speaks of any more goes.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from ingest.errors import BusyError, StaleProjection
from ingest.progress import ProgressCallback, ignore_progress
from ingest.remedies import Remedy, RemedyAction
from ingest.store.interface import DocumentStore, StoredCase, Tombstone
from kg.engine.graph import Graph, Transaction
from kg.projection.memory import Memory, Spellings
from kg.projection.ownership import NOTICE_EARLIER, claim, delete_ours, is_earlier, require_deletable, require_written
from kg.projection.rows import RULES, NodeRow, RelationshipRow, project_case
from kg.projection.settling import (
    diagnosis_nodes,
    facts_of_patients,
    patient_nodes,
    settled_spellings,
)
from kg.schema import Label, NodeKey
from kg.statements import (
    ANY_CASE,
    FORGET,
    FORGET_TOPICS,
    KNOWN_CASES,
    LOCK_PROJECTION,
    NEIGHBOURS,
    PATIENTS,
    READ_PROJECTION,
    WRITE_PROJECTION,
    some_keys,
    unused_nodes,
    write_nodes,
    write_relationships,
)

# About 5 000 rows: well under the transaction's time limit, and a few megabytes on either side.
BATCH_SIZE = 100
# The embedded server takes long to unhook a node from one with many relationships: no step may outlast its time limit.
_CLEAR_SIZE = 200
# A batch makes some hundred thousand tuples and dictionaries, none of them in a cycle: by default Python would look
# for cycles among them every 700, which takes a tenth of the whole time.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000

Change = StoredCase | Tombstone
T = TypeVar("T")


@dataclass(frozen=True)
class ProjectionReport:
    """What a projection did.

    Attributes
    ----------
    written : int
        How many cases were written.
    deleted : int
        How many cases were taken out.
    sequence : int
        The change of the documents that the graph now reaches.
    notice : str or None
        What else is to be said.
    """

    written: int
    deleted: int
    sequence: int
    notice: str | None = None


def project(
    graph: Graph, store: DocumentStore, *, on_progress: ProgressCallback = ignore_progress, rebuild: bool = False
) -> ProjectionReport:
    """Bring the graph up to the documents.

    Parameters
    ----------
    graph : Graph
        Neo4j or the embedded server. What others keep there stays as it is (`kg.projection.ownership`).
    store : DocumentStore
        The documents.
    on_progress : callable
        Called with the changes done and all changes after each batch.
    rebuild : bool
        Empty the graph first.

    Raises
    ------
    StaleProjection
        If the graph goes further than the documents, so that it was made from others.
    BusyError
        If another process updates the graph at the same time.
    EngineRefused
        If somebody else made the graph, or holds a node where we have to write, or hung a relationship on a node that
        has to go. Then nothing was changed.
    """
    notice = NOTICE_EARLIER if claim(graph) else None
    covered, anew = _state(graph.read(READ_PROJECTION))
    last = store.sequence()
    if rebuild or anew:
        _clear(graph)
        covered = 0
    _require_same_documents(covered, last)
    start, written, deleted = covered, 0, 0
    memory = Memory(whole=not covered and not graph.read(ANY_CASE)[0]["cases"])
    with _rare_collections():
        for batch in _one_ahead(map(_made, batches(store.changes_since(covered), BATCH_SIZE))):
            change = partial(_write_batch, batch=batch, covered=covered, memory=memory)
            memory = graph.in_transaction(change)
            covered = batch.sequence
            written += len(batch.case_ids) - len(batch.gone)
            deleted += len(batch.gone)
            on_progress(covered - start, max(last, covered) - start)
    return ProjectionReport(written, deleted, covered, notice)


@contextmanager
def _rare_collections() -> Generator[None]:
    """Let Python look for cycles of dead objects less often."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def covered_sequence(graph: Graph) -> int:
    """Return the number of the last change that the graph covers; 0 where the next projection makes all of it anew.

    So it is of a graph that is empty, being emptied, or made by other rules.

    Raises
    ------
    EngineRefused
        If somebody else made the graph.
    """
    rows = graph.read(READ_PROJECTION)
    if not rows:
        is_earlier(graph)
    covered, anew = _state(rows)
    return 0 if anew else covered


def _state(rows: Sequence[Mapping[str, Any]]) -> tuple[int, bool]:
    """Return the last change covered, and whether all that is there has to go first."""
    if not rows:
        return 0, False
    sequence, clearing, rules = rows[0]["sequence"], rows[0]["clearing"], rows[0]["rules"]
    return sequence, clearing or (sequence > 0 and rules != RULES)


def _require_same_documents(covered: int, last: int) -> None:
    if covered > last:
        raise StaleProjection(
            f"the graph goes up to change {covered}, the documents only up to {last}: it was made from other "
            f"documents. Rebuild it.",
            remedy=Remedy(RemedyAction.REBUILD_INDEX),
        )


def _clear(graph: Graph) -> None:
    """Remove what we wrote, in small steps; interrupted, the next run begins again."""
    require_deletable(graph)
    graph.write(WRITE_PROJECTION, sequence=0, clearing=True, rules=RULES)
    for label in Label:
        cleared = 1
        while cleared:
            step = partial(_cleared, label=label)
            cleared = graph.in_transaction(step)
    graph.write(WRITE_PROJECTION, sequence=0, clearing=False, rules=RULES)


def _cleared(transaction: Transaction, label: Label) -> int:
    keys = [row["key"] for row in transaction.read(some_keys(label), limit=_CLEAR_SIZE)]
    if keys:
        delete_ours(transaction, label, keys)
    return len(keys)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


@dataclass(frozen=True)
class _Batch:
    """What the graph has to say after some changes: of which cases, which of them are gone, and each row once."""

    case_ids: list[str]
    gone: list[str]
    nodes: dict[NodeKey, NodeRow]
    relationships: list[RelationshipRow]
    sequence: int


def _made(changes: Sequence[Change]) -> _Batch:
    cases = [change.case for change in changes if isinstance(change, StoredCase)]
    gone = [change.case_id for change in changes if isinstance(change, Tombstone)]
    rows = [project_case(case) for case in cases]
    nodes = {row.node: row for part in rows for row in part.nodes}
    relationships = {row.identity: row for part in rows for row in part.relationships}
    case_ids = [*(case.case_id for case in cases), *gone]
    return _Batch(case_ids, gone, nodes, list(relationships.values()), changes[-1].sequence)


def _one_ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the items; while the server is busy with one, the next is made."""
    with ThreadPoolExecutor(1, thread_name_prefix="projection") as other:
        following = other.submit(next, items, None)
        while (item := following.result()) is not None:
            following = other.submit(next, items, None)
            yield item


def _write_batch(transaction: Transaction, batch: _Batch, covered: int, memory: Memory) -> Memory:
    """Replace what the graph says of the cases in the batch; return what to remember for the next."""
    if transaction.read(LOCK_PROJECTION)[0]["sequence"] != covered:
        raise BusyError("another process updates the graph. Wait until it has ended, then try again.")
    # Changes are of different cases, so the run itself has written none of these.
    asked = [] if memory.whole else transaction.read(KNOWN_CASES, case_ids=batch.case_ids)
    known = [row["case_id"] for row in asked]
    if known:
        memory = memory.without_written()
    before = _neighbours(transaction, known)
    settled, spellings = _settled(transaction, batch, known, before, memory)
    if known:
        for statement in FORGET:
            transaction.write(statement, case_ids=known)
    if known and batch.gone:
        delete_ours(transaction, Label.CASE, batch.gone)
    nodes = {**batch.nodes, **{row.node: row for row in settled}}
    _write_nodes(transaction, memory.unwritten_nodes(nodes.values()))
    _write_relationships(transaction, memory.unwritten_relationships(batch.relationships))
    if before:
        _forget_unsaid(transaction, before)
    transaction.write(WRITE_PROJECTION, sequence=batch.sequence, clearing=False, rules=RULES)
    return memory.and_then(spellings, () if known else nodes, () if known else batch.relationships)


def _neighbours(transaction: Transaction, case_ids: Sequence[str]) -> set[NodeKey]:
    if not case_ids:
        return set()
    rows = transaction.read(NEIGHBOURS, case_ids=case_ids) + transaction.read(PATIENTS, case_ids=case_ids)
    return {NodeKey(Label(row["label"]), row["key"]) for row in rows}


def _write_nodes(transaction: Transaction, rows: Iterable[NodeRow]) -> None:
    by_label: defaultdict[Label, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_label[row.node.label].append({"key": row.node.key, "properties": row.properties})
    for label, parameters in by_label.items():
        written = transaction.read(write_nodes(label), rows=parameters)[0]["written"]
        require_written(transaction, label, [row["key"] for row in parameters], written)


def _write_relationships(transaction: Transaction, rows: Iterable[RelationshipRow]) -> None:
    by_pattern = defaultdict[Any, list[dict[str, Any]]](list)
    for row in rows:
        pattern = (row.source.label, row.type, row.target.label)
        by_pattern[pattern].append({"source": row.source.key, "target": row.target.key, "properties": row.properties})
    for pattern, parameters in by_pattern.items():
        transaction.write(write_relationships(*pattern), rows=parameters)


def _settled(
    transaction: Transaction, batch: _Batch, known: Sequence[str], before: Set[NodeKey], memory: Memory
) -> tuple[list[NodeRow], Spellings]:
    """Return the nodes that several cases speak of, as all of them together make them."""
    keys = _by_label(before | batch.nodes.keys())
    spellings = settled_spellings(transaction, keys[Label.DIAGNOSIS], known, batch.relationships, memory)
    facts = facts_of_patients(transaction, keys[Label.PATIENT], batch.case_ids, batch.relationships, memory)
    return [*diagnosis_nodes(spellings), *patient_nodes(facts)], spellings


def _forget_unsaid(transaction: Transaction, before: Set[NodeKey]) -> None:
    """Forget what only the cases of the batch said before, of their topics and of everything else."""
    topics = _by_label(before)[Label.TOPIC]
    for statement in FORGET_TOPICS:
        transaction.write(statement, keys=topics)
    _delete_unused(transaction, before)


def _delete_unused(transaction: Transaction, candidates: Iterable[NodeKey]) -> None:
    """Delete of the candidates what no case leads to any more, and then what only that led to."""
    while candidates:
        following = set[NodeKey]()
        for label, keys in _by_label(candidates).items():
            if label is Label.CASE:
                continue
            rows = transaction.read(unused_nodes(label), keys=keys)
            following |= {NodeKey(Label(row["label"]), row["key"]) for row in rows if row["label"]}
            if unused := sorted({row["unused"] for row in rows}):
                delete_ours(transaction, label, unused)
        candidates = following


def _by_label(keys: Iterable[NodeKey]) -> defaultdict[Label, list[str]]:
    grouped: defaultdict[Label, list[str]] = defaultdict(list)
    for key in sorted(keys):
        grouped[key.label].append(key.key)
    return grouped
