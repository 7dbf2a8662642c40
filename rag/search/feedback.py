"""More like this, less like that: the question moves towards what was liked and away from what was not.

Rocchio, Relevance Feedback in Information Retrieval, 1971: ``q + LIKED mean(liked) - DISLIKED mean(disliked)``, on
words and on passages. Of images each that was liked asks beside those given, since the middle of an axial and a
coronal image resembles neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from clip.vectors import Vectors
from ingest.case import Case, Image
from ingest.errors import UnknownCase
from ingest.ids import ImageId
from ingest.store.interface import DocumentStore
from ingest.store.lookup import find_image

# Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, section 9.1.1: "reasonable values".
LIKED = 0.75
DISLIKED = 0.15


@dataclass(frozen=True)
class Feedback:
    """Cases and single images, liked and not. A liked case is liked with its images."""

    liked: tuple[Case, ...] = ()
    disliked: tuple[Case, ...] = ()
    liked_images: tuple[str, ...] = ()
    disliked_images: tuple[str, ...] = ()
    cases_of_images: frozenset[str] = frozenset()

    @property
    def case_ids(self) -> frozenset[str]:
        """Return the cases named, and those of the images named: what was judged is not found again."""
        return frozenset(case.case_id for case in (*self.liked, *self.disliked)) | self.cases_of_images


NO_FEEDBACK = Feedback()


def judged_ids(feedback: Feedback) -> tuple[list[str], list[str]]:
    """Return the ids of the cases liked and of those not."""
    return [case.case_id for case in feedback.liked], [case.case_id for case in feedback.disliked]


def read_feedback(more: Sequence[str], less: Sequence[str], store: DocumentStore) -> Feedback:
    """Look the named cases and images up.

    Raises
    ------
    UnknownCase
        If there is no such case, or it has no such image.
    """
    liked, liked_images = _looked_up(more, store)
    disliked, disliked_images = _looked_up(less, store)
    cases_of_images = frozenset(case.case_id for case, _ in (*liked_images, *disliked_images))
    return Feedback(liked, disliked, _image_ids(liked_images), _image_ids(disliked_images), cases_of_images)


def _image_ids(found: Iterable[tuple[Case, Image]]) -> tuple[str, ...]:
    return tuple(image.image_id for _, image in found)


def _looked_up(ids: Iterable[str], store: DocumentStore) -> tuple[tuple[Case, ...], tuple[tuple[Case, Image], ...]]:
    cases: list[Case] = []
    images: list[tuple[Case, Image]] = []
    for named in ids:
        found = _case_or_image(named, store)
        cases += [found] if isinstance(found, Case) else []
        images += [] if isinstance(found, Case) else [found]
    return tuple(cases), tuple(images)


def _case_or_image(named: str, store: DocumentStore) -> Case | tuple[Case, Image]:
    """Return the case of this id, else the image with its case: ids of cases may have a ``_`` too."""
    try:
        return store.get(named).case
    except UnknownCase:
        if not ImageId(named).possible_case_ids:
            raise
    return find_image(named, lambda case_id: store.get(case_id).case)


def moved(vectors: Vectors, liked: Vectors, disliked: Vectors) -> Vectors:
    """Move each question vector, or where there is none the origin, by what was liked and not; unit rows."""
    if not len(vectors) and not len(liked):
        return vectors
    shift = np.zeros(liked.shape[1], dtype=np.float32)
    if len(liked):
        shift += LIKED * liked.mean(axis=0)
    if len(disliked):
        shift -= DISLIKED * disliked.mean(axis=0)
    rows = (vectors if len(vectors) else np.zeros((1, len(shift)), dtype=np.float32)) + shift
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.ascontiguousarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-6), np.float32)
