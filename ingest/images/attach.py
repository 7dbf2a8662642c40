"""Attach files to the images of cases: decode, store, and say which could not be read.

A file whose bytes were read before, and whose pixels are still stored, is not decoded again. A file that is
missing or refused leaves its image with a problem, and the case partial; nothing is dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from ingest.case import Case, Image
from ingest.errors import RejectedFile
from ingest.images.decoder import Decoder, read_regular_file
from ingest.images.decoding import DecodedImage
from ingest.images.objects import ObjectStore

MISSING = "its image file is missing"


def attach_images(
    cases: Sequence[Case],
    paths: Mapping[str, Path],
    *,
    stored: Mapping[str, Image],
    objects: ObjectStore,
    decoder: Decoder,
    keep: Callable[[DecodedImage], str],
    ambiguous: Mapping[str, str] = MappingProxyType({}),
) -> list[Case]:
    """Return the cases with their images' files.

    Parameters
    ----------
    cases : sequence of Case
        Cases whose images have no file yet.
    paths : mapping
        Files by image id.
    stored : mapping
        What the document store has of these images, by image id.
    objects : ObjectStore
        Where the pixels of earlier runs are.
    decoder : Decoder
        Reads files that are new or changed.
    keep : callable
        Stores pixels and returns their key.
    ambiguous : mapping
        Why an image has no file although several carry its name, by image id.
    """
    reused = {
        image.image_id: stored[image.image_id]
        for case in cases
        for image in case.images
        if image.image_id in stored and _is_unchanged(paths.get(image.image_id), stored[image.image_id], objects)
    }
    image_ids = [image.image_id for case in cases for image in case.images]
    to_decode = {image_id: paths[image_id] for image_id in image_ids if image_id in paths and image_id not in reused}
    read: dict[str, Image] = {}
    by_id = {image.image_id: image for case in cases for image in case.images}
    for image_id, (path, outcome) in zip(to_decode, decoder.decode_files(to_decode.values()), strict=True):
        read[image_id] = _read_image(by_id[image_id], path, outcome, keep)
    for image_id, known in reused.items():
        read[image_id] = _with_pixels(by_id[image_id], paths[image_id], known, known.object_key)
    return [
        replace(case, images=tuple(read.get(image.image_id) or _missing(image, ambiguous) for image in case.images))
        for case in cases
    ]


def _is_unchanged(path: Path | None, known: Image, objects: ObjectStore) -> bool:
    """Tell whether a file has the bytes from which the stored pixels were made, and these are still there."""
    if path is None or known.object_key is None or not objects.path(known.object_key).is_file():
        return False
    try:
        return hashlib.sha256(read_regular_file(path)).hexdigest() == known.source_sha256
    except RejectedFile:
        return False


def _read_image(
    image: Image, path: Path, outcome: DecodedImage | RejectedFile, keep: Callable[[DecodedImage], str]
) -> Image:
    if isinstance(outcome, RejectedFile):
        return replace(image, source_name=path.name, problem=_joined(image.problem, str(outcome)))
    return _with_pixels(image, path, outcome, keep(outcome))


def _with_pixels(image: Image, path: Path, read: DecodedImage | Image, object_key: str | None) -> Image:
    """Return the image with pixels that were decoded now, or in an earlier run."""
    return replace(
        image,
        object_key=object_key,
        source_name=path.name,
        source_sha256=read.source_sha256,
        pixel_sha256=read.pixel_sha256,
        width_px=read.width_px,
        height_px=read.height_px,
        modality=image.modality or read.modality,
        frame=read.frame,
    )


def _missing(image: Image, ambiguous: Mapping[str, str]) -> Image:
    return replace(image, problem=_joined(image.problem, ambiguous.get(image.image_id, MISSING)))


def _joined(*problems: str | None) -> str:
    return "; ".join(problem for problem in problems if problem)
