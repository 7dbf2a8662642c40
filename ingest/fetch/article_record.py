"""What a service says of an article before it is fetched: its licence, whether it was retracted, and its files."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from pydantic import TypeAdapter

from ingest.errors import RejectedRecord
from ingest.fetch.checksums import Checksum
from ingest.fetch.entrez import parse_answer
from ingest.fetch.pace import MayPassError
from ingest.sources.pmc.folder import PACKAGE_ENDINGS, XML_ENDINGS
from ingest.sources.pmc.package import unpack_stream

MAX_NAME = 200  # characters


@dataclass(frozen=True)
class FileToFetch:
    """One file: its address, and its place below the folder of articles."""

    url: str
    place: str
    checksums: tuple[Checksum, ...] = ()


@dataclass(frozen=True)
class ArticleRecord:
    """What a service says of an article. One that is not open has no licence and no files.

    Where it is open and has no files, its text is to be had from the E-utilities.
    """

    pmcid: str
    is_open: bool
    licence: str | None = None
    is_retracted: bool = False
    files: tuple[FileToFetch, ...] = ()

    def to_json(self) -> str:
        """Return the record as JSON, to be kept."""
        return _RECORD.dump_json(self).decode()

    @classmethod
    def of_json(cls, text: str) -> ArticleRecord:
        """Return the record that `to_json` wrote."""
        return _RECORD.validate_json(text)


_RECORD = TypeAdapter(ArticleRecord)


class ArticleService(Protocol):
    """Something that knows which articles are open, and where their files are."""

    def record(self, pmcid: str) -> ArticleRecord:
        """Return what it says of an article. Raises EngineError."""
        ...


class ServiceName(StrEnum):
    """The services of PubMed Central that hand out open articles."""

    CLOUD = "cloud"
    OA = "oa"


def is_plain_name(name: str) -> bool:
    """Tell whether a file may bear a name: one part, visible, no longer than file systems take."""
    odd = any(sign in name for sign in "/\\:\0") or not name.isprintable()
    return 0 < len(name) <= MAX_NAME and not name.startswith(".") and not odd


def check_file(stream: BinaryIO, place: str) -> None:
    """Raise MayPassError where a file is not what the ending of its address says."""
    name = place.lower()
    if name.endswith(XML_ENDINGS):
        root = parse_answer(stream.read(), place)
        if next(root.iter("article"), None) is None:
            raise MayPassError(f"{place} holds no article.", unreachable=False)
    elif name.endswith(PACKAGE_ENDINGS):
        _check_package(stream, place)
    elif stream.read(512).lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise MayPassError(f"{place} answers with a web page instead of the file.", unreachable=False)


def _check_package(stream: BinaryIO, place: str) -> None:
    """Unpack a package to see that it is whole, and that it holds what may be read."""
    with tempfile.TemporaryDirectory(prefix="casegraph-") as folder:
        try:
            unpack_stream(stream, Path(folder), place)
        except RejectedRecord as error:
            raise MayPassError(f"{place}: {error.reason}", unreachable=False) from None
