"""What a source of MedPix 2.0 holds, in the source's own words: records that fit, and those that do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.images.finding import FoundImages
from ingest.sources.source import Rejection

SOURCE = "medpix2"
"""Name of this source, the first part of each case id."""


@dataclass(frozen=True)
class RawRecord:
    """One JSON value of a source: where it stands, its text, and what was read from it."""

    place: str
    text: str
    value: Any


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
    source is sound, and in the order train, dev, test. `found` are the image files.
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
    found: FoundImages = field(default_factory=FoundImages)

    @property
    def image_paths(self) -> Mapping[str, Path]:
        """The image files by image name."""
        return self.found.paths

    @property
    def orphan_paths(self) -> tuple[Path, ...]:
        """Image files that belong to no image of any record, sorted."""
        return tuple(sorted(self.found.others))


def image_names(records: Iterable[Record]) -> frozenset[str]:
    """Return the names of all images that records list or describe."""
    names: set[str] = set()
    for record in records:
        names.update(record.document.types)
        names.update(description.image_name for description in record.descriptions)
    return frozenset(names)
