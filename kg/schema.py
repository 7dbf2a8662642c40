"""The words of the graph: labels, their keys, relationship types, constraints and indexes.

Everything in a statement that is not a parameter comes from here or stands in the statement itself; no label,
type or property name is ever made from data.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, LiteralString, NamedTuple

from ingest.errors import InputError
from ingest.vocabulary import Assertion, ConceptKind


class Label(StrEnum):
    """What a node is."""

    PATIENT = "Patient"
    CASE = "Case"
    IMAGE = "Image"
    DIAGNOSIS = "Diagnosis"
    FINDING = "Finding"
    CLINICAL_FINDING = "ClinicalFinding"
    ANATOMICAL_LOCATION = "AnatomicalLocation"
    REGION = "Region"
    MODALITY = "Modality"
    PATHOLOGY_CATEGORY = "PathologyCategory"
    ACR_CODE = "AcrCode"
    TOPIC = "Topic"
    TREATMENT = "Treatment"
    EXAM = "Exam"
    ARTICLE = "Article"


class RelationshipType(StrEnum):
    """How two nodes belong together."""

    HAS_CASE = "HAS_CASE"
    HAS_IMAGE = "HAS_IMAGE"
    HAS_DIAGNOSIS = "HAS_DIAGNOSIS"
    CONSIDERS = "CONSIDERS"
    IS_A = "IS_A"
    ABOUT = "ABOUT"
    IN_CATEGORY = "IN_CATEGORY"
    REPORTED_IN = "REPORTED_IN"
    SHOWS = "SHOWS"
    RULES_OUT = "RULES_OUT"
    MAY_SHOW = "MAY_SHOW"
    HAD = "HAD"
    PRESENTS_WITH = "PRESENTS_WITH"
    DENIES = "DENIES"
    DESCRIBES = "DESCRIBES"
    DEPICTS = "DEPICTS"
    IN_REGION = "IN_REGION"
    PART_OF = "PART_OF"
    ACQUIRED_WITH = "ACQUIRED_WITH"
    CODED_AS = "CODED_AS"
    REFINES = "REFINES"
    TREATED_WITH = "TREATED_WITH"
    EXAMINED_BY = "EXAMINED_BY"
    SIMILAR_TO = "SIMILAR_TO"


KEY_PROPERTIES: Mapping[Label, LiteralString] = {
    Label.PATIENT: "patient_id",
    Label.CASE: "case_id",
    Label.IMAGE: "image_id",
    Label.DIAGNOSIS: "concept_id",
    Label.FINDING: "concept_id",
    Label.CLINICAL_FINDING: "concept_id",
    Label.ANATOMICAL_LOCATION: "concept_id",
    Label.REGION: "concept_id",
    Label.MODALITY: "code",
    Label.PATHOLOGY_CATEGORY: "name",
    Label.ACR_CODE: "code",
    Label.TOPIC: "title",
    Label.TREATMENT: "concept_id",
    Label.EXAM: "concept_id",
    Label.ARTICLE: "pmcid",
}

# What marks a node or relationship as written by us: this property, on a node with the label under which we wrote it,
# on a relationship with true. Nothing without it is ever read, changed or deleted, as a server may hold other people's
# data. It tells a node's label too, where somebody else has added labels of theirs.
MARKER: Final = "casegraph"
OURS: Final = f"{{{MARKER}: true}}"
"""The marker of a relationship, as a pattern has it."""

NARROWER: Final = f"<-[:IS_A*0..8 {OURS}]-(narrower)"
"""From a diagnosis to itself and every one of its kind; real chains have at most five steps."""

PROJECTION: Final = "CaseGraphProjection"
"""The label of what the graph says of itself: which change of the documents it reaches, and that it is ours."""

TYPE_OF_ASSERTION: Final[Mapping[Assertion, RelationshipType]] = {
    Assertion.PRESENT: RelationshipType.SHOWS,
    Assertion.ABSENT: RelationshipType.RULES_OUT,
    Assertion.UNCERTAIN: RelationshipType.MAY_SHOW,
    Assertion.HISTORICAL: RelationshipType.HAD,
}
"""What a case says of a finding, as the type of the relationship."""

LABEL_OF_KIND: Final[Mapping[str, Label]] = {
    ConceptKind.FINDING: Label.FINDING,
    ConceptKind.CLINICAL: Label.CLINICAL_FINDING,
    ConceptKind.ANATOMY: Label.ANATOMICAL_LOCATION,
    ConceptKind.TREATMENT: Label.TREATMENT,
    ConceptKind.EXAM: Label.EXAM,
    "diagnosis": Label.DIAGNOSIS,
}
"""What the node of a concept is, by its kind, with which its id begins (`kind_of`)."""

TYPE_OF_CLINICAL: Final[Mapping[Assertion, RelationshipType]] = {
    Assertion.PRESENT: RelationshipType.PRESENTS_WITH,
    Assertion.HISTORICAL: RelationshipType.PRESENTS_WITH,  # a risk is mostly told as history: "history of HIV"
    Assertion.ABSENT: RelationshipType.DENIES,
}
"""What a case says of a symptom, a sign, a laboratory finding or a risk."""

# Relationships that stand for a mention in a text: between the same two nodes there is one for each mention.
MENTION_TYPES = frozenset(
    {
        RelationshipType.SHOWS,
        RelationshipType.RULES_OUT,
        RelationshipType.MAY_SHOW,
        RelationshipType.HAD,
        RelationshipType.PRESENTS_WITH,
        RelationshipType.DENIES,
        RelationshipType.DESCRIBES,
        RelationshipType.TREATED_WITH,
        RelationshipType.EXAMINED_BY,
    }
)


def constraints() -> tuple[LiteralString, ...]:
    """Return the statements that make each key unique; the constraint is also the index that MERGE needs.

    NODE KEY and NOT NULL constraints are for Neo4j's Enterprise edition only. The names begin with ours: where another
    constraint has the name already, IF NOT EXISTS makes none and says nothing.
    """
    return (PROJECTION_CONSTRAINT, *(constraint_of(label) for label in Label))


def constraint_of(label: Label) -> LiteralString:
    """Return the statement that makes the key of one label unique."""
    return (
        f"CREATE CONSTRAINT casegraph_{label.value} IF NOT EXISTS "
        f"FOR (n:{label.value}) REQUIRE n.{KEY_PROPERTIES[label]} IS UNIQUE"
    )


PROJECTION_CONSTRAINT: Final = (
    f"CREATE CONSTRAINT casegraph_{PROJECTION} IF NOT EXISTS FOR (n:{PROJECTION}) REQUIRE n.name IS UNIQUE"
)

# What people look for by its name. A name is about as long as its key, so that what fits into the unique index of the
# key fits into that of the name; `folded` holds every spelling and may be too long for any index but a full-text one.
NAMED: Final = (
    Label.CASE,
    Label.DIAGNOSIS,
    Label.FINDING,
    Label.CLINICAL_FINDING,
    Label.ANATOMICAL_LOCATION,
    Label.TOPIC,
    Label.TREATMENT,
    Label.EXAM,
)
_NAMED_LABELS: Final = "|".join([label.value for label in NAMED])
FULLTEXT_INDEX: Final = (
    f"CREATE FULLTEXT INDEX casegraph_names IF NOT EXISTS FOR (n:{_NAMED_LABELS}) ON EACH [n.name, n.folded]"
)
"""For Neo4j: the embedded server takes no such statement."""


def index_of(label: Label) -> LiteralString:
    """Return the statement that makes an index on the names of one label."""
    return f"CREATE INDEX casegraph_{label.value}_name IF NOT EXISTS FOR (n:{label.value}) ON (n.name)"


def name_indexes(*, fulltext: bool) -> tuple[LiteralString, ...]:
    """Return the statements that make the indexes on names, on both engines alike but for the full-text one."""
    return (*(index_of(label) for label in NAMED), *((FULLTEXT_INDEX,) if fulltext else ()))


def node(variable: LiteralString, label: Label, key: LiteralString) -> LiteralString:
    """Return the pattern of the node of ours that has the key, for example the key ``$key`` or ``row.key``."""
    return f"({variable}:{label.value} {{{KEY_PROPERTIES[label]}: {key}, {MARKER}: '{label.value}'}})"


def any_node(variable: LiteralString, label: Label) -> LiteralString:
    """Return the pattern of every node of ours that has the label."""
    return f"({variable}:{label.value} {{{MARKER}: '{label.value}'}})"


def unmarked(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties without the marker, which says nothing of a case."""
    return {name: value for name, value in properties.items() if name != MARKER}


class NodeKey(NamedTuple):
    """Which node: its label and the value of its key. As text ``Case:medpix2:MPX1009``."""

    label: Label
    key: str

    def __str__(self) -> str:
        return f"{self.label}:{self.key}"


def kind_of(concept_id: str) -> str:
    """Return the kind of a concept, such as ``finding`` of ``finding:mass``."""
    return concept_id.partition(":")[0]


def parse_node_key(text: str) -> NodeKey:
    """Return the node key of its text.

    Raises
    ------
    InputError
        If the text does not begin with a label and a colon.

    Examples
    --------
    >>> parse_node_key("Finding:finding:mass")
    NodeKey(label=<Label.FINDING: 'Finding'>, key='finding:mass')
    """
    label, colon, key = text.partition(":")
    if not (colon and key and label in set(Label)):
        raise InputError(f"{text!r} names no node. Write Label:key, for example Case:medpix2:MPX1009.")
    return NodeKey(Label(label), key)
