"""Whose graph it is. A server may hold other people's data: Neo4j Community has one database for everybody.

A graph is ours by a node that we wrote first, ``(:CaseGraphProjection {name: 'documents'})``, and only where no node
bore one of our labels; and every node and relationship that we write bears our marker (`kg.schema.MARKER`). What others
add later stays theirs: where we would have to take a node of theirs for ours, or to delete a relationship of theirs
together with a node of ours, the change is refused and nothing is changed.

An embedded graph that was made before there was a marker is ours by its place, and is rebuilt.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, LiteralString

from ingest.errors import EngineRefused
from ingest.remedies import Remedy, RemedyAction
from kg.engine.graph import Graph, Transaction
from kg.schema import (
    KEY_PROPERTIES,
    MARKER,
    PROJECTION,
    PROJECTION_CONSTRAINT,
    Label,
    NodeKey,
    constraint_of,
    name_indexes,
)
from kg.statements import READ_PROJECTION, delete_nodes, foreign_nodes, foreign_relationships, keys_after

NOTICE_EARLIER: Final = "an earlier CaseGraph made the graph and marked nothing in it as ours: it was rebuilt"
_READ_SIZE = 1000
_CLEAR_SIZE = 200
_OUR_LABELS: Final = "|".join([label.value for label in Label])
# What earlier versions kept beside their nodes.
_EARLIER: Final = "Projection"
_READ_EARLIER: Final = (
    f"MATCH (p:{_EARLIER} {{name: 'documents'}}) WHERE p.sequence IS NOT NULL AND p.clearing IS NOT NULL "
    "RETURN p.sequence AS sequence LIMIT 1"
)
_REMOVE_EARLIER: Final = f"MATCH (n:{_EARLIER}|{_OUR_LABELS}) CALL {{ WITH n DETACH DELETE n }} IN TRANSACTIONS"
_CLAIM: Final = (
    f"MERGE (p:{PROJECTION} {{name: 'documents'}}) "
    f"ON CREATE SET p.sequence = 0, p.clearing = false, p.locked = false, p.{MARKER} = '{PROJECTION}'"
)
# The codes of Neo4j and of ArcadeDB for a constraint or index that other nodes or another schema forbid.
_IN_THE_WAY: Final = frozenset(
    {
        "Neo.DatabaseError.Schema.ConstraintCreationFailed",
        "Neo.ClientError.Schema.ConstraintValidationFailed",
        "Neo.ClientError.Schema.ConstraintAlreadyExists",
        "Neo.ClientError.Schema.ConstraintWithNameAlreadyExists",
        "Neo.ClientError.Schema.IndexAlreadyExists",
        "Neo.ClientError.Schema.IndexWithNameAlreadyExists",
    }
)


def _unmarked(label: Label) -> LiteralString:
    return (
        f"MATCH (n:{label.value}) WHERE coalesce(n.{MARKER}, '') <> '{label.value}' "
        f"RETURN '{label.value}' AS label LIMIT 1"
    )


_UNMARKED: Final = " UNION ALL ".join([_unmarked(label) for label in Label])


def require_ours(graph: Graph) -> None:
    """Refuse to ask a graph that somebody else made.

    Raises
    ------
    EngineRefused
        If the graph holds nodes of our labels, and we did not make it.
    """
    if not graph.read(READ_PROJECTION) and is_earlier(graph):
        raise EngineRefused(
            "the graph of this workspace was made by an earlier CaseGraph. Rebuild it.",
            remedy=Remedy(RemedyAction.INDEX),
        )


def is_earlier(graph: Graph) -> bool:
    """Tell of a graph without our marker whether it is an embedded one that an earlier CaseGraph made.

    Raises
    ------
    EngineRefused
        If somebody else made it.
    """
    found = [row["label"] for row in graph.read(_UNMARKED)]
    if not found:
        return False
    earlier = bool(graph.read(_READ_EARLIER))
    if not (earlier and graph.embedded):
        raise _not_ours(graph.address, found, earlier=earlier)
    return True


def claim(graph: Graph) -> bool:
    """Mark a graph as ours, once, and index it; return whether it had to be emptied of what an earlier CaseGraph wrote.

    Raises
    ------
    EngineRefused
        If somebody else made it; or if the keys of our labels cannot be made unique there.
    """
    ours, earlier = bool(graph.read(READ_PROJECTION)), False
    if not ours:
        earlier = is_earlier(graph)
        if earlier:
            _empty(graph)
        _constrain(graph, PROJECTION_CONSTRAINT, PROJECTION, "name")
        graph.in_transaction(partial(_claimed, address=graph.address))
    for label in Label:
        _constrain(graph, constraint_of(label), label, KEY_PROPERTIES[label])
    for statement in name_indexes(fulltext=not graph.embedded):
        _index(graph, statement)
    return earlier


def _claimed(transaction: Transaction, address: str) -> None:
    found = [row["label"] for row in transaction.read(_UNMARKED)]
    if found and not transaction.read(READ_PROJECTION):  # somebody was quicker
        raise _not_ours(address, found, earlier=False)
    transaction.write(_CLAIM)


def _not_ours(address: str, labels: Sequence[str], *, earlier: bool) -> EngineRefused:
    named = ", ".join(f":{label}" for label in labels)
    if earlier:
        return EngineRefused(
            f"the graph at {address} holds nodes {named} of an earlier CaseGraph, which did not mark them as its own. "
            "Name another database, as in bolt://host:7687/database; or, if nobody else uses these labels there, "
            f"remove them by {_REMOVE_EARLIER} and make the graph again.",
            remedy=Remedy(RemedyAction.INDEX),
        )
    return EngineRefused(
        f"the graph at {address} holds nodes {named} that CaseGraph did not make; nothing was changed. Name another "
        "database (bolt://host:7687/database, or CASEGRAPH_GRAPH_DATABASE) or server, use the embedded graph, or "
        "remove these nodes."
    )


def _constrain(graph: Graph, statement: LiteralString, label: LiteralString | Label, key: str) -> None:
    try:
        graph.write(statement)
    except EngineRefused as error:
        if getattr(error.__cause__, "code", None) not in _IN_THE_WAY:
            raise
        raise EngineRefused(
            f"the graph at {graph.address} cannot make {label}.{key} unique: nodes, an index or a constraint that "
            f"CaseGraph did not make are in the way. See SHOW CONSTRAINTS and SHOW INDEXES there; remove what is on "
            f":{label}({key}), or name another database."
        ) from error


def _index(graph: Graph, statement: LiteralString) -> None:
    """Make an index, which only makes looking up quicker: where somebody else's has its name, theirs stays."""
    try:
        graph.write(statement)
    except EngineRefused as error:
        if getattr(error.__cause__, "code", None) not in _IN_THE_WAY:
            raise


def _empty(graph: Graph) -> None:
    """Remove what an earlier CaseGraph wrote, step by step; what says that it is one goes last."""
    statements: list[LiteralString] = [_remove(label.value) for label in Label]
    for statement in (*statements, _remove(_EARLIER)):
        removed = 1
        while removed:
            step = partial(_removed, statement=statement)
            removed = graph.in_transaction(step)


def _remove(label: LiteralString) -> LiteralString:
    return f"MATCH (n:{label}) WITH n LIMIT $limit DETACH DELETE n RETURN count(*) AS removed"


def _removed(transaction: Transaction, statement: LiteralString) -> int:
    return transaction.read(statement, limit=_CLEAR_SIZE)[0]["removed"]


def delete_ours(transaction: Transaction, label: Label, keys: Sequence[str]) -> None:
    """Delete nodes of ours with our relationships.

    Raises
    ------
    EngineRefused
        If somebody else hung a relationship on one of them.
    """
    _require_no_others(transaction.read(foreign_relationships(label), keys=keys), label)
    for statement in delete_nodes(label):
        transaction.write(statement, keys=keys)


def require_deletable(graph: Graph) -> None:
    """Refuse where somebody else hung a relationship on any node of ours.

    Raises
    ------
    EngineRefused
        The message names the node and the type of the relationship.
    """
    for label in Label:
        after = ""
        while keys := [row["key"] for row in graph.read(keys_after(label), after=after, limit=_READ_SIZE)]:
            _require_no_others(graph.read(foreign_relationships(label), keys=keys), label)
            after = keys[-1]


def _require_no_others(rows: Sequence[dict[str, str]], label: Label) -> None:
    for row in rows:
        node, kind = NodeKey(label, row["taken"]), row["type"]
        raise EngineRefused(
            f"the node {node} cannot be deleted from the graph: a relationship {kind} that CaseGraph did not make "
            "hangs on it. Nothing was changed. Remove that relationship, or move it to a node of yours, then try again."
        )


def require_written(transaction: Transaction, label: Label, keys: Sequence[str], written: int) -> None:
    """Refuse a change that met nodes of somebody else under our keys; they were left as they are.

    Raises
    ------
    EngineRefused
        The message names one of the nodes.
    """
    if written == len(keys):
        return
    taken = transaction.read(foreign_nodes(label), keys=keys)
    named = f"the node {NodeKey(label, taken[0]['taken'])}" if taken else f"a node {label}"
    raise EngineRefused(
        f"the graph holds {named}, which CaseGraph did not make, where it has to write its own. Nothing was changed. "
        "Remove or rename that node, or name another database for CaseGraph."
    )
