"""Paths in words: what each type of relationship says, read forwards and backwards."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from kg.questions.neighbourhood import Node, Relationship, Subgraph
from kg.schema import RelationshipType

# "A ... B" along the relationship, and "B ... A" against it.
WORDS: Mapping[RelationshipType, tuple[str, str]] = {
    RelationshipType.HAS_CASE: ("is the patient of", "is a case of"),
    RelationshipType.HAS_IMAGE: ("has the image", "is an image of"),
    RelationshipType.HAS_DIAGNOSIS: ("has the diagnosis", "is the diagnosis of"),
    RelationshipType.CONSIDERS: ("considers", "is considered in"),
    RelationshipType.IS_A: ("is a kind of", "includes"),
    RelationshipType.ABOUT: ("is about", "is the topic of"),
    RelationshipType.IN_CATEGORY: ("belongs to", "is the category of"),
    RelationshipType.REPORTED_IN: ("is reported in", "reports"),
    RelationshipType.SHOWS: ("shows", "is shown by"),
    RelationshipType.RULES_OUT: ("rules out", "is ruled out in"),
    RelationshipType.MAY_SHOW: ("may show", "is possibly shown by"),
    RelationshipType.HAD: ("had earlier", "was there earlier in"),
    RelationshipType.DESCRIBES: ("speaks of", "is spoken of in"),
    RelationshipType.DEPICTS: ("depicts", "is depicted in"),
    RelationshipType.IN_REGION: ("is an image of the region", "is the region of"),
    RelationshipType.PART_OF: ("is a part of", "contains"),
    RelationshipType.ACQUIRED_WITH: ("was acquired with", "is the modality of"),
    RelationshipType.CODED_AS: ("is coded as ACR", "is the ACR code of"),
    RelationshipType.REFINES: ("refines", "is refined by"),
    RelationshipType.TREATED_WITH: ("was treated with", "was a treatment in"),
    RelationshipType.EXAMINED_BY: ("was examined by", "was an exam in"),
    RelationshipType.SIMILAR_TO: ("is similar to", "is similar to"),
}


def in_words(path: Subgraph) -> str:
    """Return a path as one sentence.

    Examples
    --------
    A case, a diagnosis and another case read ``MPX9001 considers Brain abscess, which is the diagnosis of MPX9002.``
    """
    first, *_ = path.nodes
    said = [f"{_verb(step, here)} {there.name}" for step, (here, there) in _walked(path)]
    return f"{first.name} {', which '.join(said)}." if said else f"{first.name}."


def _walked(path: Subgraph) -> list[tuple[Relationship, tuple[Node, Node]]]:
    return list(zip(path.relationships, pairwise(path.nodes), strict=True))


def _verb(step: Relationship, here: Node) -> str:
    forwards, backwards = WORDS[step.type]
    return forwards if step.source == here.key else backwards
