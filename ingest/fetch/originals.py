"""Fetch the full-size images of a case by the links that its source gives, and keep them apart from the reduced ones.

An original is kept under the digest of its pixels, in a folder of its own, with the address that it came from. It is
decoded as every image from outside is: its pixels stay, its metadata go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import httpx
from pydantic import TypeAdapter, ValidationError

from ingest.case import Case, Image, sha256_of_text
from ingest.errors import EngineError, EngineUnreachable, RejectedFile
from ingest.fetch.client import PoliteClient
from ingest.fetch.pace import MayPassError
from ingest.fetch.sites import shown
from ingest.files import write_file
from ingest.images.decoding import DecodedImage
from ingest.images.objects import ObjectStore
from ingest.images.rules import MAX_FILE_BYTES
from ingest.progress import ProgressCallback, ignore_progress

_ENDINGS = frozenset({".png", ".jpg", ".jpeg"})


@dataclass(frozen=True)
class Original:
    """A full-size image that was fetched.

    Attributes
    ----------
    object_key : str
        Its place below the folder of originals.
    url : str
        The address that it came from.
    source_sha256 : str
        SHA-256 of the file as it was served.
    fetched_at : str
        When, UTC in ISO 8601.
    """

    image_id: str
    case_id: str
    object_key: str
    url: str
    source_sha256: str
    width_px: int
    height_px: int
    fetched_at: str

    @property
    def host(self) -> str:
        """The host that it came from."""
        return httpx.URL(self.url).host


@dataclass(frozen=True)
class FailedOriginal:
    """An original that could not be fetched, and why."""

    image_id: str
    reason: str


@dataclass(frozen=True)
class OriginalsReport:
    """What became of the originals of a case.

    Attributes
    ----------
    originals : tuple of Original
        Those that are there.
    fetched : int
        How many of them were fetched now.
    without_link : tuple of str
        Images for which the source gives no link to an image file.
    failed : tuple of FailedOriginal
        What could not be fetched; the next run tries again.
    """

    case_id: str
    originals: tuple[Original, ...]
    fetched: int
    without_link: tuple[str, ...] = ()
    failed: tuple[FailedOriginal, ...] = ()


_ORIGINAL = TypeAdapter(Original)


@dataclass(frozen=True)
class OriginalStore:
    """The originals below a folder, and by image where each came from."""

    folder: Path

    @property
    def objects(self) -> ObjectStore:
        """Their pixels."""
        return ObjectStore(self.folder)

    def of_image(self, image_id: str) -> Original | None:
        """Return the original of an image, if it is there."""
        found = _read(self._note(image_id))
        return found if found is not None and self.objects.path(found.object_key).is_file() else None

    def keep(self, image: DecodedImage, image_id: str, case_id: str, url: str) -> Original:
        """Keep an original. Raises StorageError, OSError."""
        key = self.objects.put(image)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        kept = Original(image_id, case_id, key, url, image.source_sha256, image.width_px, image.height_px, now)
        note = self._note(image_id)
        note.parent.mkdir(parents=True, exist_ok=True)
        write_file(note, _ORIGINAL.dump_json(kept, indent=2), private=True)
        return kept

    def forget(self, case_id: str) -> None:
        """Remove the originals of a case, but for pixels that another case has too. Raises StorageError, OSError."""
        kept = {path: found for path in self._notes() if (found := _read(path)) is not None}
        going = {path: one for path, one in kept.items() if one.case_id == case_id}
        used = {one.object_key for path, one in kept.items() if path not in going}
        for path, one in going.items():
            if one.object_key not in used:
                self.objects.remove(one.object_key)
            path.unlink(missing_ok=True)

    def _note(self, image_id: str) -> Path:
        return self.folder / "origins" / f"{sha256_of_text(image_id)}.json"

    def _notes(self) -> Iterator[Path]:
        yield from sorted((self.folder / "origins").glob("*.json"))


def _read(path: Path) -> Original | None:
    """Return what was written down of an original; a note that was damaged is none, and its image is fetched again."""
    try:
        return _ORIGINAL.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def original_link(image: Image) -> str | None:
    """Return the first link of an image that leads to an image file; others lead to pages."""
    for link in image.links:
        try:
            ending = PurePosixPath(httpx.URL(link).path).suffix.lower()
        except (httpx.InvalidURL, ValueError):
            continue
        if ending in _ENDINGS:
            return link
    return None


def fetch_originals(
    case: Case,
    store: OriginalStore,
    client: PoliteClient,
    decode: Callable[[bytes], DecodedImage],
    on_progress: ProgressCallback = ignore_progress,
) -> OriginalsReport:
    """Fetch the originals of a case that are not there yet.

    Raises
    ------
    EngineUnreachable
        If a host does not answer. What was fetched until then stays.
    StorageError
        If an original cannot be kept.
    """
    originals: list[Original] = []
    failed: list[FailedOriginal] = []
    without: list[str] = []
    fetched = 0
    for done, image in enumerate(case.images):
        on_progress(done, len(case.images))
        link = original_link(image)
        if link is None:
            without.append(image.image_id)
            continue
        kept = store.of_image(image.image_id)
        try:
            if kept is None or kept.url != link:
                kept = store.keep(_fetched(link, client, decode), image.image_id, case.case_id, link)
                fetched += 1
            originals.append(kept)
        except EngineUnreachable:
            raise
        except EngineError as error:
            failed.append(FailedOriginal(image.image_id, str(error)))
    on_progress(len(case.images), len(case.images))
    return OriginalsReport(case.case_id, tuple(originals), fetched, tuple(without), tuple(failed))


def _fetched(link: str, client: PoliteClient, decode: Callable[[bytes], DecodedImage]) -> DecodedImage:
    def read(content: bytes) -> DecodedImage:
        try:
            return decode(content)
        except RejectedFile as error:
            raise MayPassError(f"{shown(link)} is not an accepted image. {error}", unreachable=False) from None

    return client.ask(link, read, max_bytes=MAX_FILE_BYTES)
