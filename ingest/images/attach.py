"""Attach files to the images of cases: decode, store, and say which could not be read.

A file whose bytes were read before, and whose pixels are still stored, is not decoded again. A file that is
missing or refused leaves its image with a problem, and the case partial; nothing is dropped.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from ingest.case import Case, Image
from ingest.errors import RejectedFile
from ingest.grey_scale import GreyValues
from ingest.images.burned_in import BURNED_IN, burned_in
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
    published: Set[str] = frozenset(),
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
    published : set of str
        Ids of the cases in whose images nobody has to look for burned-in text.
    """
    reused = {
        image.image_id: stored[image.image_id]
        for case in cases
        for image in case.images
        if image.image_id in stored and _is_unchanged(paths.get(image.image_id), stored[image.image_id], objects)
    }
    image_ids = [image.image_id for case in cases for image in case.images]
    to_decode = {image_id: paths[image_id] for image_id in image_ids if image_id in paths and image_id not in reused}
    by_id = {image.image_id: image for case in cases for image in case.images}
    public = {image.image_id for case in cases if case.case_id in published for image in case.images}
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # what takes long, looking for text and writing, runs beside
        reading = {
            image_id: pool.submit(_read_image, by_id[image_id], path, outcome, keep, look=image_id not in public)
            for image_id, (path, outcome) in zip(to_decode, decoder.decode_files(to_decode.values()), strict=True)
        }
        read = {image_id: image.result() for image_id, image in reading.items()}
    for image_id, known in reused.items():
        again = _with_pixels(by_id[image_id], paths[image_id], known, known.object_key)
        again = replace(again, grey_values=known.grey_values)
        read[image_id] = _with_text(again, known.source_values.get(BURNED_IN))
    return [
        replace(case, images=tuple(read.get(image.image_id) or _missing(image, ambiguous) for image in case.images))
        for case in cases
    ]


def _is_unchanged(path: Path | None, known: Image, objects: ObjectStore) -> bool:
    """Tell whether a file has the bytes from which the stored pixels were made, and these are still there."""
    if path is None or known.object_key is None or not all(objects.path(key).is_file() for key in known.object_keys):
        return False
    try:
        return hashlib.sha256(read_regular_file(path)).hexdigest() == known.source_sha256
    except RejectedFile:
        return False


def _read_image(
    image: Image, path: Path, outcome: DecodedImage | RejectedFile, keep: Callable[[DecodedImage], str], *, look: bool
) -> Image:
    if isinstance(outcome, RejectedFile):
        return replace(image, source_name=path.name, problem=_joined(image.problem, str(outcome)))
    read = _with_pixels(image, path, outcome, keep(outcome))
    if outcome.grey and outcome.grey_png:
        key = keep(replace(outcome, png=outcome.grey_png))
        read = replace(read, grey_values=GreyValues(key, outcome.grey))
    return _with_text(read, burned_in(outcome) if look else None)


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
        pixel_size=read.pixel_size,
    )


def _with_text(image: Image, where: str | None) -> Image:
    return replace(image, source_values={**image.source_values, BURNED_IN: where}) if where else image


def _missing(image: Image, ambiguous: Mapping[str, str]) -> Image:
    return replace(image, problem=_joined(image.problem, ambiguous.get(image.image_id, MISSING)))


def _joined(*problems: str | None) -> str:
    return "; ".join(problem for problem in problems if problem)
