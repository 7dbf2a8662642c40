"""What stands at a node, many of one kind as one group with a count, whose members are read a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, LiteralString

from ingest.errors import InputError
from kg.engine.graph import Graph
from kg.questions.neighbourhood import Node, Relationship, by_label, node_of, require_node
from kg.questions.wording import number_in_words
from kg.schema import OURS, Label, NodeKey, RelationshipType, node, parse_node_key
from kg.statements import KEY_OF_N, LABEL_OF_N

FEW: Final = 6
"""So many nodes of a group are shown one by one; more are one node with a count."""

PAGE_SIZE: Final = 12
"""So many members are shown at once."""

_ALL = 1_000_000_000
_IN, _OUT = "in", "out"
# Which like case is stored as the first says nothing.
_UNDIRECTED = frozenset({RelationshipType.SIMILAR_TO})


@dataclass(frozen=True)
class Group:
    """The nodes of one label that stand at a node by one type of relationship, in one direction.

    Attributes
    ----------
    name : str
        Names the group among those of its node, for example ``SHOWS.in.Case``.
    words : str
        What the node is to them, as in "is shown by 34 cases".
    count : int
        How many nodes it has.
    """

    node_key: str
    name: str
    type: RelationshipType
    outgoing: bool
    label: Label
    words: str
    count: int


@dataclass(frozen=True)
class Members:
    """A page of a group's nodes; those of the closest likeness or the first rank come first, then by their names."""

    group: Group
    page: int
    pages: int
    nodes: tuple[Node, ...]


_NAMED: Final = (
    f"WITH n, r, type(r) + CASE WHEN startNode(r) = s THEN '.{_OUT}.' ELSE '.{_IN}.' END + {LABEL_OF_N} AS group_name "
)
_BEST_FIRST: Final = (
    "WITH n, group_name, min(coalesce(r.rank, 0)) AS rank, max(coalesce(r.score, 0.0)) AS score "
    f"RETURN group_name, {LABEL_OF_N} AS label, properties(n) AS properties "
    f"ORDER BY group_name, rank, score DESC, n.name, n.folded, {KEY_OF_N} SKIP $skip LIMIT $limit"
)


def _counted(label: Label) -> LiteralString:
    return (
        f"MATCH {node('s', label, '$key')}-[r {OURS}]-(n) {_NAMED}"
        "RETURN group_name, count(DISTINCT n) AS number ORDER BY group_name"
    )


def _members(label: Label) -> LiteralString:
    return f"MATCH {node('s', label, '$key')}-[r {OURS}]-(n) {_NAMED}WHERE group_name IN $names {_BEST_FIRST}"


def _between(label: Label) -> LiteralString:
    return (
        f"UNWIND $keys AS start MATCH {node('s', label, 'start')}-[r {OURS}]->(n) "
        f"WITH DISTINCT start, type(r) AS type, n WHERE {KEY_OF_N} IN $targets "
        f"RETURN start, type, {LABEL_OF_N} AS label, {KEY_OF_N} AS key ORDER BY start, type, label, key"
    )


def groups_at(graph: Graph, node_key: str) -> tuple[Group, ...]:
    """Return the groups of what stands at a node, in the order of the types.

    Raises
    ------
    InputError, UnknownCase
        As `kg.questions.neighbourhood.require_node`.
    """
    require_node(graph, node_key)
    wanted = parse_node_key(node_key)
    counts = dict[str, int]()
    for row in graph.read(_counted(wanted.label), key=wanted.key):
        name = str(_group(node_key, row["group_name"], 0).name)
        counts[name] = counts.get(name, 0) + row["number"]
    order = {kind: place for place, kind in enumerate(RelationshipType)}
    found = [_group(node_key, name, count) for name, count in counts.items()]
    return tuple(sorted(found, key=lambda group: (order[group.type], group.name)))


def members_of(graph: Graph, node_key: str, name: str, *, page: int = 1, size: int = PAGE_SIZE) -> Members:
    """Return one page of a group, named as `Group.name`; a page behind the last one has no nodes.

    Raises
    ------
    InputError
        If the node has no such group, or the page is none.
    """
    if page < 1:
        raise InputError(f"{page} is not a page number. The first is 1.")
    groups = {group.name: group for group in groups_at(graph, node_key)}
    if name not in groups:
        there = ", ".join(groups) or "none"
        raise InputError(f"{node_key!r} has no group {name!r}. It has: {there}.")
    group = groups[name]
    nodes = _read(graph, node_key, [name], skip=(page - 1) * size, limit=size).get(name, ())
    return Members(group, page, max(1, -(-group.count // size)), tuple(nodes))


def members_of_few(graph: Graph, node_key: str, groups: Iterable[Group]) -> dict[str, tuple[Node, ...]]:
    """Return the nodes of all groups that have few, by the name of the group."""
    few = [group.name for group in groups if group.count <= FEW]
    read = _read(graph, node_key, few, skip=0, limit=_ALL) if few else {}
    return {name: tuple(read.get(name, ())) for name in few}


def relationships_between(graph: Graph, keys: Collection[str]) -> tuple[Relationship, ...]:
    """Return the relationships between these nodes, of several of one type between two nodes only one."""
    wanted = [parse_node_key(key) for key in keys]
    targets = sorted({key.key for key in wanted})
    found = list[Relationship]()
    for label, starts in by_label(sorted(wanted)).items():
        for row in graph.read(_between(label), keys=starts, targets=targets):
            target = NodeKey(Label(row["label"]), row["key"])
            if target in wanted:
                source = NodeKey(label, row["start"])
                found.append(Relationship(str(source), str(target), RelationshipType(row["type"])))
    return tuple(found)


def _read(graph: Graph, node_key: str, names: Sequence[str], *, skip: int, limit: int) -> dict[str, list[Node]]:
    wanted = parse_node_key(node_key)
    either = [name.replace(f".{_OUT}.", f".{_IN}.") for name in names if RelationshipType(_type(name)) in _UNDIRECTED]
    read = dict[str, list[Node]]()
    for row in graph.read(_members(wanted.label), key=wanted.key, names=[*names, *either], skip=skip, limit=limit):
        read.setdefault(_group(node_key, row["group_name"], 0).name, []).append(node_of(row))
    return read


def _type(name: str) -> str:
    return name.partition(".")[0]


def _group(node_key: str, name: str, count: int) -> Group:
    """Return the group of a name as the statement writes it; what has no direction is one group."""
    type_, way, label = name.split(".")
    kind = RelationshipType(type_)
    outgoing = way == _OUT or kind in _UNDIRECTED
    words = number_in_words(kind, Label(label), count, outgoing=outgoing)
    name = f"{kind}.{_OUT if outgoing else _IN}.{label}"
    return Group(node_key, name, kind, outgoing, Label(label), words, count)
