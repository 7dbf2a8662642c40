"""MedPix 2.0 as a source: what its release says, in the words of the port."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from ingest.errors import SourceError
from ingest.ids import ImageId
from ingest.sources.medpix2.build import read_cases
from ingest.sources.medpix2.folder import CASE_FILE, DESCRIPTION_FILE, SPLIT_FOLDER, read_release
from ingest.sources.medpix2.mongodb import read_mongodb
from ingest.sources.medpix2.records import SOURCE, Release
from ingest.sources.medpix2.views import VIEWS
from ingest.sources.source import DocumentKind, Found, OrphanFile, Reading, Repetition, SourceCase
from ingest.store.mongo_address import SCHEMES

T = TypeVar("T")
_OF_MEDPIX = re.compile(r"MPX\d+")  # ids of the archive itself: all its images bear its name and their uploader's


class MedPix2:
    """A release of MedPix 2.0: in its folder, or in a MongoDB that somebody else filled."""

    name = SOURCE
    expects = (
        f"a MedPix 2.0 release, a folder with {CASE_FILE} and {DESCRIPTION_FILE} or with {SPLIT_FOLDER}, or "
        "mongodb://host/database with its two collections"
    )
    views = VIEWS

    def recognises(self, address: str) -> bool:
        """Tell whether it is a MongoDB, or a folder with any of a release's files."""
        names = (CASE_FILE, DESCRIPTION_FILE, SPLIT_FOLDER)
        return address.startswith(SCHEMES) or any((Path(address) / name).exists() for name in names)

    def read(self, address: str, images: Path | None = None) -> Reading:
        """Read the release; its texts are read at once, about 20 KB a case.

        Raises
        ------
        SourceError
            If it cannot be read as a whole, or a folder of images is named beside a release, which has its own.
        """
        release = _release(address, images)
        folder, files = release.found.folder, release.found.files
        return Reading(release.address, _found(release), len(release.records), folder, files)


def _release(address: str, images: Path | None) -> Release:
    if address.startswith(SCHEMES):
        return read_mongodb(address, images)
    if images is not None:
        raise SourceError("a folder of images can only be named beside a MongoDB; a release has its own 'images'.")
    return read_release(Path(address))


def _found(release: Release) -> Iterator[Found]:
    found = release.found
    for case in read_cases(release):
        names = {image.image_id: ImageId(image.image_id).short for image in case.images}
        published = _OF_MEDPIX.fullmatch(case.short_id) is not None
        yield SourceCase(case, _of(names, found.paths), _of(names, found.ambiguous), published=published)
    yield from release.rejected
    yield Repetition(DocumentKind.CASE, release.repeated_cases)
    yield Repetition(DocumentKind.IMAGE, release.repeated_descriptions)
    if found.folder is not None:
        yield from (OrphanFile(path.relative_to(found.folder).as_posix()) for path in release.orphan_paths)


def _of(names: Mapping[str, str], known: Mapping[str, T]) -> dict[str, T]:
    """Return what is known of the images of these names, by image id."""
    return {image_id: known[name] for image_id, name in names.items() if name in known}
