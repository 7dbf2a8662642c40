"""Straight edges in a figure: where a line of pixels differs from the next along a run, however little, if steadily.

Two panels with dark margins differ by a few levels where they meet, or not at all; what runs straight for a while and
differs by more than the lines on both sides is no texture. Short runs are letters.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d, uniform_filter1d

from ingest.images.boxes import Box
from ingest.images.gutters import steps_between

_RUN_PX = 13  # shorter edges are letters, and where a round outline touches
_MEAN_PX = 9
_STEP = 2.5  # levels, on average along a run,
_STEPS_OVER_TEXTURE = 2.5  # and how much more than between the lines on either side


class Edges:
    """A figure's lines and the straight edges between them, by axis: rows (0) and columns (1)."""

    def __init__(self, levels: np.ndarray) -> None:
        self.levels = levels

    @cached_property
    def _lines(self) -> tuple[np.ndarray, np.ndarray]:
        return self.levels, np.ascontiguousarray(self.levels.T)

    @cached_property
    def _straight(self) -> tuple[np.ndarray, np.ndarray]:
        rows, columns = self._lines
        return straight_edges(rows), straight_edges(columns)

    def inside(self, box: Box, axis: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the lines inside a box, and for each place between two, both ends included, where an edge is."""
        along, across = (box.top, box.bottom), (box.left, box.right)
        (start, stop), (first, last) = (along, across) if axis == 0 else (across, along)
        return self._lines[axis][start:stop, first:last], self._straight[axis][start : stop + 1, first:last]


def straight_edges(lines: np.ndarray) -> np.ndarray:
    """Tell where each line differs from the one before it, in straight runs; bool of shape (n + 1, length)."""
    found = np.zeros((len(lines) + 1, lines.shape[1]), np.uint8)
    if len(lines) > 1:
        found[1:-1] = _steady(lines) | steps_between(lines)
    runs = minimum_filter1d(found, _RUN_PX, axis=1, mode="constant")
    return maximum_filter1d(runs, _RUN_PX, axis=1, mode="constant").astype(bool)


def _steady(lines: np.ndarray) -> np.ndarray:
    """Tell where the mean step along a run is more than the mean of steps, of either sign, on both sides of it."""
    steps = np.diff(lines.astype(np.float32), axis=0)
    mean = np.abs(uniform_filter1d(steps, _MEAN_PX, axis=1))
    size = uniform_filter1d(np.abs(steps), _MEAN_PX, axis=1)
    texture = sum(np.roll(size, offset, axis=0) for offset in (-2, -1, 1, 2))
    return (mean >= _STEP) & (4 * mean > _STEPS_OVER_TEXTURE * texture)
