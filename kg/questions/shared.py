"""What cases have in common: two compared, or all ranked by how much that is rare they share with one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Any, Final, LiteralString

from ingest.annotation.apart import Apart
from ingest.errors import InputError
from kg.engine.graph import Graph
from kg.projection.kinds import narrowest
from kg.projection.ownership import require_ours
from kg.questions.denied_beside import denied_beside
from kg.questions.neighbourhood import Node, node_of, require_node
from kg.schema import (
    LABEL_OF_KIND,
    NARROWER,
    OURS,
    Label,
    NodeKey,
    RelationshipType,
    any_node,
    kind_of,
    node,
    parse_node_key,
)
from kg.statements import LABEL_OF_N

# What may be shared, in the order in which one tells it.
KINDS = (
    RelationshipType.HAS_DIAGNOSIS,
    RelationshipType.CONSIDERS,
    RelationshipType.SHOWS,
    RelationshipType.RULES_OUT,
    RelationshipType.PRESENTS_WITH,
    RelationshipType.DEPICTS,
    RelationshipType.IN_REGION,
    RelationshipType.ACQUIRED_WITH,
    RelationshipType.ABOUT,
    RelationshipType.IN_CATEGORY,
    RelationshipType.CODED_AS,
    RelationshipType.TREATED_WITH,
    RelationshipType.EXAMINED_BY,
)
# What makes two cases alike for the search; modality and region are for filters.
RANKED_LABELS = frozenset({Label.FINDING, Label.DIAGNOSIS, Label.ANATOMICAL_LOCATION})

_THINGS: Final = (
    f"UNWIND $case_ids AS case_id MATCH {node('c', Label.CASE, 'case_id')}"
    f"-[:HAS_IMAGE|ABOUT*0..1 {OURS}]->(o)-[r {OURS}]->(n) WHERE type(r) IN $kinds "
    f"RETURN DISTINCT case_id, type(r) AS kind, {LABEL_OF_N} AS label, properties(n) AS properties"
)
# One row per concept and not per case: a case with forty findings then reads forty rows and not eight hundred.
_CASES_WITH: Mapping[Label, LiteralString] = {
    Label.FINDING: (
        f"UNWIND $keys AS key MATCH {node('n', Label.FINDING, 'key')}"
        f"<-[:SHOWS {OURS}]-(o)<-[:HAS_IMAGE*0..1 {OURS}]-(c:Case) "
        "RETURN key, n.name AS name, collect(DISTINCT c.case_id) AS case_ids"
    ),
    Label.DIAGNOSIS: (
        f"UNWIND $keys AS key MATCH {node('n', Label.DIAGNOSIS, 'key')}{NARROWER}"
        f"<-[:HAS_DIAGNOSIS|CONSIDERS {OURS}]-(c:Case) "
        "RETURN key, n.name AS name, collect(DISTINCT c.case_id) AS case_ids"
    ),
    Label.ANATOMICAL_LOCATION: (
        f"UNWIND $keys AS key MATCH {node('n', Label.ANATOMICAL_LOCATION, 'key')}"
        f"<-[:DEPICTS {OURS}]-(o)<-[:HAS_IMAGE*0..1 {OURS}]-(c:Case) "
        "RETURN key, n.name AS name, collect(DISTINCT c.case_id) AS case_ids"
    ),
}
# What is above the diagnoses of a case, as if the case had it.
_BROADER: Final = (
    f"UNWIND $case_ids AS case_id MATCH {node('c', Label.CASE, 'case_id')}"
    f"-[r:HAS_DIAGNOSIS|CONSIDERS {OURS}]->(:Diagnosis)-[:IS_A*1..8 {OURS}]->(n) "
    f"RETURN DISTINCT case_id, type(r) AS kind, {LABEL_OF_N} AS label, properties(n) AS properties"
)
_NUMBER_OF_CASES: Final = f"MATCH {any_node('c', Label.CASE)} RETURN count(c) AS number"


@dataclass(frozen=True)
class Thing:
    """Something that a case has, and how: ``SHOWS`` a finding, ``CONSIDERS`` a diagnosis.

    `places` tell a finding that a case shows from the same one that it rules out elsewhere; else there are none.
    """

    kind: RelationshipType
    node: Node
    places: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name, with the places: "mass (left kidney)"."""
        return f"{self.node.name} ({', '.join(self.places)})" if self.places else self.node.name


@dataclass(frozen=True)
class Comparison:
    """Two cases side by side.

    Attributes
    ----------
    shared : tuple of Thing
        What both have.
    only_first : tuple of Thing
        What the first has alone.
    only_second : tuple of Thing
        What the second has alone.
    """

    shared: tuple[Thing, ...]
    only_first: tuple[Thing, ...]
    only_second: tuple[Thing, ...]


@dataclass(frozen=True)
class SharedConcept:
    """One concept that two cases share; the rarer it is in the graph, the greater its weight."""

    node_key: str
    name: str
    weight: float


@dataclass(frozen=True)
class SharingCase:
    """A case that shares concepts, the weightiest first; `score` is the sum of their weights."""

    case_id: str
    score: float
    shared: tuple[SharedConcept, ...]


def shared(graph: Graph, case_a: str, case_b: str) -> Comparison:
    """Compare two cases as `compared`, and tell apart what one of them both shows and rules out.

    Such a finding has its places on both sides; where the texts name none that differ, it is only shown.
    """
    both = compared(graph, case_a, case_b)
    first, second = (denied_beside(graph, case_id) for case_id in (case_a, case_b))
    return Comparison(
        _placed(both.shared, (first, second)), _placed(both.only_first, (first,)), _placed(both.only_second, (second,))
    )


def _placed(things: Iterable[Thing], told: Sequence[Mapping[str, Apart | None]]) -> tuple[Thing, ...]:
    found = (_with_places(thing, [one[thing.node.key] for one in told if thing.node.key in one]) for thing in things)
    return tuple(thing for thing in found if thing is not None)


def _with_places(thing: Thing, told: Sequence[Apart | None]) -> Thing | None:
    shows = thing.kind is RelationshipType.SHOWS
    if not told or not (shows or thing.kind is RelationshipType.RULES_OUT):
        return thing
    places = {place for one in told if one for place in (one.shown if shows else one.denied)}
    return replace(thing, places=tuple(sorted(places))) if shows or all(told) else None


def compared(graph: Graph, case_a: str, case_b: str) -> Comparison:
    """Tell what two cases have in common and where they differ.

    The diagnosis of one that the other only considers is shared as ``CONSIDERS``. Two diagnoses of one kind share the
    narrowest diagnosis that both are of: a meningioma of the falx and one of the spine share meningioma.

    Raises
    ------
    UnknownCase
        If the graph has no such case.
    """
    for case_id in (case_a, case_b):
        require_node(graph, str(NodeKey(Label.CASE, case_id)))
    first, second = (_things(graph, case_id) for case_id in (case_a, case_b))
    wide_first, wide_second = (
        _considered({**_broader(graph, case_id), **things}) for case_id, things in ((case_a, first), (case_b, second))
    )
    return Comparison(
        _in_order(_narrowest(wide_first.keys() & wide_second.keys()), wide_first),
        _in_order(_lacking(first, wide_second), first),
        _in_order(_lacking(second, wide_first), second),
    )


_Key = tuple[RelationshipType, str]


def _things(graph: Graph, case_id: str) -> dict[_Key, Node]:
    return _by_key(graph.read(_THINGS, case_ids=[case_id], kinds=[str(kind) for kind in KINDS]))


def _broader(graph: Graph, case_id: str) -> dict[_Key, Node]:
    return _by_key(graph.read(_BROADER, case_ids=[case_id]))


def _by_key(rows: Iterable[Mapping[str, Any]]) -> dict[_Key, Node]:
    nodes = [(RelationshipType(row["kind"]), node_of(row)) for row in rows]
    return {(kind, node.key): node for kind, node in nodes}


def _narrowest(keys: Collection[_Key]) -> list[_Key]:
    """Leave out what is above another one of them; without a hemorrhage says more than without a subdural hematoma."""
    kept = narrowest(parse_node_key(key) for kind, key in keys if kind is not RelationshipType.RULES_OUT)
    return [(kind, key) for kind, key in keys if kind is RelationshipType.RULES_OUT or parse_node_key(key) in kept]


def _considered(things: Mapping[_Key, Node]) -> dict[_Key, Node]:
    """Add the final diagnosis to what was considered."""
    final = {key: node for (kind, key), node in things.items() if kind is RelationshipType.HAS_DIAGNOSIS}
    return {**things, **{(RelationshipType.CONSIDERS, key): node for key, node in final.items()}}


def _lacking(things: Mapping[_Key, Node], others: Mapping[_Key, Node]) -> Iterator[_Key]:
    """Return what the others lack; a diagnosis that they considered, they do not."""
    for kind, key in things:
        looked_for = RelationshipType.CONSIDERS if kind is RelationshipType.HAS_DIAGNOSIS else kind
        if (looked_for, key) not in others:
            yield kind, key


def _in_order(keys: Iterable[_Key], things: Mapping[_Key, Node]) -> tuple[Thing, ...]:
    """Return the things in the order of `KINDS`, then by name; a shared diagnosis is not told twice."""
    found = set(keys)
    told = {key for key in found if (RelationshipType.HAS_DIAGNOSIS, key[1]) not in found or key[0] != "CONSIDERS"}
    ordered = sorted(told, key=lambda key: (KINDS.index(key[0]), things[key].name, key[1]))
    return tuple(Thing(kind, things[kind, key]) for kind, key in ordered)


def cases_sharing(
    graph: Graph,
    *,
    case_id: str | None = None,
    concept_ids: Collection[str] = (),
    k: int = 10,
    case_ids: Collection[str] | None = None,
    labels: Collection[Label] = RANKED_LABELS,
) -> list[SharingCase]:
    """Rank the cases that share concepts with a case, or with a list of concepts.

    Parameters
    ----------
    graph : Graph
        The graph.
    case_id : str, optional
        Take the concepts of this case: findings present, diagnosis and differential, locations. It is never
        among the hits itself.
    concept_ids : collection of str
        Concepts to share, as ``finding:mass``; added to those of `case_id`.
    k : int
        How many cases at most.
    case_ids : collection of str, optional
        Only these may be hits. Weights are counted over all cases nevertheless.
    labels : collection of Label
        Which kinds of concepts count. An evaluation leaves `Label.DIAGNOSIS` out of the query case.

    Returns
    -------
    list of SharingCase
        By falling score, then by id. A concept that n of N cases have weighs ``log(1 + N / n)`` (inverse
        document frequency); of diagnoses or findings above each other only the narrowest shared one counts.

    Raises
    ------
    UnknownCase
        If the graph has no case `case_id`.
    InputError
        If a concept is neither a finding, a diagnosis nor an anatomical location.
    """
    wanted = {_concept_key(concept_id) for concept_id in concept_ids}
    if case_id is not None:
        require_node(graph, str(NodeKey(Label.CASE, case_id)))
        own = {**_broader(graph, case_id), **_things(graph, case_id)}
        wanted |= {parse_node_key(key) for kind, key in own if kind is not RelationshipType.RULES_OUT}
    require_ours(graph)
    number = graph.read(_NUMBER_OF_CASES)[0]["number"]
    by_case: defaultdict[str, list[SharedConcept]] = defaultdict(list)
    for label in sorted(RANKED_LABELS & set(labels)):
        keys = sorted(key.key for key in wanted if key.label is label)
        rows = graph.read(_CASES_WITH[label], keys=keys)
        for concept, found in _weighted(label, rows, number):
            for other in found - {case_id}:
                by_case[other].append(concept)
    allowed = by_case.keys() if case_ids is None else by_case.keys() & set(case_ids)
    hits = [_sharing_case(other, by_case[other]) for other in allowed]
    return sorted(hits, key=lambda hit: (-hit.score, hit.case_id))[:k]


def _concept_key(concept_id: str) -> NodeKey:
    label = LABEL_OF_KIND.get(kind_of(concept_id))
    if label is None or label not in RANKED_LABELS:
        raise InputError(f"{concept_id!r} is not a concept that cases share. Expected one like finding:mass.")
    return NodeKey(label, concept_id)


def _weighted(label: Label, rows: Iterable[Mapping[str, Any]], number: int) -> Iterable[tuple[SharedConcept, set[str]]]:
    """Yield each concept with its weight and the cases that have it."""
    for row in sorted(rows, key=lambda row: (row["key"], row["name"])):
        found = set(row["case_ids"])
        yield SharedConcept(str(NodeKey(label, row["key"])), row["name"], log(1 + number / len(found))), found


def _sharing_case(case_id: str, concepts: list[SharedConcept]) -> SharingCase:
    kept = narrowest(parse_node_key(concept.node_key) for concept in concepts)
    named = [concept for concept in concepts if parse_node_key(concept.node_key) in kept]
    ordered = sorted(named, key=lambda concept: (-concept.weight, concept.name))
    return SharingCase(case_id, sum(concept.weight for concept in ordered), tuple(ordered))
