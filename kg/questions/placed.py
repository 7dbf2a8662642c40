"""Which cases have a finding at a place and on a side: "mass in the left kidney"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ingest.annotation.asked import AskedFinding
from kg.engine.graph import Graph
from kg.projection.ownership import require_ours
from kg.schema import OURS, TYPE_OF_ASSERTION, Label, node

_MENTIONS: Final = (
    f"UNWIND $keys AS key MATCH {node('f', Label.FINDING, 'key')}"
    f"<-[r:SHOWS|RULES_OUT|MAY_SHOW|HAD {OURS}]-(o)<-[:HAS_IMAGE*0..1 {OURS}]-(c:Case) "
    "WHERE type(r) = $kind AND (size($places) = 0 OR r.place_key IN $places) "
    "AND (size($sides) = 0 OR r.laterality IN $sides) "
    "RETURN DISTINCT c.case_id AS case_id, f.name AS name, r.place AS place, r.laterality AS laterality, "
    "r.size_mm AS size_mm"
)


@dataclass(frozen=True)
class PlacedFinding:
    """A finding of a case as its texts place it; None is what they leave unsaid."""

    case_id: str
    name: str
    place: str | None
    laterality: str | None
    size_mm: float | None


def placed_findings(graph: Graph, asked: AskedFinding) -> list[PlacedFinding]:
    """Return the findings that answer a question, by case, name, place and side.

    A mention that names no place or no side answers no question for one: it may be anywhere.
    """
    require_ours(graph)
    rows = graph.read(
        _MENTIONS,
        keys=sorted(asked.concept_ids),
        kind=str(TYPE_OF_ASSERTION[asked.assertion]),
        places=sorted(asked.places),
        sides=sorted(asked.lateralities),
    )
    found = [PlacedFinding(**row) for row in rows]
    return sorted(
        found, key=lambda one: (one.case_id, one.name, one.place or "", one.laterality or "", one.size_mm or 0)
    )
