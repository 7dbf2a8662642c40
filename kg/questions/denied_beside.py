"""Findings that one case shows and denies, with the places that tell the two apart."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from ingest.annotation.apart import Apart, Spot, told_apart
from kg.engine.graph import Graph
from kg.schema import OURS, Label, NodeKey, RelationshipType, node

_SPOTS: Final = (
    f"UNWIND $case_ids AS case_id MATCH {node('c', Label.CASE, 'case_id')}"
    f"-[:HAS_IMAGE*0..1 {OURS}]->(o)-[r:SHOWS|RULES_OUT {OURS}]->(f:Finding) "
    "RETURN DISTINCT type(r) AS kind, f.concept_id AS key, r.place_key AS place, r.laterality AS side"
)


def denied_beside(graph: Graph, case_id: str) -> dict[str, Apart | None]:
    """Return, by node key, the findings that a case both shows and rules out; None where no place tells them apart."""
    spots: defaultdict[tuple[str, str], set[Spot]] = defaultdict(set)
    for row in graph.read(_SPOTS, case_ids=[case_id]):
        spots[row["kind"], row["key"]].add(Spot(row["place"] or "", row["side"] or ""))
    shown = {key for kind, key in spots if kind == RelationshipType.SHOWS}
    denied = {key for kind, key in spots if kind == RelationshipType.RULES_OUT}
    return {
        str(NodeKey(Label.FINDING, key)): told_apart(
            spots[RelationshipType.SHOWS, key], spots[RelationshipType.RULES_OUT, key]
        )
        for key in sorted(shown & denied)
    }
