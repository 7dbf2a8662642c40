"""Images from outside, decoded in a child process."""

from __future__ import annotations

from pathlib import Path

from casegraph.engines import Engines
from ingest.errors import InputError
from ingest.images.burned_in import with_text_told
from ingest.images.decoding import DecodedImage
from ingest.images.rules import MAX_FILE_BYTES


def decode(engines: Engines, image: bytes | Path | DecodedImage) -> DecodedImage:
    """Decode an image and look for text burned in; one that is decoded already is returned as it is.

    Raises
    ------
    InputError
        If there is no such file.
    RejectedFile
        If it is no image that we accept.
    """
    if isinstance(image, DecodedImage):
        return image
    return with_text_told(engines.decoder.decode(_read(image) if isinstance(image, Path) else image))


def _read(path: Path) -> bytes:
    """Return the bytes of a file that the user named, links followed; no more than decoding would take."""
    try:
        if not path.is_file():
            raise InputError(f"there is no file '{path}'. Name a PNG, JPEG, WebP or DICOM file.")
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror}. Check its permissions.") from error
