"""Like cases: ``(Case)-[:SIMILAR_TO {score, why}]->(Case)``, made from the rare things that two cases share.

One edge for each pair, from the case whose id comes first; either has the other among its most similar ones.

A projection of the graph onto itself. What a case has is a vector with one weight per concept (findings present,
diagnosis, differential, what these are kinds of, locations), the logarithm of how rare the concept is; the score is the
cosine between two such vectors. A change of one case can move every weight, so all edges are recomputed after a change,
and only those that differ are written. The node ``(:CaseGraphProjection {name: 'similarities'})`` says for which change
they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from math import log, sqrt
from typing import Any, Final

from ingest.errors import BusyError
from kg.engine.graph import Graph, Transaction
from kg.projection.kinds import narrowest
from kg.projection.project import batches, covered_sequence
from kg.schema import MARKER, OURS, PROJECTION, Label, NodeKey, RelationshipType, any_node, node
from kg.statements import DELETE_ALL_R, LABEL_OF_N, write_relationships

# How many like cases each case is joined to at least, where there are as many; and how alike they have to be: below
# that, on the cases of MedPix 2.0, two share one thing out of many, and nobody sees why.
MOST = 5
THRESHOLD = 0.15
# A concept that more cases have makes no two of them alike: one in twenty, or 200 of a large archive.
_COMMON_SHARE = 0.05
_COMMON = range(10, 201)
# Of what two cases share, the rarest things are named.
_REASONS = 3
# Rises when the computation changes, so that the next run makes the edges again.
_VERSION = 3
_READ_SIZE = 500
_WRITE_SIZE = 2000

_CASES: Final = f"MATCH {any_node('c', Label.CASE)} RETURN c.case_id AS case_id ORDER BY case_id"
_CONCEPTS: Final = (
    f"UNWIND $case_ids AS case_id MATCH {node('c', Label.CASE, 'case_id')}"
    f"-[:HAS_IMAGE*0..1 {OURS}]->(o)-[r:SHOWS|HAS_DIAGNOSIS|CONSIDERS|DEPICTS {OURS}]->()-[:IS_A*0..8 {OURS}]->(n) "
    f"RETURN DISTINCT case_id, {LABEL_OF_N} AS label, n.concept_id AS key, n.name AS name"
)
_READ_EDGES: Final = (
    f"MATCH {any_node('a', Label.CASE)}-[r:SIMILAR_TO {OURS}]->(b:Case) "
    "RETURN a.case_id AS source, b.case_id AS target, r.score AS score, r.why AS why"
)
_DELETE_EDGES: Final = (
    f"UNWIND $rows AS row MATCH {node('a', Label.CASE, 'row.source')}"
    f"-[r:SIMILAR_TO {OURS}]->{node('b', Label.CASE, 'row.target')} {DELETE_ALL_R}"
)
_READ_STATE: Final = (
    f"OPTIONAL MATCH (p:{PROJECTION} {{name: 'similarities'}}) "
    f"OPTIONAL MATCH (:Case)-[r:SIMILAR_TO {OURS}]->(:Case) "
    "RETURN p.sequence AS sequence, p.version AS version, p.edges AS edges, count(r) AS found"
)
_WRITE_STATE: Final = (
    f"MERGE (p:{PROJECTION} {{name: 'similarities'}}) "
    f"SET p.sequence = $sequence, p.version = $version, p.edges = $edges, p.{MARKER} = '{PROJECTION}'"
)
# Writing to the node takes its lock: nobody projects documents meanwhile.
_LOCK: Final = f"MATCH (p:{PROJECTION} {{name: 'documents'}}) SET p.locked = false RETURN p.sequence AS sequence"


@dataclass(frozen=True)
class SimilarityReport:
    """How many edges there are now, and how many of them were written or deleted."""

    edges: int
    written: int
    deleted: int


@dataclass(frozen=True)
class Edge:
    """One case is like another; `why` names what they share, the rarest first."""

    source: str
    target: str
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class ConceptsOfCases:
    """Which concepts each case has, and what the concepts are called."""

    by_case: Mapping[str, Set[NodeKey]]
    names: Mapping[NodeKey, str]

    def frequencies(self) -> Counter[NodeKey]:
        """Count for each concept the cases that have it."""
        return Counter(key for found in self.by_case.values() for key in found)


def project_similarities(graph: Graph) -> SimilarityReport:
    """Bring the edges between like cases up to what the graph says of the cases; idempotent.

    Raises
    ------
    BusyError
        If another process updates the graph at the same time.
    """
    sequence = covered_sequence(graph)
    state = graph.read(_READ_STATE)[0]
    if (state["sequence"], state["version"], state["edges"]) == (sequence, _VERSION, state["found"]):
        return SimilarityReport(state["found"], 0, 0)
    wanted = {(edge.source, edge.target): edge for edge in similar_cases(read_concepts(graph))}
    present = {(edge.source, edge.target): edge for edge in read_edges(graph)}
    gone = [_row(present[ends]) for ends in sorted(present.keys() - wanted.keys())]
    news = [_row(edge) for ends, edge in sorted(wanted.items()) if present.get(ends) != edge]
    for rows in batches(gone, _WRITE_SIZE):
        graph.in_transaction(partial(_delete, rows=rows, sequence=sequence))
    for rows in batches(news, _WRITE_SIZE):
        graph.in_transaction(partial(_write, rows=rows, sequence=sequence))
    graph.write(_WRITE_STATE, sequence=sequence, version=_VERSION, edges=len(wanted))
    return SimilarityReport(len(wanted), len(news), len(gone))


def read_concepts(graph: Graph) -> ConceptsOfCases:
    """Return what makes cases alike, for all cases."""
    case_ids = [row["case_id"] for row in graph.read(_CASES)]
    by_case: dict[str, set[NodeKey]] = {case_id: set() for case_id in case_ids}
    names = dict[NodeKey, str]()
    for batch in batches(case_ids, _READ_SIZE):
        for row in graph.read(_CONCEPTS, case_ids=batch):
            key = NodeKey(Label(row["label"]), row["key"])
            by_case[row["case_id"]].add(key)
            names[key] = row["name"]
    return ConceptsOfCases(by_case, names)


def read_edges(graph: Graph) -> list[Edge]:
    """Return the edges that the graph has, sorted."""
    edges = [Edge(row["source"], row["target"], row["score"], tuple(row["why"])) for row in graph.read(_READ_EDGES)]
    return sorted(edges, key=lambda edge: (edge.source, edge.target))


def similar_cases(found: ConceptsOfCases) -> Iterator[Edge]:
    """Yield each pair of cases of which one has the other among its most similar ones, sorted.

    The score is rounded, so that both engines and every machine keep the same number.
    """
    pairs = {tuple(sorted((edge.source, edge.target))): edge for edge in _most_similar(found)}
    for (source, target), edge in sorted(pairs.items()):
        yield Edge(source, target, edge.score, edge.why)


def _most_similar(found: ConceptsOfCases) -> Iterator[Edge]:
    number, frequencies = len(found.by_case), found.frequencies()
    common = min(max(number * _COMMON_SHARE, _COMMON.start), _COMMON.stop - 1)
    weights = {key: log(number / count) for key, count in frequencies.items() if 1 < count <= common and count < number}
    lengths = {case_id: _length(keys, number, frequencies) for case_id, keys in found.by_case.items()}
    having: defaultdict[NodeKey, list[str]] = defaultdict(list)
    for case_id, keys in found.by_case.items():
        for key in keys & weights.keys():
            having[key].append(case_id)
    for case_id, keys in found.by_case.items():
        products: defaultdict[str, float] = defaultdict(float)
        for key in sorted(keys & weights.keys()):
            for other in having[key]:
                products[other] += weights[key] ** 2
        scores = {
            other: round(product / (lengths[case_id] * lengths[other]), 4)
            for other, product in products.items()
            if other != case_id and product
        }
        for other in sorted(scores, key=lambda other: (-scores[other], other))[:MOST]:
            if scores[other] >= THRESHOLD:
                shared = narrowest(keys & found.by_case[other] & weights.keys())
                rarest = sorted(shared, key=lambda key: (-weights[key], key))[:_REASONS]
                yield Edge(case_id, other, scores[other], tuple(found.names[key] for key in rarest))


def _length(keys: Set[NodeKey], number: int, frequencies: Mapping[NodeKey, int]) -> float:
    return sqrt(sum(log(number / frequencies[key]) ** 2 for key in sorted(keys)))


def _row(edge: Edge) -> dict[str, Any]:
    properties = {"score": edge.score, "why": list(edge.why)}
    return {"source": edge.source, "target": edge.target, "properties": properties}


def _delete(transaction: Transaction, rows: Sequence[Mapping[str, Any]], sequence: int) -> None:
    _require_unchanged(transaction, sequence)
    transaction.write(_DELETE_EDGES, rows=rows)


def _write(transaction: Transaction, rows: Sequence[Mapping[str, Any]], sequence: int) -> None:
    _require_unchanged(transaction, sequence)
    transaction.write(write_relationships(Label.CASE, RelationshipType.SIMILAR_TO, Label.CASE), rows=rows)


def _require_unchanged(transaction: Transaction, sequence: int) -> None:
    if transaction.read(_LOCK)[0]["sequence"] != sequence:
        raise BusyError("another process updates the graph. Wait until it has ended, then try again.")
