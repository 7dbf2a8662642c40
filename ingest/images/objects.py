"""Image files named by their content: ``ab/<sha256 of the PNG>.png`` below one folder.

No name that comes from outside ever becomes a path: the key is made from the bytes, and a key that is handed
back in must have exactly that form. A file appears whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import DamagedFile, InputError, StorageError
from ingest.files import left_behind, write_file
from ingest.images.decoding import DecodedImage
from ingest.remedies import Remedy, RemedyAction

_KEY = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})\.png", re.ASCII)


def object_key_of(image: DecodedImage) -> str:
    """Return the key under which an image is, or would be, stored."""
    digest = hashlib.sha256(image.png).hexdigest()
    return f"{digest[:2]}/{digest}.png"


@dataclass(frozen=True)
class ObjectStore:
    """Stored images below `folder`, which is made on the first write."""

    folder: Path

    def put(self, image: DecodedImage) -> str:
        """Store the image and return its key. Doing so again changes nothing, but mends a damaged file.

        Raises
        ------
        StorageError
            If the disk is full or may not be written to. Nothing half-written stays.
        """
        object_key = object_key_of(image)
        path = self.path(object_key)
        try:
            if not _holds(path, image.png):
                path.parent.mkdir(parents=True, exist_ok=True)
                write_file(path, image.png, private=True)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else "the system gives no reason"
            message = f"cannot write the image file {path}: {reason}. Free space or allow writing, then run it again."
            raise StorageError(message) from error
        return object_key

    def remove(self, object_key: str) -> None:
        """Take an image away; silent where it is not there. Whoever calls knows that nothing names it any more.

        Raises
        ------
        StorageError
            If the file may not be removed.
        """
        path = self.path(object_key)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"cannot remove the image file {path}: {error.strerror}. Allow writing.") from error

    def path(self, object_key: str) -> Path:
        """Return where the image of a key is, or would be.

        Raises
        ------
        InputError
            If the key has not the form of one: it could name a file elsewhere.
        """
        if not _KEY.fullmatch(object_key):
            raise InputError(
                f"{object_key[:80]!r} is not an image key, expected 'ab/<sha256 that starts with ab>.png'."
            )
        return self.folder / object_key

    def read(self, object_key: str) -> bytes:
        """Return the stored PNG.

        Raises
        ------
        DamagedFile
            If it is not there, or its bytes are not those that were stored.
        """
        path = self.path(object_key)
        try:
            png = path.read_bytes()
        except OSError as error:
            message = f"the image file {path} cannot be read. Ingest its source again."
            raise DamagedFile(message, remedy=Remedy(RemedyAction.INGEST)) from error
        if hashlib.sha256(png).hexdigest() != path.stem:
            raise DamagedFile(
                f"the image file {path} is damaged. Ingest its source again.", remedy=Remedy(RemedyAction.INGEST)
            )
        return png

    def unfinished(self) -> list[Path]:
        """Return the files that processes which have ended did not finish; none of them was ever read."""
        return [path for folder in sorted(self.folder.glob("*")) for path in left_behind(folder)]

    def remove_unfinished(self) -> None:
        """Remove what ended processes did not finish; a file that cannot be removed does no harm."""
        for path in self.unfinished():
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        """Yield the keys of all stored images, sorted; other files in the folder are none."""
        for path in sorted(self.folder.glob("??/*.png")):
            object_key = f"{path.parent.name}/{path.name}"
            if _KEY.fullmatch(object_key):
                yield object_key


def _holds(path: Path, png: bytes) -> bool:
    try:
        return path.stat().st_size == len(png) and path.read_bytes() == png
    except FileNotFoundError:
        return False
