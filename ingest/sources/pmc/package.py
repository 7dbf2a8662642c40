"""Unpack a ``.tar.gz`` package of articles into a folder of ours, member by member and never by its own rules.

A name that leads outside, a link, a device or a pipe refuses the package. Only articles and images are written, and no
more bytes are unpacked than a bound, however small the package is.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ingest.errors import RejectedRecord
from ingest.files import leads_inside
from ingest.sources.pmc.folder import JSON_ENDING, XML_ENDINGS

MAX_UNPACKED_BYTES = 500_000_000
MAX_MEMBERS = 20_000
_TAKEN = (*XML_ENDINGS, JSON_ENDING, ".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".dcm")
_COPY_BYTES = 1 << 20


def unpack(package: Path, folder: Path) -> None:
    """Write the articles and images of a package below a folder, which has to exist.

    Raises
    ------
    RejectedRecord
        If it is damaged, too large, or holds anything but regular files with names that stay inside.
    """
    try:
        with package.open("rb") as stream:
            unpack_stream(stream, folder, package.name)
    except OSError as error:
        raise RejectedRecord(package.name, "is not a valid package. Fetch it again.") from error


def unpack_stream(stream: BinaryIO, folder: Path, name: str) -> None:
    """Write the articles and images of a package that is open already; see `unpack`. Raises RejectedRecord."""
    try:
        with tarfile.open(fileobj=_Bounded(_decompressed(stream)), mode="r|") as members:
            for count, member in enumerate(members):
                if count >= MAX_MEMBERS:
                    raise RejectedRecord(name, f"holds more than {MAX_MEMBERS} files.")
                _write(members, member, folder, name)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, OSError, ValueError) as error:
        if isinstance(error, _TooLargeError):
            raise RejectedRecord(name, f"unpacks to more than {MAX_UNPACKED_BYTES} bytes.") from None
        raise RejectedRecord(name, "is not a valid package. Fetch it again.") from error


def _decompressed(stream: BinaryIO) -> BinaryIO:
    compressed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    return gzip.GzipFile(fileobj=stream) if compressed else stream  # pyright: ignore[reportReturnType]


def _write(members: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, package: str) -> None:
    if member.isdir():
        return
    place = PurePosixPath(member.name)
    inside = leads_inside(member.name)
    if not inside or not member.isreg():
        what = "a link or device" if inside else "a name that leads outside its folder"
        raise RejectedRecord(package, f"holds {what}; nothing of it is read.")
    source = members.extractfile(member) if place.name.lower().endswith(_TAKEN) else None
    if source is None:
        return
    target = folder.joinpath(*place.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as written:
        while block := source.read(_COPY_BYTES):
            written.write(block)


class _TooLargeError(OSError):
    """More was unpacked than is allowed."""


class _Bounded(io.RawIOBase):
    """A stream that gives no more than `MAX_UNPACKED_BYTES`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = MAX_UNPACKED_BYTES

    def read(self, size: int = -1, /) -> bytes:
        block = self._stream.read(min(size, _COPY_BYTES) if size >= 0 else _COPY_BYTES)
        self._left -= len(block)
        if self._left < 0:
            raise _TooLargeError
        return block
