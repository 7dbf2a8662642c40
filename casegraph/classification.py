"""One image classified: the heads' predictions, and the nearest labelled images as reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from casegraph.labels import OTHER_PLANE, TASKS, names_in_words
from casegraph.loaded_models import LoadedModels
from clip.classification.classify import Doubt, Prediction
from ingest.case import Case, Image
from ingest.concepts.judgement import judgement_in
from ingest.errors import InputError
from ingest.images.decoding import DecodedImage
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Modality, Plane, Region
from rag.index.interface import VectorIndex
from rag.search.facts import ImageLabels

UNLIKE_TRAINING = "This does not look like a scan that the classifier knows: do not rely on what it says of it."


@dataclass(frozen=True)
class NearImage:
    """A labelled image that resembles the one asked about."""

    image_id: str
    case_id: str
    score: float
    modality: str | None
    plane: str | None
    depiction: str | None
    region: str | None
    location: str | None


@dataclass(frozen=True)
class Classification:
    """What the classifier says of an image. `header_modality` is what a DICOM file says of itself."""

    predictions: tuple[Prediction, ...]
    neighbours: tuple[NearImage, ...]
    header_modality: str | None
    notices: tuple[str, ...]


def classify_image(
    asked: DecodedImage, models: LoadedModels, images: VectorIndex, store: DocumentStore, *, neighbours: int
) -> Classification:
    """Embed the image once; ask the heads, and the vectors for its nearest labelled images."""
    vectors = models.asking_encoder.embed_images([asked.png])
    predictions = models.classifier.classify(asked.png, vectors[0])
    near = images.similar_cases(vectors, neighbours, frozenset(store.case_ids()))
    labelled = [(found, _image_of(store, found.case_id, found.row.vector_id)) for found in near]
    return Classification(
        predictions=tuple(predictions.values()),
        neighbours=tuple(_near_image(image, found.case_id, found.similarity) for found, image in labelled),
        header_modality=None if asked.modality is None else str(asked.modality),
        notices=_notices(asked, predictions),
    )


def labels_seen(models: LoadedModels, png: bytes) -> ImageLabels:
    """Return what an image shows, so far as the classifier is sure of it."""
    predictions = models.classifier.classify(png, models.asking_encoder.embed_images([png])[0])
    sure = {task: prediction.label for task, prediction in predictions.items() if prediction.sure}
    modality, plane, region = (sure.get(task) for task in ("modality", "plane", "region"))
    return ImageLabels(
        modality=Modality(modality) if modality else None,
        plane=Plane(plane) if plane and plane != OTHER_PLANE else None,
        region=Region(region) if region else None,
    )


def _image_of(store: DocumentStore, case_id: str, image_id: str) -> Image:
    return next(image for image in store.get(case_id).case.images if image.image_id == image_id)


def _near_image(image: Image, case_id: str, score: float) -> NearImage:
    labels = {task: label(image) for task, label in TASKS.items()}
    return NearImage(image.image_id, case_id, float(score), **labels)


def _notices(asked: DecodedImage, predictions: Mapping[str, Prediction]) -> tuple[str, ...]:
    said, modality = asked.modality, predictions.get("modality")
    if any(prediction.doubt is Doubt.UNLIKE_TRAINING for prediction in predictions.values()):
        return (*asked.notices, UNLIKE_TRAINING)
    if said is None or modality is None or not modality.sure or modality.label == said:
        return asked.notices
    return (*asked.notices, f"The DICOM header says {said}, the image looks like {modality.label}.")


def own_doubt(prediction: Prediction) -> str:
    """Say why one answer is not sure; empty where it is, or where a notice says it of the whole image."""
    return "" if prediction.doubt is Doubt.UNLIKE_TRAINING else prediction.reason


def names_of_labels(cases: Iterable[Case]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, for each task, the labels that images of these cases have, with their names in words.

    Tasks with fewer than two labels are left out.
    """
    images = [image for case in cases for image in case.images]
    labels = {task: sorted({found for image in images if (found := label(image))}) for task, label in TASKS.items()}
    return {
        task: {label: names_in_words(task, label) for label in found}
        for task, found in labels.items()
        if len(found) > 1
    }


def names_of_own_labels(labels: Sequence[str]) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """Return labels of a user's own, as they are written.

    Raises
    ------
    InputError
        If one names a disease or finding, or says that there is none: how near an image is to words is no diagnosis.
    """
    from clip.classification.zero_shot import OWN_LABELS

    kept = dict.fromkeys(label.strip() for label in labels if label.strip())
    for label in kept:
        if found := judgement_in(label):
            raise InputError(
                f"the label '{label}' says what is wrong or not wrong with somebody ('{found}'). By words alone an "
                "image is not diagnosed: such similarities were never tested for diseases and findings. Name what an "
                "image is of: a modality, a plane, a part of the body."
            )
    return {OWN_LABELS: {label: (label,) for label in kept}}
