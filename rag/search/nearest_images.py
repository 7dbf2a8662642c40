"""The images nearest to those that ask.

An image may have been turned, mirrored or cut out of a screenshot before it came here, but seldom was. So a view of it
that differs from what was given has to be nearer by `VIEW_PENALTY` to count.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clip.vectors import Vectors
from rag.index.interface import Neighbour, VectorIndex

# Images of one modality and plane lie within .02 of each other in `compact`: at .05 a mirrored image or a screenshot is
# found no better than without views. Chosen on thirty images, others than `benchmarks.quality_changed_images` draws.
VIEW_PENALTY = 0.003


@dataclass(frozen=True)
class AskingImages:
    """What asks of images.

    Attributes
    ----------
    vectors : Vectors
        Unit vectors of shape (q, d).
    names : tuple of str, length q
        What each is, in words: "your image 2, turned by 90 degrees".
    changed : ndarray of bool, shape (q,)
        Whether it is a view that differs from the image as it was given.
    """

    vectors: Vectors
    names: tuple[str, ...]
    changed: NDArray[np.bool_]


def as_given(vectors: Vectors, name: str) -> AskingImages:
    """Return images that ask as they are, all of one name."""
    return AskingImages(vectors, (name,) * len(vectors), np.zeros(len(vectors), dtype=bool))


def nearest_cases(index: VectorIndex, asking: AskingImages, k: int, allowed: Set[str]) -> list[Neighbour]:
    """Return the `k` allowed cases that have the image nearest to one that asks, nearest first."""
    best: dict[str, Neighbour] = {}
    for rows in _parts(asking):
        for near in index.similar_cases(asking.vectors[rows], k, allowed):
            found = replace(near, query_number=int(rows[near.query_number]))
            known = best.get(near.case_id)
            if known is None or nearness(found, asking) > nearness(known, asking):
                best[near.case_id] = found
    return sorted(best.values(), key=lambda near: (-nearness(near, asking), near.case_id))[:k]


def nearest_images(index: VectorIndex, asking: AskingImages, case_id: str, k: int) -> list[Neighbour]:
    """Return the `k` images of one case that are nearest to one that asks, nearest first."""
    best: dict[str, Neighbour] = {}
    count = len(index.vectors_of(case_id))
    for rows in _parts(asking):
        for near in index.nearest_rows(asking.vectors[rows], case_id, count):
            found = replace(near, query_number=int(rows[near.query_number]))
            known = best.get(near.row.vector_id)
            if known is None or nearness(found, asking) > nearness(known, asking):
                best[near.row.vector_id] = found
    return sorted(best.values(), key=lambda near: -nearness(near, asking))[:k]


def nearness(near: Neighbour, asking: AskingImages) -> float:
    """Return how much a neighbour counts: its similarity, less `VIEW_PENALTY` where it is one of a changed view."""
    return near.similarity - VIEW_PENALTY * bool(asking.changed[near.query_number])


def _parts(asking: AskingImages) -> list[NDArray[np.intp]]:
    """Return the rows as they were given and those of changed views, without a part that is empty."""
    return [rows for rows in (np.flatnonzero(~asking.changed), np.flatnonzero(asking.changed)) if len(rows)]
