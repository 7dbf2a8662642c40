"""The labelled images of a workspace, and a classifier that did not learn from those that it is judged on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from clip.evaluation.images import LabelledImages
from ingest.case import Case, Image
from ingest.errors import InputError, StaleProjection
from kg.questions.cohort import age_band
from rag.index.interface import IMAGES
from ui.workspace.indexing import HELD_OUT_SPLITS
from ui.workspace.labels import TASKS

if TYPE_CHECKING:
    from clip.classification.classify import Classifier
    from ui.workspace.workspace import Workspace

UNKNOWN = "unknown"


def labelled_images(space: Workspace, wanted: Callable[[Case], bool]) -> LabelledImages:
    """Return the stored images of the cases that are wanted, with their vectors.

    Raises
    ------
    InputError
        If there are none.
    StaleProjection
        If the workspace has no vectors by its encoder.
    """
    held = space.vectors[IMAGES].read(space.models.image_encoder)
    if held is None:
        raise StaleProjection("the workspace has no vectors of images. Make them: casegraph index.")
    number = {row.vector_id: position for position, row in enumerate(held.rows)}
    found: list[tuple[Case, Image]] = [
        (stored.case, image)
        for stored in space.store.cases()
        if wanted(stored.case)
        for image in stored.case.images
        if image.object_key and image.image_id in number
    ]
    if not found:
        raise InputError("none of the cases to judge has an image. Name other cases: --split NAME.")
    return LabelledImages(
        case_ids=[case.case_id for case, _ in found],
        pngs=[space.objects.read(str(image.object_key)) for _, image in found],
        vectors=held.vectors[[number[image.image_id] for _, image in found]],
        labels={task: [label(image) for _, image in found] for task, label in TASKS.items()},
        groups={
            "sex": [str(case.patient.sex or UNKNOWN) for case, _ in found],
            "age": [age_band(case.patient.age_years) for case, _ in found],
            "modality": [str(image.modality or UNKNOWN) for _, image in found],
        },
    )


def train_images(space: Workspace, judged: Set[str]) -> LabelledImages | None:
    """Return the images that may be learned from when these cases are judged; None where there are none."""
    try:
        return labelled_images(space, lambda case: case.split not in HELD_OUT_SPLITS and case.case_id not in judged)
    except InputError:
        return None


@contextmanager
def unseen_classifier(space: Workspace, train: LabelledImages | None) -> Iterator[tuple[Classifier, tuple[str, ...]]]:
    """Yield a classifier that learned from none of the judged cases, and what has to be said of it.

    Heads that the workspace trained are trained again on `train`; those that come with a model stay as they are.
    """
    from clip.classification.classify import load_classifier, train_heads

    models = space.models
    if models.comes_with_heads:
        said = f"The heads come with '{models.image_encoder.name}': cases it learned from are named right too often."
        yield models.classifier, (said,)
        return
    if train is None:
        raise InputError("no case is left to train the heads on. Judge fewer cases: --split NAME.")
    with tempfile.TemporaryDirectory(prefix="casegraph-") as folder:
        place = Path(folder)
        image_of = train.pngs.__getitem__
        train_heads(models.image_encoder, train.vectors, train.labels, train.case_ids, place, image_of=image_of)
        said = f"The heads were trained for this on {len(train.pngs)} images of cases that are not judged."
        yield load_classifier(place, models.image_encoder), (said,)
