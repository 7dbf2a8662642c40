"""From a case to the rows of the graph: pure functions, no server.

A row says which node or relationship there has to be, with which properties. What several cases share (a
diagnosis, a finding, a place) gets its properties from its key and the lexicon alone, so that it does not matter
which case came last; what differs from case to case stands on the relationship.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from ingest.annotation.annotate import concepts
from ingest.annotation.attributes import largest_mm
from ingest.case import Annotation, Attribute, Case, Image
from ingest.concepts.candidates import candidates
from ingest.concepts.diagnosis import diagnosis_codes, diagnosis_concept_id
from ingest.concepts.diagnosis_names import name_of_concept
from ingest.concepts.diagnosis_parents import broader_diagnoses, qualifiers_of
from ingest.ids import ImageId
from ingest.vocabulary import Assertion, AttributeKind, ConceptKind, Modality, Region, Section
from kg.projection.places import location_key, place_name, region_key, wholes_of
from kg.schema import (
    KEY_PROPERTIES,
    LABEL_OF_KIND,
    MENTION_TYPES,
    TYPE_OF_ASSERTION,
    TYPE_OF_CLINICAL,
    Label,
    NodeKey,
    RelationshipType,
)

Properties = Mapping[str, Any]
# Rises when the rows of a case change, so that the next projection makes the graph again.
RULES = 7
_NOT_CODED = "-1"
# Nodes and chains of codes that cases share are made once: an archive of 12 000 cases has about so many.
_SHARED = 20_000


@dataclass(frozen=True)
class NodeRow:
    """One node that has to be there."""

    node: NodeKey
    properties: Properties


@dataclass(frozen=True)
class RelationshipRow:
    """One relationship that has to be there."""

    source: NodeKey
    type: RelationshipType
    target: NodeKey
    properties: Properties = field(default_factory=dict[str, Any])

    @property
    def identity(self) -> tuple[NodeKey, RelationshipType, NodeKey, str]:
        """What makes it one relationship and not another: two with equal identity are the same."""
        mention_id = self.properties["mention_id"] if self.type in MENTION_TYPES else ""
        return self.source, self.type, self.target, mention_id


@dataclass(frozen=True)
class Rows:
    """What one case contributes to the graph."""

    nodes: tuple[NodeRow, ...]
    relationships: tuple[RelationshipRow, ...]


def project_case(case: Case) -> Rows:
    """Return the rows of a case, each once, in a stable order."""
    rows = list(_relationships(case))
    relationships = tuple({row.identity: row for row in reversed(rows)}.values())[::-1]  # the first of equals stays
    keys = dict.fromkeys(key for row in relationships for key in (row.source, row.target))
    nodes = (_case_node(case), *_article_node(case), *(_image_node(image) for image in case.images))
    own = {row.node: row for row in nodes}
    return Rows(tuple(own.get(key) or shared_node(key) for key in keys), relationships)


def _relationships(case: Case) -> Iterator[RelationshipRow]:
    node = NodeKey(Label.CASE, case.case_id)
    patient = NodeKey(Label.PATIENT, case.patient.patient_id)
    facts = _known({"sex": case.patient.sex, "age_years": case.patient.age_years})
    yield RelationshipRow(patient, RelationshipType.HAS_CASE, node, facts)
    yield from _diagnoses(case, node)
    yield from _topic(case, node)
    if case.article:
        yield RelationshipRow(node, RelationshipType.REPORTED_IN, NodeKey(Label.ARTICLE, case.article.article_id))
    for image in case.images:
        yield RelationshipRow(node, RelationshipType.HAS_IMAGE, NodeKey(Label.IMAGE, image.image_id))
        yield from _of_image(image)
    image_ids = {image.image_id for image in case.images}
    for annotation in case.annotations:
        if annotation.of_patient:
            yield from _of_annotation(annotation, node, image_ids)
        else:
            yield from _of_literature(annotation, case)


def _diagnoses(case: Case, node: NodeKey) -> Iterator[RelationshipRow]:
    concept_id = diagnosis_concept_id(case.diagnosis) if case.diagnosis else None
    if case.diagnosis and concept_id:
        properties = _known({"name": case.diagnosis, "confirmation": case.confirmation})
        diagnosis = NodeKey(Label.DIAGNOSIS, concept_id)
        yield RelationshipRow(node, RelationshipType.HAS_DIAGNOSIS, diagnosis, properties)
        yield from _kinds(diagnosis)
    for rank, name in enumerate(candidates(case.differential_diagnosis), start=1):
        concept_id = diagnosis_concept_id(name)
        if concept_id:
            diagnosis = NodeKey(Label.DIAGNOSIS, concept_id)
            yield RelationshipRow(node, RelationshipType.CONSIDERS, diagnosis, {"name": name, "rank": rank})
            yield from _kinds(diagnosis)


@lru_cache(maxsize=_SHARED)
def _kinds(node: NodeKey) -> tuple[RelationshipRow, ...]:
    """Return what a diagnosis or a finding is a kind of, each below the next."""
    rows: list[RelationshipRow] = []
    for concept_id in _directly_above(node):
        above = NodeKey(node.label, concept_id)
        rows += (RelationshipRow(node, RelationshipType.IS_A, above), *_kinds(above))
    return tuple({row.identity: row for row in rows}.values())


def _directly_above(node: NodeKey) -> Sequence[str]:
    if node.label is Label.DIAGNOSIS:
        return broader_diagnoses(node.key)
    concept = concepts().get(node.key)
    return concept.is_a if concept else ()


def _topic(case: Case, node: NodeKey) -> Iterator[RelationshipRow]:
    """Yield what the case says of its topic, on the case's own relationship as well (see `kg.projection.project`)."""
    title, code, category = case.topic.title, case.topic.acr_code, case.topic.pathology_category
    if not title:
        return
    topic = NodeKey(Label.TOPIC, title)
    says = _known({"acr_code": code, "pathology_category": category})
    yield RelationshipRow(node, RelationshipType.ABOUT, topic, says)
    if category:
        yield RelationshipRow(topic, RelationshipType.IN_CATEGORY, NodeKey(Label.PATHOLOGY_CATEGORY, category))
    if code:
        yield from _coded_as(topic, code)


def _of_image(image: Image) -> Iterator[RelationshipRow]:
    node = NodeKey(Label.IMAGE, image.image_id)
    if image.modality:
        yield RelationshipRow(node, RelationshipType.ACQUIRED_WITH, NodeKey(Label.MODALITY, image.modality))
    if image.region:
        yield RelationshipRow(node, RelationshipType.IN_REGION, region_key(image.region))
    if image.acr_code:
        yield from _coded_as(node, image.acr_code)
    if image.anatomical_location:
        place = location_key(image.anatomical_location)
        yield RelationshipRow(node, RelationshipType.DEPICTS, place, {"field": "anatomical_location"})
        yield from _part_of(place)


_DONE = frozenset({Assertion.PRESENT, Assertion.HISTORICAL})


def _of_annotation(annotation: Annotation, case: NodeKey, image_ids: set[str]) -> Iterator[RelationshipRow]:
    """Yield what an annotation says: of the image where it stands in a caption, else of the case."""
    of_image = annotation.section is Section.CAPTION and annotation.image_id in image_ids
    depicting = of_image or annotation.section is Section.FINDINGS  # which describes the case's images together
    source = NodeKey(Label.IMAGE, str(annotation.image_id)) if of_image else case
    target = NodeKey(LABEL_OF_KIND[annotation.kind], annotation.concept_id)
    mention = _mention(annotation)
    match annotation.kind:
        case ConceptKind.FINDING:
            yield RelationshipRow(source, TYPE_OF_ASSERTION[annotation.assertion], target, mention)
            yield from _kinds(target)
        case ConceptKind.CLINICAL if annotation.assertion in TYPE_OF_CLINICAL:
            yield RelationshipRow(case, TYPE_OF_CLINICAL[annotation.assertion], target, mention)
            yield from _kinds(target)
        case ConceptKind.TREATMENT if annotation.assertion in _DONE:
            yield RelationshipRow(case, RelationshipType.TREATED_WITH, target, mention)
        case ConceptKind.EXAM if annotation.assertion in _DONE:
            yield RelationshipRow(case, RelationshipType.EXAMINED_BY, target, mention)
        case ConceptKind.ANATOMY if depicting and annotation.assertion is Assertion.PRESENT:
            yield RelationshipRow(source, RelationshipType.DEPICTS, target, mention)
            yield from _part_of(target)
        # a treatment only planned or denied; a symptom only possible; anatomy of a history, which depicts nothing
        case _:
            return


_DESCRIBED = (ConceptKind.FINDING, ConceptKind.CLINICAL)


def _of_literature(annotation: Annotation, case: Case) -> Iterator[RelationshipRow]:
    """Yield what a case's text says of findings and symptoms of the disease that it is about: of its topic, not of it.

    Cases share topics, so the relationship names the case whose text it is; with that text it goes.
    """
    if annotation.kind not in _DESCRIBED or not case.topic.title:
        return
    topic = NodeKey(Label.TOPIC, case.topic.title)
    says = {
        **_mention(annotation),
        "mention_id": f"{case.case_id}|{annotation.mention_id}",
        "case_id": case.case_id,
        "assertion": str(annotation.assertion),
    }
    target = NodeKey(LABEL_OF_KIND[annotation.kind], annotation.concept_id)
    yield RelationshipRow(topic, RelationshipType.DESCRIBES, target, says)
    yield from _kinds(target)


def _mention(annotation: Annotation) -> dict[str, Any]:
    """Return where a mention stands and what it says; written out, as half of all rows are mentions."""
    where: dict[str, Any] = {
        "mention_id": annotation.mention_id,
        "field": str(annotation.section),
        "start": annotation.start,
        "end": annotation.end,
        "annotator": annotation.annotator,
    }
    if annotation.laterality is not None:
        where["laterality"] = str(annotation.laterality)
    if annotation.setting is not None and annotation.of_patient:
        where["setting"] = str(annotation.setting)
    if annotation.place is not None:
        concept = concepts().get(annotation.place)
        where["place"] = concept.name if concept else annotation.place
        where["place_key"] = annotation.place
    if annotation.attributes:
        where |= _attributes(annotation.attributes)
    return where


def _attributes(attributes: Sequence[Attribute]) -> dict[str, Any]:
    """Return one property per kind of attribute, several values in one text; of sizes also the largest in mm."""
    values: dict[str, Any] = {}
    for attribute in attributes:
        name = str(attribute.kind)
        values[name] = f"{values[name]}, {attribute.value}" if name in values else attribute.value
    sizes = [largest_mm(attribute.value) for attribute in attributes if attribute.kind is AttributeKind.SIZE]
    return {**values, "size_mm": max(sizes)} if sizes else values


def _coded_as(node: NodeKey, code: str) -> Iterator[RelationshipRow]:
    yield RelationshipRow(node, RelationshipType.CODED_AS, NodeKey(Label.ACR_CODE, code))
    yield from _refinements(code)


@lru_cache(maxsize=_SHARED)
def _refinements(code: str) -> tuple[RelationshipRow, ...]:
    """Return the codes above a code, each refining the next."""
    coarser = coarser_acr_code(code)
    if coarser is None:
        return ()
    finer = RelationshipRow(NodeKey(Label.ACR_CODE, code), RelationshipType.REFINES, NodeKey(Label.ACR_CODE, coarser))
    return (finer, *_refinements(coarser))


def coarser_acr_code(code: str) -> str | None:
    """Return the code that this one refines by one digit; None at the top.

    Examples
    --------
    >>> [coarser_acr_code(code) for code in ("76.36", "76.3", "76.-1", "7.-1", "-1.3")]
    ['76.3', '76.-1', '7.-1', None, None]
    """
    anatomy, _, pathology = code.partition(".")
    if pathology and pathology != _NOT_CODED:
        if len(pathology) > 1:
            return f"{anatomy}.{pathology[:-1]}"
        return None if anatomy == _NOT_CODED else f"{anatomy}.{_NOT_CODED}"
    return f"{anatomy[:-1]}.{_NOT_CODED}" if len(anatomy) > 1 and anatomy != _NOT_CODED else None


@lru_cache(maxsize=_SHARED)
def _part_of(place: NodeKey) -> tuple[RelationshipRow, ...]:
    """Return the curated anatomy above a place, up to its region."""
    rows: list[RelationshipRow] = []
    for whole in wholes_of(place):
        rows += (RelationshipRow(place, RelationshipType.PART_OF, whole), *_part_of(whole))
    return tuple(rows)


def _case_node(case: Case) -> NodeRow:
    key = NodeKey(Label.CASE, case.case_id)
    return node_row(key, case.short_id, {"source": case.source, "split": case.split})


def _article_node(case: Case) -> Iterator[NodeRow]:
    """Yield the article of a case; all cases that it reports say the same of it."""
    article = case.article
    if article:
        facts = {"licence": article.licence, "year": article.year, "doi": article.doi}
        yield node_row(NodeKey(Label.ARTICLE, article.article_id), article.citation or article.article_id, facts)


def _image_node(image: Image) -> NodeRow:
    key = NodeKey(Label.IMAGE, image.image_id)
    facts = {
        "modality": image.modality,
        "technique": list(image.technique) or None,
        "plane": image.plane,
        "view": image.view,
        "depiction": image.depiction,
        "object_key": image.object_key,
        "pixel_sha256": image.pixel_sha256,
    }
    return node_row(key, ImageId(image.image_id).short or image.image_id, facts)


@lru_cache(maxsize=_SHARED)
def shared_node(key: NodeKey) -> NodeRow:
    """Return the row of a node whose properties follow from its key and the lexicon."""
    by_concept = KEY_PROPERTIES[key.label] == "concept_id"
    concept = concepts().get(key.key) if by_concept else None
    if concept:
        return node_row(key, concept.name, {"codes": [f"{scheme}:{code}" for scheme, code in concept.codes.items()]})
    if key.label is Label.MODALITY:
        return node_row(key, Modality(key.key).label, {})
    if key.label is Label.REGION:
        return node_row(key, next(region for region in Region if region_key(region) == key), {})
    if key.label is Label.DIAGNOSIS:
        return diagnosis_node(key, (name_of_concept(key.key),))
    if by_concept:
        return node_row(key, place_name(key) or key.key.partition(":")[2].replace("-", " "), {})
    return node_row(key, key.key, {})


def diagnosis_node(key: NodeKey, names: Sequence[str]) -> NodeRow:
    """Return the row of a diagnosis: the first name is shown, the others are aliases; and what its words say beside."""
    codes = [f"{scheme}:{code}" for scheme, code in diagnosis_codes(key.key).items()]
    facts = {"aliases": sorted(names[1:]), "codes": codes, **asdict(qualifiers_of(key.key))}
    return node_row(key, names[0], facts, tuple(names))


def node_row(key: NodeKey, name: str, facts: Properties, aliases: tuple[str, ...] = ()) -> NodeRow:
    """Return a row with the key, a name to show and the folded text that people search in."""
    folded = "\n".join(dict.fromkeys(text.casefold() for text in (name, key.key, *aliases)))
    own = {KEY_PROPERTIES[key.label]: key.key}
    return NodeRow(key, _known({**facts, "name": name, "folded": folded, **own}))


def _known(values: Properties) -> dict[str, Any]:
    """Drop what is unknown; neither engine stores a null. An enum's member becomes its text."""
    return {
        name: str(value) if isinstance(value, str) else value
        for name, value in values.items()
        if value is not None and value != []
    }
