"""What the classifier learns and answers: five tasks, and the label that an image has in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ingest.case import Image
from ingest.vocabulary import Depiction, Modality

OTHER_PLANE = "other"
NO_SLICE = ("X-ray", "radiograph", "3D reconstruction", "photograph")
"""What pictures without a plane are, in words."""


def plane_label(image: Image) -> str | None:
    """Return the plane; ``other`` for a radiograph's view or a picture that is no slice; None where unknown."""
    if image.plane is not None:
        return str(image.plane)
    no_slice = image.view is not None or image.depiction not in (None, Depiction.SCAN)
    return OTHER_PLANE if no_slice else None


TASKS: Mapping[str, Callable[[Image], str | None]] = {
    "modality": lambda image: None if image.modality is None else str(image.modality),
    "plane": plane_label,
    "depiction": lambda image: None if image.depiction is None else str(image.depiction),
    "region": lambda image: None if image.region is None else str(image.region),
    "location": lambda image: image.anatomical_location,
}


def names_in_words(task: str, label: str) -> tuple[str, ...]:
    """Return how one writes a label of a task: a code and its meaning."""
    if task == "modality":
        return (label, Modality(label).label)
    return NO_SLICE if (task, label) == ("plane", OTHER_PLANE) else (label,)
