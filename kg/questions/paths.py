"""Shortest paths between two nodes, over what tells something, with what they mean in words.

The walk goes from both ends, one level at a time, each level one statement per label; so both engines answer alike,
which they do not with Cypher's own shortest paths under a condition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, pairwise
from math import log
from typing import Final, LiteralString, NamedTuple

from kg.engine.graph import Graph
from kg.questions.neighbourhood import HUBS, Node, Relationship, Subgraph, by_label, node_of, require_node
from kg.questions.wording import in_words
from kg.schema import OURS, Label, NodeKey, RelationshipType, node, parse_node_key
from kg.statements import KEY_OF_N, LABEL_OF_N, S_IS_NOT_COMMON

MAX_STEPS: Final = 6
# So many equally short ones are compared to find the most telling; two cases seldom have more.
_COMPARED = 500
# A node with more relationships ends a walk: what lies behind it has nothing to do with what lies before. A path leads
# over it only where both sides reach it.
_MAX_RELATIONSHIPS = 500
_FIRMEST_FIRST = tuple(RelationshipType)
_UNSURE = frozenset({RelationshipType.MAY_SHOW, RelationshipType.HAD, RelationshipType.DESCRIBES})
# What was computed from the rest of the graph explains nothing.
_DERIVED = frozenset({RelationshipType.SIMILAR_TO})


@dataclass(frozen=True)
class Path:
    """One way from a node to another.

    Attributes
    ----------
    words : str
        The path as a sentence.
    score : float
        The higher, the rarer the things on it.
    """

    nodes: tuple[Node, ...]
    relationships: tuple[Relationship, ...]
    words: str
    score: float


class _Step(NamedTuple):
    """One relationship, as it is walked: from `here`, along it where `outgoing`."""

    here: NodeKey
    there: NodeKey
    type: RelationshipType
    outgoing: bool


@dataclass
class _Side:
    """What one end has reached: for each node the steps that lead to it, and its distance."""

    distance: dict[NodeKey, int]
    frontier: list[NodeKey]
    steps: defaultdict[NodeKey, list[_Step]] = field(default_factory=lambda: defaultdict(list))


def _leading_on(label: Label) -> LiteralString:
    return (
        f"UNWIND $keys AS start MATCH {node('s', label, 'start')} "
        f"{S_IS_NOT_COMMON} "
        f"MATCH (s)-[r {OURS}]-(n) WHERE NOT type(r) IN $without_types AND NOT {LABEL_OF_N} IN $without_labels "
        "RETURN DISTINCT start, type(r) AS type, startNode(r) = s AS outgoing, "
        f"{LABEL_OF_N} AS label, {KEY_OF_N} AS key"
    )


def _details(label: Label) -> LiteralString:
    return (
        f"UNWIND $keys AS key MATCH {node('n', label, 'key')} "
        f"OPTIONAL MATCH (n)-[r {OURS}]-() WHERE type(r) <> 'IS_A' "  # a kind of many things is no commoner for it
        f"RETURN {LABEL_OF_N} AS label, properties(n) AS properties, count(r) AS relationships"
    )


def shortest_paths(
    graph: Graph, from_key: str, to_key: str, *, limit: int = 5, without: Collection[Label] = HUBS
) -> list[Path]:
    """Return the shortest paths between two nodes, those over rare things first.

    Parameters
    ----------
    graph : Graph
        The graph.
    from_key, to_key : str
        Both ends, as ``Label:key``.
    limit : int
        How many at most.
    without : collection of Label
        Nodes that no path may lead over; by default what nearly everything leads to.

    Returns
    -------
    list of Path
        All of one length, at most six relationships, one for each chain of nodes; empty where there is none. What
        has more than 500 relationships is on a path only where the walks from both ends meet. Paths over what is
        uncertain, past or of the literature come last; else the order is by the mean rarity of the nodes between the
        ends (``-log`` of the number of their relationships), then by their keys.

    Raises
    ------
    InputError, UnknownCase
        As `require_node`.
    """
    start, end = require_node(graph, from_key), require_node(graph, to_key)
    if start.key == end.key:
        return [_path([start], [], {})]
    found = list(islice(_walks(graph, parse_node_key(start.key), parse_node_key(end.key), without), _COMPARED))
    nodes, degrees = _read_details(graph, {key for walk in found for step in walk for key in (step.here, step.there)})
    by_nodes = {tuple(_stations(walk)): walk for walk in sorted(found, key=_order, reverse=True)}
    paths = [_path([nodes[key] for key in stations], walk, degrees) for stations, walk in by_nodes.items()]
    return sorted(paths, key=_telling_order)[:limit]


def _telling_order(path: Path) -> tuple[int, float, list[str]]:
    unsure = sum(step.type in _UNSURE for step in path.relationships)
    return unsure, -path.score, [node.key for node in path.nodes]


def _walks(graph: Graph, start: NodeKey, end: NodeKey, without: Collection[Label]) -> Iterator[list[_Step]]:
    """Yield the shortest walks, each as its steps from the start."""
    here, there = _Side({start: 0}, [start]), _Side({end: 0}, [end])
    for _ in range(MAX_STEPS):
        side, other = sorted((here, there), key=lambda one: (not one.frontier, len(one.frontier)))
        _advance(graph, side, without, other)
        met = [key for key in side.frontier if key in other.distance]
        if met:
            nearest = min(other.distance[key] for key in met)
            meeting = sorted(key for key in met if other.distance[key] == nearest)
            yield from (
                [*before, *(_turned(step) for step in reversed(after))]
                for key in meeting
                for before in _back(here, key)
                for after in _back(there, key)
            )
            return
        side.frontier = [key for key in side.frontier if key.label not in without]


def _advance(graph: Graph, side: _Side, without: Collection[Label], other: _Side) -> None:
    """Go one step on; what the other side has reached may be met even where no path leads over it."""
    level = side.distance[side.frontier[0]] + 1 if side.frontier else 0
    ends = {key.label for key, distance in other.distance.items() if distance == 0}
    reached = list[NodeKey]()
    for step in _steps(graph, side.frontier, set(without) - ends):
        if step.there not in side.distance:
            side.distance[step.there] = level
            reached.append(step.there)
        if side.distance[step.there] == level:
            side.steps[step.there].append(step)
    side.frontier = reached


def _steps(graph: Graph, frontier: Iterable[NodeKey], without: Collection[Label]) -> Iterator[_Step]:
    for label, keys in by_label(frontier).items():
        rows = graph.read(
            _leading_on(label),
            keys=keys,
            without_labels=sorted(without),
            without_types=sorted(_DERIVED),
            most=_MAX_RELATIONSHIPS,
        )
        for row in rows:
            there = NodeKey(Label(row["label"]), row["key"])
            yield _Step(NodeKey(label, row["start"]), there, RelationshipType(row["type"]), row["outgoing"])


def _back(side: _Side, key: NodeKey) -> Iterator[list[_Step]]:
    """Yield the ways from the side's end to the node, each as its steps."""
    if side.distance[key] == 0:
        yield []
        return
    for step in sorted(side.steps[key]):
        for before in _back(side, step.here):
            yield [*before, step]


def _order(walk: list[_Step]) -> list[int]:
    """Return a key by which of walks over equal nodes the firmest comes first: SHOWS before MAY_SHOW."""
    return [_FIRMEST_FIRST.index(step.type) for step in walk]


def _turned(step: _Step) -> _Step:
    return _Step(step.there, step.here, step.type, not step.outgoing)


def _stations(walk: list[_Step]) -> list[NodeKey]:
    return [walk[0].here, *(step.there for step in walk)]


def _read_details(graph: Graph, keys: Iterable[NodeKey]) -> tuple[dict[NodeKey, Node], dict[str, int]]:
    """Return nodes and how many relationships they have, as far as they are still there."""
    nodes, degrees = dict[NodeKey, Node](), dict[str, int]()
    for label, wanted in by_label(sorted(keys)).items():
        for row in graph.read(_details(label), keys=wanted):
            node = node_of(row)
            nodes[parse_node_key(node.key)] = node
            degrees[node.key] = max(1, row["relationships"])  # what only kinds lead to has none that count
    return nodes, degrees


def _path(nodes: list[Node], walk: list[_Step], degrees: Mapping[str, int]) -> Path:
    ends = [(step, *((str(a), str(b)) if step.outgoing else (str(b), str(a)))) for step, (a, b) in _pairs(walk)]
    relationships = tuple(Relationship(source, target, step.type) for step, source, target in ends)
    between = [degrees.get(node.key, 1) for node in nodes[1:-1]]
    score = -sum(log(degree) for degree in between) / len(between) if between else 0.0
    return Path(tuple(nodes), relationships, in_words(Subgraph(tuple(nodes), relationships)), score)


def _pairs(walk: list[_Step]) -> list[tuple[_Step, tuple[NodeKey, NodeKey]]]:
    return list(zip(walk, pairwise(_stations(walk)), strict=True)) if walk else []
