"""The port of sources: what each has to say of its cases, in words that none of them owns.

A `Source` knows an address of its own when it sees one, and reads it into a `Reading`: a stream of what was found
there. Whoever takes from the stream need not hold it whole, so that a source may be larger than the memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from ingest.case import Case
from ingest.store.views import SourceView


class DocumentKind(StrEnum):
    """What a document of a source tells of. One that tells of cases and their images is a case document."""

    CASE = "case"
    IMAGE = "image"


@dataclass(frozen=True)
class SourceCase:
    """A case as the source gives it, and the files of its images, which are not read yet.

    An image that the source lists without describing it has a `problem`. `files` are image files by image id.
    `ambiguous` says, of an image for which several files could stand, which they are; none of them is taken.
    Where `compound`, its images may be figures of several panels, which are cut (`ingest.images.panelled`).
    Where `published`, anyone has its images already: text burned into them gives nobody away who was not.
    """

    case: Case
    files: Mapping[str, Path] = field(default_factory=dict)
    ambiguous: Mapping[str, str] = field(default_factory=dict)
    compound: bool = False
    published: bool = False


@dataclass(frozen=True)
class Rejection:
    """A document that does not fit: it goes to quarantine, whole.

    `case_ids` are the cases that it would have become, as far as that can be told: they did not vanish.
    """

    kind: DocumentKind
    place: str
    reason: str
    text: str
    case_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Repetition:
    """Documents that occur again word for word, and are passed over."""

    kind: DocumentKind
    times: int = 1


@dataclass(frozen=True)
class OrphanFile:
    """An image file that belongs to no image; `place` is its path below the folder of images."""

    place: str


Found = SourceCase | Rejection | Repetition | OrphanFile


@dataclass(frozen=True)
class Reading:
    """What stands at an address.

    Attributes
    ----------
    address : str
        What to call it in messages, without any password.
    found : iterable
        Everything that was found, to be taken once. A case id occurs once in it.
    expected_cases : int
        How many cases to expect, for showing progress; an estimate will do.
    images_folder : Path or None
        Where image files were looked for.
    images_folder_files : int
        How many files stand there.
    missing : tuple of str
        Parts of the source that are not there, each a sentence with what cases then lack. The rest is read.
    """

    address: str
    found: Iterable[Found]
    expected_cases: int
    images_folder: Path | None = None
    images_folder_files: int = 0
    missing: tuple[str, ...] = ()


class Source(Protocol):
    """Something that cases are read from."""

    @property
    def name(self) -> str:
        """The first part of its case ids, such as ``medpix2``."""
        ...

    @property
    def expects(self) -> str:
        """What it reads, to stand after "Expected": ``a folder with cases.json, or ...``."""
        ...

    @property
    def views(self) -> Sequence[SourceView]:
        """Views of its own that show its cases in the form that it gave them; none will do."""
        ...

    def recognises(self, address: str) -> bool:
        """Tell by a quick look whether an address is meant for this source, be it whole or not."""
        ...

    def read(self, address: str, images: Path | None = None) -> Reading:
        """Read the address; `images` is a folder of image files that somebody named beside it.

        Raises
        ------
        SourceError
            If it cannot be read as a whole. The stream raises it too, where that shows only on the way.
        """
        ...
