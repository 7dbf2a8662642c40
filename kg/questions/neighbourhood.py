"""What one may ask the graph first: nodes by words, neighbourhoods, counts.

More beside it: groups of what stands at a node in `groups`, the cases of a node in `cases_at`, what cases share in
`shared`, paths in `paths`, what findings speak for in `differential`, numbers in `cohort`, communities of like cases in
`communities`.

Statements are constant; where one exists per label, it is put together from members of the enum.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, LiteralString

from ingest.concepts.diagnosis import diagnosis_concept_id
from ingest.concepts.lexicon import concepts_written_with, spellings_of
from ingest.errors import InputError, UnknownCase
from ingest.remedies import Remedy, RemedyAction
from kg.engine.graph import Graph
from kg.projection.ownership import require_ours
from kg.schema import (
    KEY_PROPERTIES,
    MARKER,
    OURS,
    Label,
    NodeKey,
    RelationshipType,
    any_node,
    node,
    parse_node_key,
    unmarked,
)
from kg.statements import KEY_OF_N, LABEL_OF_N, S_IS_NOT_COMMON

# Rows that one step of a walk may bring for each node that may be shown: parallel relationships, mostly mentions.
_ROWS_PER_NODE = 5
# Everything leads to these: beyond the start of a walk they are shown, but nothing is looked for behind them.
HUBS = frozenset({Label.MODALITY, Label.REGION, Label.EXAM})
# The same holds of what has more relationships than this: a common finding says nothing of what lies behind it, and to
# sort its thousands took nine tenths of the time of a question.
_COMMON = 100
_OF_ONE_CASE = frozenset({Label.PATIENT, Label.CASE, Label.IMAGE})  # which may have many, and are never common
_ALL = 1_000_000_000
# Of a node on the way, so many relationships are walked at least.
_FAN_OUT = 10
_HIDDEN = frozenset({"folded", MARKER})  # for searching and for telling ours from others', not for showing


@dataclass(frozen=True)
class Node:
    """One node.

    Attributes
    ----------
    key : str
        Its text ``Label:key``.
    name : str
        What to call it on a screen.
    """

    key: str
    label: Label
    name: str
    properties: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Relationship:
    """One relationship between two node keys, in its own direction.

    Attributes
    ----------
    source : str
        The key of the node that it leads from.
    target : str
        The key of the node that it leads to.
    """

    source: str
    target: str
    type: RelationshipType
    properties: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Subgraph:
    """A piece of the graph.

    Attributes
    ----------
    complete : bool
        False where the limit left something out.
    """

    nodes: tuple[Node, ...]
    relationships: tuple[Relationship, ...]
    complete: bool = True


@dataclass(frozen=True)
class Counts:
    """How many nodes there are of each label, and how many relationships of each type."""

    nodes: Mapping[Label, int]
    relationships: Mapping[RelationshipType, int]


_TYPES: Final = "|".join([kind.value for kind in RelationshipType])
_LABELS: Final = "|".join([label.value for label in Label])
_COUNT_RELATIONSHIPS: Final = f"MATCH ()-[r:{_TYPES} {OURS}]->() RETURN type(r) AS name, count(*) AS number"
_RETURN_N: Final = f"{LABEL_OF_N} AS label, properties(n) AS properties"
# An image and a topic may have one name and lead to one code: label and key make the order the same on every engine.
_ORDER_OF_STEPS: Final = f"n.name, n.folded, outgoing, r.mention_id, {LABEL_OF_N}, {KEY_OF_N}"
# Each word in one of its spellings, in any order; or it is a concept that goes by these words.
_IS_MEANT: Final = (
    "(n.concept_id IN $meant OR "
    "all(spellings IN $words WHERE any(spelling IN spellings WHERE n.folded CONTAINS spelling)))"
)
# What is called so comes first, then what one means by it, then what is called so and on.
_BY_NAME: Final = (
    "ORDER BY CASE WHEN n.name = $text OR n.folded STARTS WITH $line THEN 0 WHEN n.concept_id IN $meant THEN 1 "
    "WHEN n.folded STARTS WITH $text THEN 2 ELSE 3 END, size(n.name), n.name, n.folded"
)
_FIND_ANY: Final = (
    f"MATCH (n:{_LABELS}) WHERE n.{MARKER} IN labels(n) AND {_IS_MEANT} "
    f"RETURN {_RETURN_N} {_BY_NAME}, label, {KEY_OF_N} LIMIT $limit"
)


def _count(label: Label) -> LiteralString:
    return f"MATCH {any_node('n', label)} RETURN count(n) AS number"


def _find(label: Label) -> LiteralString:
    return (
        f"MATCH {any_node('n', label)} WHERE {_IS_MEANT} "
        f"RETURN {_RETURN_N} {_BY_NAME}, n.{KEY_PROPERTIES[label]} LIMIT $limit"
    )


def _one(label: Label) -> LiteralString:
    return f"MATCH {node('n', label, '$key')} RETURN {_RETURN_N}"


def _around(label: Label) -> LiteralString:
    """Return the statement that reads up to `fan_out` relationships of each of the nodes `keys` with at most `most`."""
    return (
        f"UNWIND $keys AS start MATCH {node('s', label, 'start')} "
        f"{S_IS_NOT_COMMON} "
        f"CALL (s) {{ MATCH (s)-[r {OURS}]-(n) WITH r, n, startNode(r) = s AS outgoing "
        f"RETURN r, n, outgoing ORDER BY type(r), {_ORDER_OF_STEPS} LIMIT $fan_out }} "
        "RETURN start, outgoing, type(r) AS type, properties(r) AS relationship, "
        f"{_RETURN_N} ORDER BY start, type, {_ORDER_OF_STEPS}"
    )


def node_of(row: Mapping[str, Any]) -> Node:
    """Return the node of a row that has its `label` and its `properties`."""
    label, properties = Label(row["label"]), row["properties"]
    key = NodeKey(label, properties[KEY_PROPERTIES[label]])
    shown = {name: value for name, value in sorted(properties.items()) if name not in _HIDDEN}
    return Node(str(key), label, properties["name"], shown)


def require_node(graph: Graph, key: str) -> Node:
    """Return one node.

    Raises
    ------
    InputError
        If the key is not of the form ``Label:key``.
    UnknownCase
        If the graph has no such node.
    """
    wanted = parse_node_key(key)
    require_ours(graph)
    rows = graph.read(_one(wanted.label), key=wanted.key)
    if not rows:
        raise UnknownCase(f"the graph has no node {key!r}. Look for one.", remedy=Remedy(RemedyAction.FIND_NODE))
    return node_of(rows[0])


def find_nodes(graph: Graph, text: str, *, label: Label | None = None, limit: int = 20) -> list[Node]:
    """Return the nodes that words name: by any part of their names, aliases and keys, in any order of the words.

    British and American spellings are alike, and a concept of the lexicon or a diagnosis is found by its synonyms too.
    What is called just so comes first, then what is meant by it, then shorter names before longer ones.

    Raises
    ------
    InputError
        If there is no word.
    """
    words = text.casefold().split()
    if not words:
        raise InputError("there is nothing to look for. Give a word, for example 'glioma'.")
    require_ours(graph)
    folded = " ".join(words)
    diagnosis = diagnosis_concept_id(text)
    rows = graph.read(
        _find(label) if label else _FIND_ANY,
        text=folded,
        line=f"{folded}\n",  # names and aliases stand one on a line
        words=[sorted(spellings_of(word)) for word in words],
        meant=[*concepts_written_with(words), *([diagnosis] if diagnosis else [])],
        limit=limit,
    )
    return [node_of(row) for row in rows]


def counts(graph: Graph) -> Counts:
    """Count nodes by label and relationships by type: ours, whatever else the server holds."""
    require_ours(graph)
    nodes = {label: graph.read(_count(label))[0]["number"] for label in Label}
    relationships = {row["name"]: row["number"] for row in graph.read(_COUNT_RELATIONSHIPS)}
    return Counts(
        nodes,
        {kind: relationships.get(kind, 0) for kind in RelationshipType},
    )


def neighbourhood(graph: Graph, node_key: str, *, depth: int = 1, limit: int = 100) -> Subgraph:
    """Return the nodes within `depth` steps of a node, at most `limit`, and the relationships walked.

    From the second step on, a node leads to a few others only, and what is common (a modality, region or exam, and
    whatever else has more than a hundred relationships) to none.

    Raises
    ------
    InputError, UnknownCase
        As `require_node`.
    """
    start = require_node(graph, node_key)
    nodes, walked, complete = {start.key: start}, dict[Any, Relationship](), True
    frontier = [parse_node_key(start.key)]
    for step in range(depth):
        if len(nodes) >= limit:
            complete = False
            break
        fan_out = max(_FAN_OUT, limit * _ROWS_PER_NODE // max(1, len(frontier)))
        rows, all_read = _steps(graph, frontier, fan_out, _COMMON if step else _ALL)
        complete &= all_read
        reached = list[NodeKey]()
        for here, row in rows:
            there = node_of(row)
            if there.key not in nodes:
                if len(nodes) >= limit:
                    complete = False
                    continue
                nodes[there.key] = there
                reached.append(parse_node_key(there.key))
            walk = _relationship(here, there.key, row)
            walked[walk.source, walk.target, walk.type, walk.properties.get("mention_id")] = walk
        frontier = [key for key in reached if key.label not in HUBS]
        complete &= len(frontier) == len(reached) or depth == 1
    return Subgraph(tuple(nodes.values()), tuple(walked.values()), complete)


def _steps(
    graph: Graph, frontier: Iterable[NodeKey], fan_out: int, most: int
) -> tuple[list[tuple[str, Mapping[str, Any]]], bool]:
    """Return the steps away from what is not common, each with where it starts, and whether these are all."""
    steps = list[tuple[str, Mapping[str, Any]]]()
    complete = True
    for label, keys in by_label(frontier).items():
        taken = Counter[str]()
        allowed = _ALL if label in _OF_ONE_CASE else most
        for row in graph.read(_around(label), keys=keys, fan_out=fan_out + 1, most=allowed):
            taken[row["start"]] += 1
            if taken[row["start"]] <= fan_out:
                steps.append((str(NodeKey(label, row["start"])), row))
        unread = [key for key in keys if taken[key] > fan_out or (allowed < _ALL and not taken[key])]
        complete &= not unread
    return steps, complete


def by_label(keys: Iterable[NodeKey]) -> dict[Label, list[str]]:
    """Return the keys of each label, as the statements that exist once per label want them."""
    grouped: defaultdict[Label, list[str]] = defaultdict(list)
    for key in keys:
        grouped[key.label].append(key.key)
    return grouped


def _relationship(here: str, there: str, row: Mapping[str, Any]) -> Relationship:
    source, target = (here, there) if row["outgoing"] else (there, here)
    return Relationship(source, target, RelationshipType(row["type"]), unmarked(row["relationship"]))
