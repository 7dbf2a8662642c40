"""What a source of MedPix 2.0 holds, in the source's own words: records that fit, and those that do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

SOURCE = "medpix2"
"""Name of this source, the first part of each case id."""


class DocumentKind(StrEnum):
    """The two kinds of documents of the release."""

    CASE = "case"
    DESCRIPTION = "description"


@dataclass(frozen=True)
class RawRecord:
    """One JSON value of a source: where it stands, its text, and what was read from it."""

    place: str
    text: str
    value: Any


@dataclass(frozen=True)
class Rejection:
    """A document that does not fit: it goes to quarantine, whole. `u_id` is None where it cannot be told."""

    kind: DocumentKind
    place: str
    reason: str
    text: str
    u_id: str | None = None


@dataclass(frozen=True)
class CaseDocument:
    """A case-topic document: texts under the source's keys, and the `Type` under which it lists each image.

    `topic_numbers` are the keys of `topic` that the source wrote as numbers.
    """

    u_id: str
    types: Mapping[str, str] = field(default_factory=dict)
    case: Mapping[str, str] = field(default_factory=dict)
    topic: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    topic_numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Description:
    """A description document, flattened; `url` is the ``file://`` address of the image, where it has one.

    `numbers` are the keys of `values` that the source wrote as numbers.
    """

    u_id: str
    image_name: str
    values: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Record:
    """One case of the source with the descriptions of its images."""

    place: str
    document: CaseDocument
    descriptions: tuple[Description, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Release:
    """Everything that a source holds.

    `case_count` and `description_count` are the documents found, whether they fit or not. `repeated` counts
    documents that occur again with the same content. `splits` names those that list a case, by U_id: one, if the
    source is sound, and in the order train, dev, test. `image_paths` are the picture files by image name, and
    `other_paths` those whose name is taken by another file.
    """

    address: str
    records: tuple[Record, ...]
    rejected: tuple[Rejection, ...] = ()
    case_count: int = 0
    description_count: int = 0
    repeated_cases: int = 0
    repeated_descriptions: int = 0
    splits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    image_paths: Mapping[str, Path] = field(default_factory=dict)
    other_paths: tuple[Path, ...] = ()

    @property
    def orphan_paths(self) -> tuple[Path, ...]:
        """Picture files that belong to no image of any record, sorted."""
        named = {name for record in self.records for name in record.document.types}
        named |= {description.image_name for record in self.records for description in record.descriptions}
        alone = [path for name, path in self.image_paths.items() if name not in named]
        return tuple(sorted((*alone, *self.other_paths)))
