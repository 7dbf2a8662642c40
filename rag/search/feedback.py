"""More like this, less like that: the question moves towards what was liked and away from what was not.

Rocchio, Relevance Feedback in Information Retrieval, 1971: ``q + LIKED mean(liked) - DISLIKED mean(disliked)``, on
words and on passages. Of pictures each that was liked asks beside those given, since the middle of an axial and a
coronal picture resembles neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from clip.encoders import Vectors
from ingest.case import Case
from ingest.errors import UnknownCase
from ingest.store.interface import DocumentStore

# Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, section 9.1.1: "reasonable values".
LIKED = 0.75
DISLIKED = 0.15


@dataclass(frozen=True)
class Feedback:
    """Cases and single images, liked and not. A liked case is liked with its pictures."""

    liked: tuple[Case, ...] = ()
    disliked: tuple[Case, ...] = ()
    liked_images: tuple[str, ...] = ()
    disliked_images: tuple[str, ...] = ()

    @property
    def case_ids(self) -> frozenset[str]:
        """Return the cases named, and those of the images named: what was judged is not found again."""
        images = (*self.liked_images, *self.disliked_images)
        return frozenset(case.case_id for case in (*self.liked, *self.disliked)) | {case_of(image) for image in images}


NO_FEEDBACK = Feedback()


def judged_ids(feedback: Feedback) -> tuple[list[str], list[str]]:
    """Return the ids of the cases liked and of those not."""
    return [case.case_id for case in feedback.liked], [case.case_id for case in feedback.disliked]


def case_of(image_id: str) -> str:
    """Return the id of the case that an image belongs to."""
    return image_id.rpartition("_")[0]


def read_feedback(more: Sequence[str], less: Sequence[str], store: DocumentStore) -> Feedback:
    """Look the named cases and images up.

    Raises
    ------
    UnknownCase
        If there is no such case, or it has no such image.
    """
    liked, liked_images = _looked_up(more, store)
    disliked, disliked_images = _looked_up(less, store)
    return Feedback(liked, disliked, liked_images, disliked_images)


def _looked_up(ids: Iterable[str], store: DocumentStore) -> tuple[tuple[Case, ...], tuple[str, ...]]:
    cases: list[Case] = []
    images: list[str] = []
    for named in ids:
        if "_" not in named.rpartition(":")[2]:
            cases.append(store.get(named).case)
            continue
        case = _case_named_or_of(named, store)
        short = named.rpartition(":")[2]
        found = [image.image_id for image in case.images if image.image_id.rpartition(":")[2] == short]
        if case.case_id.rpartition(":")[2] == short:
            cases.append(case)
        elif found:
            images.append(found[0])
        else:
            raise UnknownCase(f"case '{case.case_id}' has no image '{named}'. See its images: casegraph query.")
    return tuple(cases), tuple(images)


def _case_named_or_of(named: str, store: DocumentStore) -> Case:
    """Return the case of this id, else the case whose image has it: ids of journal cases have a ``_`` too."""
    try:
        return store.get(named).case
    except UnknownCase:
        return store.get(case_of(named)).case


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
