"""What the classifier learns and answers: five tasks, and the label that an image has in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ingest.case import Image
from ingest.vocabulary import Depiction, Modality

OTHER_PLANE = "other"


def plane_label(image: Image) -> str | None:
    """Return the plane; ``other`` for a radiograph's view or an image that is no slice; None where unknown."""
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

# Labels that say little as they stand, in words.
_WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("plane", OTHER_PLANE): ("X-ray", "radiograph", "3D reconstruction", "photograph"),
    ("depiction", str(Depiction.SCAN)): ("axial", "sagittal", "coronal"),
}
_READ_AS_WRITTEN = (Modality.CT, Modality.MR)


def names_in_words(task: str, label: str) -> tuple[str, ...]:
    """Return how one writes a label of a task: most as they stand, a code by its meaning."""
    if task == "modality" and label not in _READ_AS_WRITTEN:
        return (Modality(label).label,)
    return _WORDS.get((task, label), (label,))
