"""What the classifier is sure of in each image of a workspace, kept from question to question.

A question is answered from what is kept as long as classifier, vectors and documents are the same. After a change only
images are classified whose pixels are new; after a change of the classifier, all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from casegraph.engines import Engines
from ingest.case import Image
from ingest.errors import StaleProjection, StorageError
from ingest.files import write_file
from ingest.remedies import Remedy, RemedyAction
from rag.index.indexing import content_key_of
from rag.index.interface import IMAGES, StoredVectors

_IMAGES_AT_ONCE = 256  # read from the disk to be compared with what the classifier knows
_FORMAT = 1


@dataclass(frozen=True)
class LabelsOf:
    """What the labels of all images were made by: the classifier, from which vectors, up to which change."""

    model: str
    vectors: str
    sequence: int


@dataclass(frozen=True)
class LabelledImage:
    """The pixels of an image, by the key under which its vector is kept, and the labels that are sure, by task."""

    content_key: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class KeptLabels:
    """The labels of all images, by image id."""

    made_by: LabelsOf | None = None
    images: Mapping[str, LabelledImage] = field(default_factory=dict[str, LabelledImage])

    def by_content(self, model: str) -> dict[str, LabelledImage]:
        """Return what is known of pixels by the same classifier."""
        if self.made_by is None or self.made_by.model != model:
            return {}
        return {one.content_key: one for one in self.images.values()}


def images_labelled(engines: Engines, task: str, labels: Sequence[str]) -> list[str]:
    """Return the ids of the images of which the classifier is sure that they show one of these labels, sorted.

    An image that has no vector of its present pixels yet is none of them.

    Raises
    ------
    StaleProjection
        If there are no vectors of images, or none by the encoder of the classifier.
    StorageError
        If what was found cannot be kept.
    """
    classifier, state = engines.models.classifier, engines.vectors[IMAGES].state()
    if state is None:
        raise StaleProjection("there are no vectors of images yet. Index.", remedy=Remedy(RemedyAction.INDEX))
    asked_of = LabelsOf(classifier.fingerprint, state.digest, engines.store.sequence())
    kept = _read(engines.image_labels)
    if kept.made_by != asked_of:
        kept = KeptLabels(asked_of, _labelled(engines, kept.by_content(asked_of.model)))
        _write(engines.image_labels, kept)
    return sorted(image_id for image_id, one in kept.images.items() if one.labels.get(task) in labels)


def _labelled(engines: Engines, known: Mapping[str, LabelledImage]) -> dict[str, LabelledImage]:
    """Return the labels of every image whose vector is of its present pixels; those that are not known are made."""
    held = engines.vectors[IMAGES].read(engines.models.image_encoder)
    if held is None:
        return {}
    images = _images(engines)
    places = {
        row.vector_id: place
        for place, row in enumerate(held.rows)
        if row.vector_id in images and row.content_key == content_key_of(images[row.vector_id])
    }
    found = dict(known)
    new = {held.rows[place].content_key: place for place in places.values()}
    missing = [place for key, place in new.items() if key not in found]
    for start in range(0, len(missing), _IMAGES_AT_ONCE):
        for one in _classified(engines, held, missing[start : start + _IMAGES_AT_ONCE], images):
            found[one.content_key] = one
    return {image_id: found[held.rows[place].content_key] for image_id, place in places.items()}


def _classified(
    engines: Engines, held: StoredVectors, places: Sequence[int], images: Mapping[str, Image]
) -> Iterator[LabelledImage]:
    rows = [held.rows[place] for place in places]
    pngs = [engines.objects.read(str(images[row.vector_id].object_key)) for row in rows]
    answers = engines.models.classifier.classify_images(pngs, np.asarray(held.vectors[list(places)]))
    for row, answer in zip(rows, answers, strict=True):
        yield LabelledImage(row.content_key, {task: said.label for task, said in answer.items() if said.sure})


def _images(engines: Engines) -> dict[str, Image]:
    cases = (stored.case for stored in engines.store.cases())
    return {image.image_id: image for case in cases for image in case.stored_images}


def _read(path: Path) -> KeptLabels:
    """Return what is kept; nothing where there is no such file, or it is damaged or of another form."""
    try:
        return _parsed(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return KeptLabels()


def _parsed(kept: dict[str, Any]) -> KeptLabels:
    if "format" not in kept or kept["format"] != _FORMAT:
        return KeptLabels()
    written: dict[str, tuple[str, dict[str, str]]] = kept["images"]
    images = {image_id: LabelledImage(key, labels) for image_id, (key, labels) in written.items()}
    made_by: dict[str, Any] = kept["made_by"]
    return KeptLabels(LabelsOf(**made_by), images)


def _write(path: Path, kept: KeptLabels) -> None:
    images = {image_id: (one.content_key, one.labels) for image_id, one in kept.images.items()}
    made_by = asdict(kept.made_by) if kept.made_by else None
    try:
        write_file(path, json.dumps({"format": _FORMAT, "made_by": made_by, "images": images}), private=True)
    except OSError as error:
        message = f"cannot write the labels of images to {path}: {error.strerror}. Free space or allow writing."
        raise StorageError(message) from error
