"""Plain borders: trimmed where a straight edge or nothing else than the border lies behind them."""

from __future__ import annotations

import numpy as np

from ingest.images.boxes import Box
from ingest.images.gutters import Gutter, find_gutters

_STRAIGHT = (0.85, 0.6)  # share of a panel's side that shows against a dark and a light border, if it has no margin
_BORDER_WITHIN = 6  # levels between the values of a border
_SAME_LEVEL = 12
_LIGHT = 128
_FRAME_SEEN = (0.5, 0.25)  # of a figure's side against a dark and a light border; where no side shows so much,
_FRAME_GUESSED = 0.25


def trimmed(levels: np.ndarray, box: Box, ground: int) -> Box:
    """Return a panel's box without the bands at its sides that end in a straight edge.

    Parameters
    ----------
    ground : int
        Level of the gutters that the panel was cut at: only bands of this level are no part of the panel.
    """
    for axis in (0, 1):
        lines = box.lines(levels, axis)
        straight = _STRAIGHT[ground >= _LIGHT]
        ends = [g for g in find_gutters(lines) if abs(g.level - ground) <= _SAME_LEVEL]
        start = max((g.stop for g in ends if g.start == 0 and g.after >= straight), default=0)
        stop = min((g.start for g in ends if g.stop == len(lines) and g.before >= straight), default=len(lines))
        if start < stop:
            box = box.part(axis, start, stop)
    return box


def without_frame(levels: np.ndarray, box: Box) -> Box:
    """Return a figure's box without the border around all its panels.

    Where a panel's own black margin hides the border's end on one side, the border is as wide as on the others.
    """
    sides = [side for axis in (0, 1) for side in _sides(box.lines(levels, axis))]
    widths = [width for width, _, _ in sides]
    known = [width == 0 or edge >= _FRAME_SEEN[level >= _LIGHT] for width, edge, level in sides]
    if not any(known):
        known = [edge >= _FRAME_GUESSED for _, edge, _ in sides]
    usual = int(np.median([width for width, is_known in zip(widths, known, strict=True) if is_known] or [0]))
    top, bottom, left, right = (
        width if is_known else min(width, usual) for width, is_known in zip(widths, known, strict=True)
    )
    inner = Box(box.left + left, box.top + top, box.right - right, box.bottom - bottom)
    return inner if inner.width_px > 0 and inner.height_px > 0 else box


def _sides(lines: np.ndarray) -> list[tuple[int, float, int]]:
    """Return of the plain bands at the first and at the last line the width, how much edge shows, and the level."""
    bands = find_gutters(lines)
    first = next((band for band in bands if band.start == 0), Gutter(0, 0, 0.0, 0.0))
    last = next((band for band in bands if band.stop == len(lines)), Gutter(0, 0, 0.0, 0.0))
    return [(first.width_px, first.after, first.level), (last.width_px, last.before, last.level)]


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
