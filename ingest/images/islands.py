"""Panels that no straight line parts: rectangles that stand apart on a plain ground."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from ingest.images.boxes import Box
from ingest.images.plausible import is_plausible, min_side_px

_GROUNDS = ((228, 255), (0, 20), (0, 4))  # levels of a light and of a dark ground
_MIN_RECTANGLE = 0.5  # of a panel's outline lies on it
_MIN_COVERED = 0.75  # of the figure
_OUTLINE_PX = 3
_MIN_ISLANDS = 3


def islands(levels: np.ndarray, box: Box, outlined: float = _MIN_RECTANGLE) -> list[Box]:
    """Return the rectangles on a plain ground, if these are nearly all that there is; else none.

    Parameters
    ----------
    outlined : float
        Least share of the weakest side of a rectangle that shows.
    """
    for low, high in _GROUNDS:
        inside = box.crop(levels)
        found = _rectangles((inside < low) | (inside > high), box, min_side_px(levels), outlined)
        found = [part for part in found if is_plausible(levels, part, high if low else 0)]
        if len(found) >= _MIN_ISLANDS and sum(part.area_px for part in found) >= _MIN_COVERED * box.area_px:
            return found
    return []


def _rectangles(shown: np.ndarray, box: Box, min_side: int, outlined: float) -> list[Box]:
    labels = np.zeros(shown.shape, np.int32)
    ndimage.label(shown, output=labels)
    parts = [Box(columns.start, rows.start, columns.stop, rows.stop) for rows, columns in ndimage.find_objects(labels)]
    parts = _outermost([part for part in parts if min(part.width_px, part.height_px) >= min_side])
    outlines = [_outline(part.crop(shown)) for part in parts]
    if outlined > _MIN_RECTANGLE and min(outlines, default=0) < outlined:
        return []
    found = [
        Box(part.left + box.left, part.top + box.top, part.right + box.left, part.bottom + box.top)
        for part, outline in zip(parts, outlines, strict=True)
        if outline >= outlined
    ]
    overlapping = any(
        one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom
        for i, one in enumerate(found)
        for other in found[:i]
    )
    return [] if overlapping else found


def _outline(shown: np.ndarray) -> float:
    """Return the share of the weakest side of a rectangle that is not of the ground."""
    n = _OUTLINE_PX
    sides = (shown[:n].any(axis=0), shown[-n:].any(axis=0), shown[:, :n].any(axis=1), shown[:, -n:].any(axis=1))
    return min(float(side.mean()) for side in sides)


def _outermost(boxes: list[Box]) -> list[Box]:
    """Return the boxes that lie in no other: what lies inside one is of the same image."""
    return [
        box for i, box in enumerate(boxes) if not any(_lies_in(box, other) for k, other in enumerate(boxes) if k != i)
    ]


def _lies_in(box: Box, other: Box) -> bool:
    return (
        box != other
        and other.left <= box.left
        and other.top <= box.top
        and box.right <= other.right
        and box.bottom <= other.bottom
    )
