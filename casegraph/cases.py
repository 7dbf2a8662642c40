"""The nouns of CaseGraph, and filters over cases: what requests are made of and answers hold."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ingest.annotation.annotate import concepts
from ingest.case import Annotation, Case, Image, LedgerEntry, to_document
from ingest.concepts.finding_names import finding_named, findings_like
from ingest.concepts.image_classes import most_specific
from ingest.grey_scale import GreyScale, PixelSize
from ingest.ids import CaseId, ImageId, SourceId
from ingest.images.burned_in import TEXT_SEEN
from ingest.images.decoding import DecodedImage
from ingest.images.derived import format_box, parse_box
from ingest.normalise.age_words import age_in_words
from ingest.store.filters import FIELDS, AllOf, Annotated, AnyOf, Between, Contains, Filter, Not, OneOf, ValueKind
from ingest.store.interface import StoredCase
from ingest.store.query_text import format_filter, parse_filter
from ingest.vocabulary import Assertion, ConceptKind, Modality, Plane, Region, Section, Sex, Status

__all__ = [
    "FIELDS",
    "TEXT_SEEN",
    "AllOf",
    "Annotated",
    "Annotation",
    "Assertion",
    "Between",
    "Case",
    "CaseId",
    "ConceptKind",
    "Contains",
    "DecodedImage",
    "Filter",
    "GreyScale",
    "Image",
    "ImageId",
    "Joined",
    "LedgerEntry",
    "Modality",
    "OneOf",
    "PixelSize",
    "Plane",
    "Region",
    "Section",
    "Sex",
    "SourceId",
    "Status",
    "StoredCase",
    "ValueKind",
    "age_in_words",
    "as_filter",
    "class_labels_of",
    "concepts",
    "finding_named",
    "findings_like",
    "format_box",
    "format_filter",
    "joined",
    "parse_box",
    "parse_filter",
    "to_document",
]


class Joined(StrEnum):
    """How several conditions are meant together."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


def joined(how: Joined, parts: Iterable[Filter | None]) -> Filter | None:
    """Return the filter of what matches all, any or none of the parts; None where there is no part."""
    given = tuple(part for part in parts if part is not None)
    if not given:
        return None
    together = given[0] if len(given) == 1 else AllOf(given) if how is Joined.ALL else AnyOf(given)
    return Not(together) if how is Joined.NONE else together


def as_filter(where: str | Filter | None) -> Filter | None:
    """Return the filter that a reader wrote, parsed; no filter for an empty text."""
    if isinstance(where, str):
        return parse_filter(where) if where.strip() else None
    return where


def class_labels_of(image: Image) -> list[str]:
    """Return the classes that the caption of an image gives it, in words, the most specific only.

    Of labels that exclude each other each says so.
    """
    labels = {label.class_id: label for label in image.classes}
    names = ((name.replace("_", " "), labels[name].conflict) for name in most_specific(labels))
    return [f"{name} (in conflict)" if conflict else name for name, conflict in names]
