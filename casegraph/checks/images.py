"""Whether the stored images are there, whole, without metadata, and wanted by some case."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from enum import StrEnum
from pathlib import Path

from casegraph.checks.problem import INGEST, Problem
from ingest.case import Case
from ingest.errors import DamagedFile, InputError
from ingest.images.objects import ObjectStore
from ingest.images.stored import foreign_parts, require_pixels
from ingest.remedies import Remedy, RemedyAction


class ImageCheck(StrEnum):
    """What can be wrong with images."""

    MISSING = "image-missing"  # a case names a file that is not there
    DAMAGED = "image-damaged"  # its bytes are not those that its name says
    ORPHAN = "image-orphan"  # no case has it
    UNDECODABLE = "image-undecodable"  # it is the file that was written, but no image
    METADATA = "image-metadata"  # it holds more than pixels
    OUTSIDE = "image-outside"  # its key or a link leads out of the workspace


def check_images(cases: Iterable[Case], objects: ObjectStore, originals: Set[str]) -> Iterator[Problem]:
    """Yield what is wrong with images.

    Parameters
    ----------
    originals : set of str
        Keys of images that a person had cropped, redacted or rejected, and that are kept as they were read.
    """
    named: defaultdict[str, list[str]] = defaultdict(list)
    for case in cases:
        for image in case.images:
            for key in image.object_keys:
                named[key].append(image.image_id)
            if image.is_panel and image.derived_from is not None:
                named[image.derived_from].append(f"figure of {image.image_id}")
    for key in originals - named.keys():
        named[key].append(f"original {key}")
    for key, image_ids in sorted(named.items()):
        yield from _of_key(key, image_ids, objects)
    yield from _orphans(objects, named)


def _of_key(key: str, image_ids: list[str], objects: ObjectStore) -> Iterator[Problem]:
    try:
        path = objects.path(key)
    except InputError as error:
        yield from _each(ImageCheck.OUTSIDE, image_ids, str(error))
        return
    if _leads_out(path, objects.folder):
        yield from _each(ImageCheck.OUTSIDE, image_ids, f"{key} is a link out of the workspace")
        return
    try:
        png = path.read_bytes()
    except OSError as error:
        yield from _each(ImageCheck.MISSING, image_ids, f"{key} cannot be read: {error.strerror}")
        return
    if hashlib.sha256(png).hexdigest() != path.stem:
        yield from _each(ImageCheck.DAMAGED, image_ids, f"{key} is not as it was written")
        return
    try:
        require_pixels(png)
        foreign = foreign_parts(png)
    except DamagedFile as error:
        yield from _each(ImageCheck.UNDECODABLE, image_ids, f"{key} is not a valid image: {error}")
        return
    if foreign:
        yield from _each(ImageCheck.METADATA, image_ids, f"{key} holds more than pixels: {', '.join(foreign)}")


def _each(check: ImageCheck, image_ids: Iterable[str], detail: str) -> Iterator[Problem]:
    return (Problem(check, image_id, detail, INGEST) for image_id in image_ids)


def _leads_out(path: Path, folder: Path) -> bool:
    """Tell whether a file, or the folder that it is in, is a link to elsewhere."""
    return not path.resolve().is_relative_to(folder.resolve())


def _orphans(objects: ObjectStore, named: Mapping[str, object]) -> Iterator[Problem]:
    for key in sorted(objects.keys()):
        path = objects.path(key)
        mend = Remedy(RemedyAction.REMOVE_FILE, str(path))
        if _leads_out(path, objects.folder) and key not in named:
            yield Problem(ImageCheck.OUTSIDE, key, "it is a link out of the workspace", mend)
        elif key not in named:
            detail = "no case has this image; if its ingest was interrupted, the next one takes it up again"
            yield Problem(ImageCheck.ORPHAN, key, detail, mend)
