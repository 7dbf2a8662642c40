"""Plain borders: trimmed where a straight edge or nothing else than the border lies behind them."""

from __future__ import annotations

import numpy as np

from ingest.images.boxes import Box
from ingest.images.gutters import find_gutters

_STRAIGHT = 0.3  # share of an image's side that shows against its border, where the image has no such margin itself
_BORDER_WITHIN = 6  # levels between the values of a border


def trimmed(levels: np.ndarray, box: Box) -> Box:
    """Return a panel's box without the bands at its sides that end in a straight edge."""
    for axis in (0, 1):
        lines = box.lines(levels, axis)
        gutters = find_gutters(lines)
        start, stop = 0, len(lines)
        if gutters and gutters[0].start == 0 and gutters[0].after >= _STRAIGHT:
            start = gutters[0].stop
        if gutters and gutters[-1].stop == stop and gutters[-1].before >= _STRAIGHT:
            stop = gutters[-1].start
        if start < stop:
            box = box.part(axis, start, stop)
    return box


def content(levels: np.ndarray, box: Box) -> Box:
    """Return the box without all plain lines at its sides; empty where all is plain."""
    for axis in (0, 1):
        if not box.area_px:
            return box
        lines = box.lines(levels, axis)
        varied = np.flatnonzero(_varied(lines))
        box = box.part(axis, int(varied[0]), int(varied[-1]) + 1) if len(varied) else box.part(axis, 0, 0)
    return box


def _varied(lines: np.ndarray) -> np.ndarray:
    """Tell which lines have values that differ from each other, or lie between lines that do."""
    return np.ptp(lines, axis=1) > 2 * _BORDER_WITHIN


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
