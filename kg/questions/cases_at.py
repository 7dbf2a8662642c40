"""The cases of a node: those that have the diagnosis, show the finding, were acquired with the modality, ..."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, LiteralString

from kg.engine.graph import Graph
from kg.projection.project import batches
from kg.questions.neighbourhood import by_label, require_node
from kg.questions.parts import READ_SIZE
from kg.schema import OURS, Label, NodeKey, RelationshipType, node, parse_node_key

# What says that a case has the thing. What it rules out, only considers or had earlier does not, nor what is said of
# its disease in general, nor likeness.
_HAS: Final = (
    RelationshipType.HAS_DIAGNOSIS,
    RelationshipType.ABOUT,
    RelationshipType.REPORTED_IN,
    RelationshipType.SHOWS,
    RelationshipType.PRESENTS_WITH,
    RelationshipType.DEPICTS,
    RelationshipType.IN_REGION,
    RelationshipType.ACQUIRED_WITH,
    RelationshipType.TREATED_WITH,
    RelationshipType.EXAMINED_BY,
)
# A kind of a thing is one, what is in a part is in the whole, a finer code is of the coarser; chains have few steps.
_NARROWER: Final = f"<-[:IS_A|PART_OF|REFINES*0..8 {OURS}]-(n)"
_HAD_BY: Final = f"<-[r {OURS}]-(x)<-[:HAS_IMAGE*0..1 {OURS}]-(c:Case) WHERE type(r) IN $has"
_WAYS: Mapping[Label, LiteralString] = {
    Label.CASE: " WITH start, s AS c",
    Label.PATIENT: f"-[:HAS_CASE {OURS}]->(c:Case)",
    Label.IMAGE: f"<-[:HAS_IMAGE {OURS}]-(c:Case)",
    Label.DIAGNOSIS: f"{_NARROWER}{_HAD_BY}",
    Label.FINDING: f"{_NARROWER}{_HAD_BY}",
    Label.CLINICAL_FINDING: f"{_NARROWER}{_HAD_BY}",
    Label.ANATOMICAL_LOCATION: f"{_NARROWER}{_HAD_BY}",
    # A topic of several cases has the categories and codes of all of them.
    Label.PATHOLOGY_CATEGORY: (
        f"<-[:IN_CATEGORY {OURS}]-(:Topic)<-[a:ABOUT {OURS}]-(c:Case) WHERE a.pathology_category = start"
    ),
    Label.ACR_CODE: (
        f"{_NARROWER}<-[:CODED_AS {OURS}]-()<-[a:HAS_IMAGE|ABOUT {OURS}]-(c:Case) "
        "WHERE type(a) = 'HAS_IMAGE' OR a.acr_code = n.code"
    ),
}
"""How the cases of a node are reached where it is not by what they have themselves, or their images."""


def _cases(label: Label) -> LiteralString:
    way = _WAYS.get(label, _HAD_BY)
    return (
        f"UNWIND $keys AS start MATCH {node('s', label, 'start')}{way} "
        "RETURN DISTINCT start, c.case_id AS case_id ORDER BY start, case_id"
    )


def cases_at(graph: Graph, node_key: str) -> list[str]:
    """Return the ids of the cases of a node, sorted; a diagnosis has those of its kinds, a place those of its parts.

    Raises
    ------
    InputError, UnknownCase
        As `kg.questions.neighbourhood.require_node`.
    """
    require_node(graph, node_key)
    return sorted(cases_of_each(graph, [node_key])[node_key])


def cases_of_each(graph: Graph, node_keys: Iterable[str]) -> dict[str, set[str]]:
    """Return the ids of the cases of each of several nodes."""
    cases: dict[str, set[str]] = {key: set() for key in node_keys}
    for label, keys in by_label(map(parse_node_key, cases)).items():
        for some in batches(keys, READ_SIZE):
            for row in graph.read(_cases(label), keys=some, has=_HAS):
                cases[str(NodeKey(label, row["start"]))].add(row["case_id"])
    return cases
