"""The nouns of CaseGraph, and filters over cases: what requests are made of and answers hold."""

from __future__ import annotations

from ingest.annotation.annotate import concepts
from ingest.case import Annotation, Case, Image, LedgerEntry, to_document
from ingest.ids import CaseId, ImageId, SourceId
from ingest.images.decoding import DecodedImage
from ingest.images.derived import format_box, parse_box
from ingest.normalise.age_words import age_in_words
from ingest.store.filters import FIELDS, AllOf, Annotated, Between, Contains, Filter, OneOf, ValueKind
from ingest.store.interface import StoredCase
from ingest.store.query_text import format_filter, parse_filter
from ingest.vocabulary import Assertion, ConceptKind, Modality, Region, Section, Sex, Status

__all__ = [
    "FIELDS",
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
    "Image",
    "ImageId",
    "LedgerEntry",
    "Modality",
    "OneOf",
    "Region",
    "Section",
    "Sex",
    "SourceId",
    "Status",
    "StoredCase",
    "ValueKind",
    "age_in_words",
    "as_filter",
    "concepts",
    "format_box",
    "format_filter",
    "parse_box",
    "parse_filter",
    "to_document",
]


def as_filter(where: str | Filter | None) -> Filter | None:
    """Return the filter that a reader wrote, parsed; no filter for an empty text."""
    if isinstance(where, str):
        return parse_filter(where) if where.strip() else None
    return where
