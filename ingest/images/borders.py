"""Plain borders: trimmed where a straight edge or nothing else than the border lies behind them."""

from __future__ import annotations

import numpy as np

from ingest.images.boxes import Box
from ingest.images.gutters import Gutter, find_gutters

_STRAIGHT = 0.6  # share of an image's side that shows against its border, where the image has no such margin itself
_BORDER_WITHIN = 6  # levels between the values of a border
_SAME_LEVEL = 12
_FRAME_SEEN = {True: 0.25, False: 0.15}
_LIGHT = 128


def trimmed(levels: np.ndarray, box: Box, ground: int | None = None) -> Box:
    """Return a panel's box without the bands at its sides that end in a straight edge.

    Parameters
    ----------
    ground : int, optional
        Level of the gutters that the panel was cut at: only bands of this level are no part of the panel.
    """
    for axis in (0, 1):
        lines = box.lines(levels, axis)
        ends = [g for g in find_gutters(lines) if ground is None or abs(g.level - ground) <= _SAME_LEVEL]
        start = max((g.stop for g in ends if g.start == 0 and g.after >= _STRAIGHT), default=0)
        stop = min((g.start for g in ends if g.stop == len(lines) and g.before >= _STRAIGHT), default=len(lines))
        if start < stop:
            box = box.part(axis, start, stop)
    return box


def without_frame(levels: np.ndarray, box: Box) -> Box:
    """Return a figure's box without the border around all its panels.

    Where a panel's own black margin hides the border's end on one side, the border is as wide as on the others.
    """
    lines = [box.lines(levels, axis) for axis in (0, 1)]
    plain, seen = [], []
    for axis in (0, 1):
        bands = find_gutters(lines[axis])
        first = next((g for g in bands if g.start == 0), Gutter(0, 0, 0.0, 0.0))
        last = next((g for g in bands if g.stop == len(lines[axis])), Gutter(0, 0, 0.0, 0.0))
        plain += [first.width_px, last.width_px]
        seen += [first.after >= _FRAME_SEEN[first.level >= _LIGHT], last.before >= _FRAME_SEEN[last.level >= _LIGHT]]
    usual = int(np.median([width for width, known in zip(plain, seen, strict=True) if known])) if any(seen) else 0
    top, bottom, left, right = (
        width if known else min(width, usual) for width, known in zip(plain, seen, strict=True)
    )
    inner = Box(box.left + left, box.top + top, box.right - right, box.bottom - bottom)
    return inner if inner.width_px > 0 and inner.height_px > 0 else box


def without_border(levels: np.ndarray, box: Box) -> Box:
    """Return a whole image without its plain border: lines of one level, the same all the way to the edge."""
    for axis in (0, 1):
        lines = box.lines(levels, axis).astype(np.int16)
        start = _border(lines)
        stop = len(lines) - _border(lines[::-1])
        if start < stop:
            box = box.part(axis, start, stop)
    return box


def _border(lines: np.ndarray) -> int:
    """Return how many lines from the first on are of one level."""
    level = int(np.median(lines[0]))
    other = (np.abs(lines - level) > _BORDER_WITHIN).any(axis=1)
    return int(np.argmax(other)) if other.any() else 0
