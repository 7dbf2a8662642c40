"""Zero-shot: an image is named by labels that are only written down, without any head that was trained for them.

Each label becomes prompts, the prompts become one unit vector, and the image gets the label whose vector is nearest
(Radford et al., Learning Transferable Visual Models From Natural Language Supervision, ICML 2021, section 3.1.4). Any
encoder that has images and words in one space can be asked. Its answers are similarities and not calibrated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeGuard

import numpy as np

from clip.classification.calibration import Probabilities, softmax
from clip.encoders import ImageEncoder, TextEncoder
from clip.vectors import Vectors, require_vectors, unit_vectors
from ingest.errors import InputError
from ingest.remedies import Remedy, RemedyAction

OWN_LABELS = "own labels"

_PLANES = ("axial", "sagittal", "coronal")
_PLACES = ("Head", "Thorax", "Abdomen", "Spine and Muscles")
_SCANS = ("CT", "MR")

# As captions are written: what else an image shows is averaged out. Beside shorter prompts ("{} scan"), out of fold:
# benchmarks/results/judge_zero_shot.csv.
TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "modality": ("{}", *(f"{plane} {{}} of the {place}" for plane in _PLANES for place in _PLACES)),
    "plane": tuple(f"{{}} {scan} of the {place}" for scan in _SCANS for place in _PLACES),
    "depiction": tuple(f"{{}} {scan} of the {place}" for scan in _SCANS for place in _PLACES),
    "region": tuple(f"{plane} {scan} of the {{}}" for plane in _PLANES for scan in _SCANS),
    "location": (
        *(f"{scan} {{}}" for scan in _SCANS),
        *(f"{scan}, {plane}, {{}}" for scan in _SCANS for plane in _PLANES),
    ),
    OWN_LABELS: ("{}", "a medical image: {}", "{} in a radiological picture"),
}


class ImageTextEncoder(ImageEncoder, TextEncoder, Protocol):
    """Turns images and texts into unit vectors of one space."""

    @property
    def scale(self) -> float:
        """What cosines are multiplied by before the softmax, as the model learned it."""
        ...


@dataclass(frozen=True)
class ZeroShotAnswer:
    """The nearest label of one task, by words alone.

    Attributes
    ----------
    similarity : float
        Cosine of the image and the label's words; not calibrated, and no probability.
    similarities : mapping of str to float
        Those of all labels.
    """

    task: str
    label: str
    similarity: float
    similarities: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class ZeroShot:
    """Labels as vectors; `labels` and `vectors` (shape (c, d)) by task."""

    encoder: ImageTextEncoder
    labels: Mapping[str, tuple[str, ...]]
    vectors: Mapping[str, Vectors]

    def classify(self, png: bytes) -> list[ZeroShotAnswer]:
        """Return the answer of every task for a PNG."""
        image = self.encoder.embed_images([png])
        return [self._answer(task, (image @ rows.T)[0]) for task, rows in self.vectors.items()]

    def probabilities(self, images: Vectors) -> dict[str, Probabilities]:
        """Return rows of shape (n, c) per task for images' unit vectors of shape (n, d)."""
        known = require_vectors(images, dimension=self.encoder.dimension)
        return {task: softmax(known @ rows.T, 1 / self.encoder.scale) for task, rows in self.vectors.items()}

    def _answer(self, task: str, row: Vectors) -> ZeroShotAnswer:
        by_label = {label: float(value) for label, value in zip(self.labels[task], row, strict=True)}
        label = max(by_label, key=by_label.__getitem__)
        return ZeroShotAnswer(task, label, by_label[label], by_label)


def open_zero_shot(encoder: ImageEncoder, names: Mapping[str, Mapping[str, Sequence[str]]]) -> ZeroShot:
    """Turn labels into vectors.

    Parameters
    ----------
    names : mapping of str to mapping of str to sequence of str
        For each task (a key of `TEMPLATES`) its labels, and for each label its names in words.

    Raises
    ------
    InputError
        If the encoder knows no words, or a task has fewer than two labels.
    """
    if not _knows_words(encoder):
        raise InputError(
            f"encoder '{encoder.name}' does not encode words, so it cannot classify by labels alone. Choose one "
            "that has images and words in one space.",
            remedy=Remedy(RemedyAction.USE_SETTINGS, settings=(("image_encoder", "compact"),)),
        )
    for task, labels in names.items():
        if len(labels) < 2:
            raise InputError(f"{task}: {len(labels)} label(s) to choose from, expected two or more.")
    vectors = {
        task: class_vectors(encoder.embed_texts, list(labels.values()), TEMPLATES[task])
        for task, labels in names.items()
    }
    return ZeroShot(encoder, {task: tuple(labels) for task, labels in names.items()}, vectors)


def _knows_words(encoder: ImageEncoder) -> TypeGuard[ImageTextEncoder]:
    return hasattr(encoder, "embed_texts") and hasattr(encoder, "scale")


def class_vectors(
    encode_text: Callable[[Sequence[str]], Vectors], class_names: Sequence[Sequence[str]], templates: Sequence[str]
) -> Vectors:
    """Average the prompts of each class into one unit vector.

    Parameters
    ----------
    encode_text : callable
        Maps n strings to unit vectors, float32 of shape (n, d).
    class_names : sequence of sequences of str, length c
        The names of each class, at least one, as a radiologist writes them.
    templates : sequence of str
        Prompts with one ``{}``, for example ``"axial CT of the {}"``.

    Returns
    -------
    Vectors
        float32 of shape (c, d), one unit vector per class, in the order of `class_names`.

    Raises
    ------
    InputError
        If there is no class, no template, or a class without a name.
    """
    if not class_names or not templates or not all(class_names):
        raise InputError("class vectors need at least one class, one name for each, and one template.")
    prompts = [[template.format(name) for name in names for template in templates] for names in class_names]
    rows = encode_text([prompt for of_class in prompts for prompt in of_class])
    ends = np.cumsum([len(of_class) for of_class in prompts])
    means = [rows[end - len(of_class) : end].mean(axis=0) for of_class, end in zip(prompts, ends, strict=True)]
    return unit_vectors(np.stack(means))
