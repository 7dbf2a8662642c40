"""The case: the one noun that every other package speaks of.

A `Case` is what a source says of one patient's imaging, curated: texts verbatim, values controlled, and beside
each value the raw one and the rule that made it (`LedgerEntry`). It is frozen; the store adds the number of
the change that wrote it. `to_document` and `parse_case` translate to and from plain JSON values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.errors import RejectedRecord
from ingest.grey_scale import GreyValues, PixelSize
from ingest.ids import CaseId
from ingest.vocabulary import (
    AgeUnit,
    AnnotationSubject,
    Assertion,
    AttributeKind,
    ConceptKind,
    Depiction,
    Laterality,
    Modality,
    Plane,
    Region,
    Section,
    Setting,
    Sex,
    Status,
    View,
)

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class AgeRange:
    """The youngest and the oldest age, in completed years, that words such as "in her 60s" leave open: 60 and 69."""

    youngest_years: float
    oldest_years: float


@dataclass(frozen=True)
class Patient:
    """Who the case is about: nothing that identifies a person.

    Cases with one `patient_id` are of one patient (`ingest.ids.PatientId`); age and sex are those that its case tells.
    What is None was not told.

    Attributes
    ----------
    age_years : float or None
        With a fraction where the age was told in a smaller unit; of a range the middle.
    age_unit : AgeUnit or None
        The unit in which it was told.
    age_range : AgeRange or None
        Where the words leave a range open.
    gestational_age_weeks : float or None
        Weeks of a pregnancy, the patient's own or the one that the patient was born of; never the age.
    transgender : bool or None
        True where the text states it.
    """

    patient_id: str
    age_years: float | None = None
    sex: Sex | None = None
    age_unit: AgeUnit | None = None
    age_range: AgeRange | None = None
    gestational_age_weeks: float | None = None
    transgender: bool | None = None


@dataclass(frozen=True)
class Topic:
    """The disease that a teaching case is about."""

    title: str | None = None
    acr_code: str | None = None
    pathology_category: str | None = None


@dataclass(frozen=True)
class ClassLabel:
    """A class that an image is labelled with (`ingest.concepts.image_classes`), and the words that gave it.

    `spans` are offsets into the caption of the image. In `conflict` are labels of which an image can have one only.
    """

    class_id: str
    spans: tuple[tuple[int, int], ...]
    annotator: str
    conflict: bool = False


@dataclass(frozen=True)
class Image:
    """One image of a case.

    `object_key` is the place of the stored PNG below the workspace's ``objects`` folder; it is None where the
    image is missing or unreadable, and `problem` then says why, or where a person `rejected` it, which gives the
    reason. An image that a person cropped or redacted is `derived_from` the object of the image as it was read, a
    panel of a compound figure from that of the figure; `crop_box_px` (left, top, right, bottom) is in the pixels of
    that one. The `grey_values` of a DICOM file are those of the image as it was read; a cropped or redacted one has
    none, nor has one that was rejected.
    """

    image_id: str
    object_key: str | None = None
    source_name: str | None = None
    source_sha256: str | None = None
    pixel_sha256: str | None = None
    width_px: int | None = None
    height_px: int | None = None
    modality: Modality | None = None
    technique: tuple[str, ...] = ()
    plane: Plane | None = None
    view: View | None = None
    depiction: Depiction | None = None
    region: Region | None = None
    anatomical_location: str | None = None
    acr_code: str | None = None
    caption: str | None = None
    frame: int | None = None
    derived_from: str | None = None
    crop_box_px: tuple[int, int, int, int] | None = None
    links: tuple[str, ...] = ()
    problem: str | None = None
    rejected: str | None = None
    classes: tuple[ClassLabel, ...] = ()
    pixel_size: PixelSize | None = None
    grey_values: GreyValues | None = None
    source_values: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def object_keys(self) -> set[str]:
        """The objects that it names: its pixels and its grey values."""
        return {key for key in (self.object_key, self.grey_values and self.grey_values.object_key) if key}

    @property
    def is_panel(self) -> bool:
        """Whether it was cut out of a compound figure, whose pixels stay."""
        return self.derived_from is not None and "panel" in self.source_values


@dataclass(frozen=True)
class Attribute:
    """One thing that a text says of a finding beside its name: its margin is "ill-defined"."""

    kind: AttributeKind
    value: str


_SETTINGS = {
    Section.HISTORY: Setting.CLINICAL,
    Section.EXAM: Setting.CLINICAL,
    Section.TREATMENT: Setting.CLINICAL,
    Section.FINDINGS: Setting.IMAGING,
    Section.CAPTION: Setting.IMAGING,
}


@dataclass(frozen=True)
class Annotation:
    """What a rule, a model or a person says about a piece of text.

    `start` and `end` are character offsets into ``case.text_of(section, image_id)``. `place` is the concept id of
    the anatomy that the finding is in, where the same clause says so.
    """

    concept_id: str
    kind: ConceptKind
    assertion: Assertion
    section: Section
    start: int
    end: int
    annotator: str
    laterality: Laterality | None = None
    image_id: str | None = None
    subject: AnnotationSubject = AnnotationSubject.PATIENT
    place: str | None = None
    attributes: tuple[Attribute, ...] = ()

    @property
    def mention_id(self) -> str:
        """Name of this mention, unique within its case."""
        return f"{self.image_id or ''}|{self.section}|{self.start}-{self.end}|{self.concept_id}"

    @property
    def of_patient(self) -> bool:
        """Whether it speaks of this patient; the literature says what may be, not what is."""
        return self.subject is AnnotationSubject.PATIENT

    @property
    def setting(self) -> Setting | None:
        """How it was found, by the section that says so; a discussion does not tell."""
        return _SETTINGS.get(self.section)


@dataclass(frozen=True)
class LedgerEntry:
    """How one value came to be: the raw value, the rule, the value, and whether sources disagree."""

    field: str
    raw: str | None
    rule: str
    value: str | None
    conflict: bool = False


@dataclass(frozen=True)
class Article:
    """The article that reports a case: its id (``PMC4736393``), how to cite it, and under which licence it stands."""

    article_id: str
    citation: str | None = None
    licence: str | None = None
    year: str | None = None
    doi: str | None = None

    @property
    def reference(self) -> str:
        """How whoever quotes the case names article and licence."""
        return f"{self.citation or self.article_id} [{self.licence or 'no licence known'}]"


@dataclass(frozen=True)
class Case:
    """One curated case."""

    case_id: str
    source: str
    patient: Patient
    sections: Mapping[Section, str] = field(default_factory=dict)
    diagnosis: str | None = None
    differential_diagnosis: tuple[str, ...] = ()
    confirmation: str | None = None
    topic: Topic = Topic()
    images: tuple[Image, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    split: str | None = None
    problems: tuple[str, ...] = ()
    source_values: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What to call the case on a screen."""
        return title_of_case(self.sections.get(Section.TITLE), self.diagnosis, self.short_id)

    @property
    def short_id(self) -> str:
        """The id at the source, for display and for typing."""
        return CaseId(self.case_id).short

    @property
    def status(self) -> Status:
        """Partial where something that the source promised is missing."""
        broken = self.problems or any(image.problem for image in self.images)
        return Status.PARTIAL if broken else Status.COMPLETE

    @property
    def stored_images(self) -> tuple[Image, ...]:
        """The images that there are pixels of."""
        return tuple(image for image in self.images if image.object_key)

    @property
    def current_ledger(self) -> dict[str, LedgerEntry]:
        """The last entry of each field: what a person decided stands after what a rule made."""
        return {entry.field: entry for entry in self.ledger}

    @cached_property
    def article(self) -> Article | None:
        """The article that reports it, where its source gives one in `source_values` (``article.id`` and the like)."""
        said = {name: self.source_values.get(f"article.{name}") for name in ("citation", "licence", "year", "doi")}
        article_id = self.source_values.get("article.id")
        return Article(article_id, **said) if article_id else None

    def text_of(self, section: Section, image_id: str | None = None) -> str | None:
        """Return the verbatim text that an annotation's span points into."""
        if section is Section.CAPTION:
            return next((image.caption for image in self.images if image.image_id == image_id), None)
        return self.sections.get(section)

    @cached_property
    def content_digest(self) -> str:
        """SHA-256 over everything the case says, the same on every engine and machine."""
        return sha256_of_json(to_document(self))


def title_of_case(written: str | None, diagnosis: str | None, short_id: str) -> str:
    """Return what to call a case on a screen: its title, else its diagnosis, else its id at the source."""
    return written or diagnosis or short_id


_CASE = TypeAdapter(Case)


def to_document(case: Case) -> dict[str, Any]:
    """Return the case as plain JSON values, status included."""
    document = _CASE.dump_python(case, mode="json")
    document["patient"] = _without_unsaid(document["patient"])
    document["annotations"] = [_without_unsaid(annotation) for annotation in document["annotations"]]
    document["images"] = [_without_unsaid(image) for image in document["images"]]
    return {"schema_version": SCHEMA_VERSION, "status": str(case.status), **document}


# Fields that patients, annotations and images did not always have: unsaid they are left out, so that a document of
# before keeps its digest.
_MAY_BE_UNSAID: Mapping[str, Any] = {
    "age_unit": None,
    "age_range": None,
    "gestational_age_weeks": None,
    "transgender": None,
    "subject": AnnotationSubject.PATIENT,
    "place": None,
    "attributes": [],
    "classes": [],
    "pixel_size": None,
    "grey_values": None,
}


def _without_unsaid(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in _MAY_BE_UNSAID or value != _MAY_BE_UNSAID[name]}


def parse_case(document: Mapping[str, Any]) -> Case:
    """Return the case that `to_document` wrote; fields that the store added are ignored.

    Raises
    ------
    RejectedRecord
        If a value does not fit the model; the message names its path, never its content.
    """
    try:
        return _CASE.validate_python({name: document[name] for name in _CASE_FIELDS if name in document})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise RejectedRecord(str(document.get("case_id", "case")), f"{path}: {first['msg']}") from error


_CASE_FIELDS = tuple(Case.__dataclass_fields__)


def sha256_of_json(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, in UTF-8."""
    return sha256_of_text(json_text(value))


def json_text(value: Any) -> str:
    """Return a value's canonical JSON: sorted keys, no blanks.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sha256_of_text(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
