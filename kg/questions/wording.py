"""Paths in words: what each type of relationship says, read forwards and backwards."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from kg.questions.neighbourhood import Node, Relationship, Subgraph
from kg.schema import Label, RelationshipType

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
    RelationshipType.PRESENTS_WITH: ("presents with", "is presented by"),
    RelationshipType.DENIES: ("presents without", "is absent in"),
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

# The same before a number of things of one kind, where the verb would say the kind twice.
_BEFORE_A_NUMBER: Mapping[RelationshipType, str] = {
    RelationshipType.HAS_IMAGE: "has",
    RelationshipType.HAS_DIAGNOSIS: "has",
    RelationshipType.IN_REGION: "is of",
    RelationshipType.CODED_AS: "has",
}
# One of them, and several.
KINDS_IN_WORDS: Mapping[Label, tuple[str, str]] = {
    Label.PATIENT: ("patient", "patients"),
    Label.CASE: ("case", "cases"),
    Label.IMAGE: ("image", "images"),
    Label.DIAGNOSIS: ("diagnosis", "diagnoses"),
    Label.FINDING: ("finding", "findings"),
    Label.CLINICAL_FINDING: ("clinical finding", "clinical findings"),
    Label.ANATOMICAL_LOCATION: ("anatomical location", "anatomical locations"),
    Label.REGION: ("region", "regions"),
    Label.MODALITY: ("modality", "modalities"),
    Label.PATHOLOGY_CATEGORY: ("pathology category", "pathology categories"),
    Label.ACR_CODE: ("ACR code", "ACR codes"),
    Label.TOPIC: ("topic", "topics"),
    Label.TREATMENT: ("treatment", "treatments"),
    Label.EXAM: ("exam", "exams"),
    Label.ARTICLE: ("article", "articles"),
}


def kind_in_words(label: Label, count: int) -> str:
    """Return how many nodes of a label there are, in words.

    Examples
    --------
    >>> kind_in_words(Label.DIAGNOSIS, 1), kind_in_words(Label.DIAGNOSIS, 1200)
    ('1 diagnosis', '1,200 diagnoses')
    """
    one, several = KINDS_IN_WORDS[label]
    return f"{count:,} {one if count == 1 else several}"


def number_in_words(kind: RelationshipType, label: Label, count: int, *, outgoing: bool) -> str:
    """Return what a node is to so many others of one label.

    Examples
    --------
    >>> number_in_words(RelationshipType.HAS_IMAGE, Label.IMAGE, 3, outgoing=True)
    'has 3 images'
    >>> number_in_words(RelationshipType.SHOWS, Label.CASE, 1, outgoing=False)
    'is shown by 1 case'
    """
    forwards, backwards = WORDS[kind]
    verb = _BEFORE_A_NUMBER.get(kind, forwards) if outgoing else backwards
    return f"{verb} {kind_in_words(label, count)}"


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
