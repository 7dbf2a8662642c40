"""Pair case-topic documents with the descriptions of their images; what has no partner or comes twice is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from ingest.errors import RejectedRecord
from ingest.sources.medpix2.form import parse_case_document, parse_description
from ingest.sources.medpix2.records import SOURCE, CaseDocument, Description, RawRecord, Record
from ingest.sources.source import DocumentKind, Rejection

Document = TypeVar("Document", CaseDocument, Description)


@dataclass(frozen=True)
class Pairs:
    """Records, what was refused, and how many documents there were of each kind."""

    records: tuple[Record, ...]
    rejected: tuple[Rejection, ...]
    case_count: int
    description_count: int
    repeated_cases: int
    repeated_descriptions: int


@dataclass(frozen=True)
class _Taken(Generic[Document]):
    """The documents of one kind that fit, by id and in source order, and those that do not."""

    documents: dict[str, tuple[RawRecord, Document]]
    rejected: list[Rejection]
    count: int
    repeated: int


def pair(cases: Iterable[RawRecord], descriptions: Iterable[RawRecord]) -> Pairs:
    """Return one record per case, with the descriptions of its images in source order."""
    taken_cases = _take(cases, DocumentKind.CASE, parse_case_document, lambda document: document.u_id)
    taken = _take(descriptions, DocumentKind.IMAGE, parse_description, lambda document: document.image_name)
    owners = _owners(document for _, document in taken_cases.documents.values())
    by_case, strangers = _by_case(taken, taken_cases.documents, owners)
    records = tuple(
        _record(raw.place, document, by_case.get(u_id, []), owners)
        for u_id, (raw, document) in taken_cases.documents.items()
    )
    rejected = (*taken_cases.rejected, *taken.rejected, *strangers)
    return Pairs(records, rejected, taken_cases.count, taken.count, taken_cases.repeated, taken.repeated)


def _take(
    raws: Iterable[RawRecord],
    kind: DocumentKind,
    parse: Callable[[RawRecord], Document],
    name_of: Callable[[Document], str],
) -> _Taken[Document]:
    documents: dict[str, tuple[RawRecord, Document]] = {}
    rejected: list[Rejection] = []
    count = repeated = 0
    for raw in raws:
        count += 1
        try:
            document = parse(raw)
        except RejectedRecord as error:
            rejected.append(_rejection(kind, raw, error.reason))
            continue
        name = name_of(document)
        if name not in documents:
            documents[name] = _light(kind, raw), document
            continue
        first, known = documents[name]
        if known != document:
            reason = f"{name} also stands at {first.place} with other content; that one was taken."
            rejected.append(_rejection(kind, raw, reason))
        else:
            repeated += 1
    return _Taken(documents, rejected, count, repeated)


def _light(kind: DocumentKind, raw: RawRecord) -> RawRecord:
    """Return a record without what is held a second time: only a description may still turn out to be of no case."""
    return RawRecord(raw.place, raw.text if kind is DocumentKind.IMAGE else "", None)


def _owners(documents: Iterable[CaseDocument]) -> dict[str, str]:
    """Return, for each image, the first case that lists it."""
    owners: dict[str, str] = {}
    for document in documents:
        for name in document.types:
            owners.setdefault(name, document.u_id)
    return owners


def _by_case(
    taken: _Taken[Description], cases: Mapping[str, object], owners: Mapping[str, str]
) -> tuple[dict[str, list[Description]], list[Rejection]]:
    """Sort descriptions to their cases; refuse those of no case, or of an image that another case lists."""
    by_case: dict[str, list[Description]] = {}
    strangers: list[Rejection] = []
    for raw, description in taken.documents.values():
        u_id, owner = description.u_id, owners.get(description.image_name, description.u_id)
        if u_id in cases and owner == u_id:
            by_case.setdefault(u_id, []).append(description)
            continue
        reason = f"case {owner} lists its image." if owner != u_id else f"no case document of U_id {u_id} was taken."
        strangers.append(_rejection(DocumentKind.IMAGE, raw, reason))
    return by_case, strangers


def _record(place: str, document: CaseDocument, descriptions: list[Description], owners: Mapping[str, str]) -> Record:
    own = {name: kind for name, kind in document.types.items() if owners[name] == document.u_id}
    problems = tuple(f"image {name} belongs to case {owners[name]}" for name in document.types if name not in own)
    return Record(place, replace(document, types=own), tuple(descriptions), problems)


def _rejection(kind: DocumentKind, raw: RawRecord, reason: str) -> Rejection:
    u_id = raw.value.get("U_id") if kind is DocumentKind.CASE and isinstance(raw.value, dict) else None
    return Rejection(kind, raw.place, reason, raw.text, (f"{SOURCE}:{u_id}",) if isinstance(u_id, str) else ())
