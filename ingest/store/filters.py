"""The typed filter: what one may ask of cases, and nothing else.

A filter is a small tree of frozen values. Each engine translates it (`sqlite.py`, `mongo.py`); no dictionary and
no pattern of a user ever reaches a database. A field that belongs to images holds for a case if it holds for
at least one of its images, each condition by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum

from ingest.concepts.image_classes import ImageClassId
from ingest.errors import InvalidFilter
from ingest.spelling import did_you_mean
from ingest.store.said import listed, name_of_licence, whole, year_in
from ingest.vocabulary import AgeUnit, Assertion, Depiction, Modality, Plane, Region, Sex, Status, View


class ValueKind(Enum):
    """How the values of a field compare."""

    EXACT = "exact"
    NUMBER = "number"
    FLAG = "true or false"
    TEXT = "text"
    DISEASE = "disease"  # found by the diagnoses that are of it; not stored
    COLLECTION = "collection"  # the cases that people gathered under a name; not stored with a case


@dataclass(frozen=True)
class Field:
    """One field that a filter may name: its path in the case document and the values it takes.

    Attributes
    ----------
    read : callable, optional
        Reads its values from what the source said; `path` is then the key of `Case.source_values`.
    parts : tuple of str
        The fields of which it is any; it has no path then.
    ends : tuple of Field
        The lowest and the highest number that a case leaves open, where it leaves a range open: it matches every range
        that overlaps with its own.
    """

    name: str
    path: str
    kind: ValueKind
    vocabulary: type[StrEnum] | None = None
    of_images: bool = False
    read: Callable[[str], Sequence[str | int]] | None = None
    parts: tuple[str, ...] = ()
    ends: tuple[Field, ...] = ()


class Flag(StrEnum):
    """What a field that is true or false may be asked for."""

    TRUE = "true"
    FALSE = "false"


_TEXTS = ("title", "history", "exam", "findings", "differential_diagnosis", "diagnosis", "discussion", "treatment")
_AGE_ENDS = (
    Field("age_years.youngest", "patient.age_range.youngest_years", ValueKind.NUMBER),
    Field("age_years.oldest", "patient.age_range.oldest_years", ValueKind.NUMBER),
)


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("case_id", "case_id", ValueKind.EXACT),
        Field("source", "source", ValueKind.EXACT),
        Field("split", "split", ValueKind.EXACT),
        Field("status", "status", ValueKind.EXACT, Status),
        Field("age_years", "patient.age_years", ValueKind.NUMBER, ends=_AGE_ENDS),
        Field("age_unit", "patient.age_unit", ValueKind.EXACT, AgeUnit),
        Field("gestational_age_weeks", "patient.gestational_age_weeks", ValueKind.NUMBER),
        Field("sex", "patient.sex", ValueKind.EXACT, Sex),
        Field("transgender", "patient.transgender", ValueKind.FLAG, Flag),
        Field("pathology_category", "topic.pathology_category", ValueKind.EXACT),
        Field("topic_acr_code", "topic.acr_code", ValueKind.EXACT),
        Field("title", "sections.title", ValueKind.TEXT),
        Field("history", "sections.history", ValueKind.TEXT),
        Field("exam", "sections.exam", ValueKind.TEXT),
        Field("findings", "sections.findings", ValueKind.TEXT),
        Field("differential_diagnosis", "sections.differential_diagnosis", ValueKind.TEXT),
        Field("diagnosis", "diagnosis", ValueKind.TEXT),
        Field("disease", "diagnosis", ValueKind.DISEASE),
        Field("collection", "case_id", ValueKind.COLLECTION),
        Field("confirmation", "confirmation", ValueKind.TEXT),
        Field("discussion", "sections.discussion", ValueKind.TEXT),
        Field("treatment", "sections.treatment", ValueKind.TEXT),
        Field("topic", "topic.title", ValueKind.TEXT),
        Field("text", "", ValueKind.TEXT, parts=_TEXTS),
        Field("article", "article.id", ValueKind.EXACT, read=whole),
        Field("year", "article.year", ValueKind.NUMBER, read=year_in),
        Field("licence", "article.licence", ValueKind.EXACT, read=name_of_licence),
        Field("journal", "article.journal", ValueKind.TEXT, read=whole),
        Field("keyword", "article.keywords", ValueKind.TEXT, read=listed),
        Field("mesh", "article.mesh", ValueKind.TEXT, read=listed),
        Field("image_id", "image_id", ValueKind.EXACT, of_images=True),
        Field("modality", "modality", ValueKind.EXACT, Modality, of_images=True),
        Field("technique", "technique", ValueKind.EXACT, of_images=True),
        Field("plane", "plane", ValueKind.EXACT, Plane, of_images=True),
        Field("view", "view", ValueKind.EXACT, View, of_images=True),
        Field("depiction", "depiction", ValueKind.EXACT, Depiction, of_images=True),
        Field("region", "region", ValueKind.EXACT, Region, of_images=True),
        Field("anatomical_location", "anatomical_location", ValueKind.EXACT, of_images=True),
        Field("acr_code", "acr_code", ValueKind.EXACT, of_images=True),
        Field("image_class", "classes.class_id", ValueKind.EXACT, ImageClassId, of_images=True),
        Field("caption", "caption", ValueKind.TEXT, of_images=True),
    )
}


@dataclass(frozen=True)
class OneOf:
    """The field has one of these values; an EXACT field compares letter by letter. `case_id` takes short ids too.

    A DISEASE has the cases whose diagnosis is of it or of its kind, whichever way either is spelt. A COLLECTION has
    the cases that were put into it.
    """

    field_name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Between:
    """The number lies in the closed range; None leaves an end open. Unknown numbers never match.

    Of a case that leaves a range of ages open, as "in her 60s", both ranges have to have an age in common.
    """

    field_name: str
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Contains:
    """The text contains these letters, upper and lower case alike."""

    field_name: str
    text: str


@dataclass(frozen=True)
class StartsWith:
    """The text begins with these letters, upper and lower case alike."""

    field_name: str
    text: str


@dataclass(frozen=True)
class Annotated:
    """The case has an annotation of its patient with this concept and assertion; the literature does not count."""

    concept_id: str
    assertion: Assertion = Assertion.PRESENT


@dataclass(frozen=True)
class Within:
    """The case stands within so many steps of a node of the graph.

    The documents know no graph: `casegraph.filters` puts the cases that the graph names in its place.
    """

    node: str
    steps: int


@dataclass(frozen=True)
class Classified:
    """An image of the case shows one of these labels of a task, as the classifier is sure.

    The documents know no classifier: `casegraph.filters` puts the images that it names in its place.
    """

    task: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class AllOf:
    """Every part matches; no parts match everything."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part matches; no parts match nothing."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Not:
    """The part does not match."""

    part: Filter


Condition = OneOf | Between | Contains | StartsWith | Annotated | Within | Classified
Filter = Condition | AllOf | AnyOf | Not


def transformed(where: Filter, change: Callable[[Condition], Filter]) -> Filter:
    """Return the filter with what `change` makes of each condition in its place."""
    match where:
        case AllOf(parts):
            return AllOf(tuple(transformed(part, change) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(transformed(part, change) for part in parts))
        case Not(part):
            return Not(transformed(part, change))
        case _:
            return change(where)


def conditions_of(where: Filter) -> Iterator[Condition]:
    """Yield each condition of a filter, from left to right."""
    match where:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from conditions_of(part)
        case Not(part):
            yield from conditions_of(part)
        case _:
            yield where


def asks_by(where: Filter, kind: ValueKind) -> bool:
    """Tell whether a filter names a value of a field of this kind."""
    return any(isinstance(condition, OneOf) and _is_of(condition, kind) for condition in conditions_of(where))


def with_values(where: Filter, kind: ValueKind, field_name: str, values_of: Callable[[str], Iterable[str]]) -> Filter:
    """Return the filter with another field in the place of those of a kind: any of what each named value stands for."""

    def asked(condition: Condition) -> Filter:
        if not (isinstance(condition, OneOf) and _is_of(condition, kind)):
            return condition
        return OneOf(field_name, tuple(dict.fromkeys(one for value in condition.values for one in values_of(value))))

    return transformed(where, asked)


def _is_of(condition: OneOf, kind: ValueKind) -> bool:
    return require_field(condition.field_name).kind is kind


def over_parts(condition: Condition) -> Filter | None:
    """Return a condition on a field that is any of others as one on each of these; None for another field."""
    if not isinstance(condition, (OneOf, Contains, StartsWith)):
        return None
    parts = require_field(condition.field_name).parts
    return AnyOf(tuple(replace(condition, field_name=name) for name in parts)) if parts else None


def require_field(name: str) -> Field:
    """Return the field of this name.

    Raises
    ------
    InvalidFilter
        If there is none; the message suggests the nearest name.
    """
    if name in FIELDS:
        return FIELDS[name]
    hint = did_you_mean(name, FIELDS) or f"Fields: {', '.join(FIELDS)}."
    raise InvalidFilter(f"field '{name}' is unknown. {hint}")
