"""A box of pixels in an image, as `Image.crop_box_px` has it: left, top, right, bottom; right and bottom outside."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Box(NamedTuple):
    """Part of an image, in its pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width_px(self) -> int:
        """Return the number of columns."""
        return self.right - self.left

    @property
    def height_px(self) -> int:
        """Return the number of rows."""
        return self.bottom - self.top

    @property
    def area_px(self) -> int:
        """Return the number of pixels."""
        return max(self.width_px, 0) * max(self.height_px, 0)

    def crop(self, levels: np.ndarray) -> np.ndarray:
        """Return the pixels inside, as a view."""
        return levels[self.top : self.bottom, self.left : self.right]

    def lines(self, levels: np.ndarray, axis: int) -> np.ndarray:
        """Return the rows inside (axis 0), or the columns (axis 1)."""
        inside = self.crop(levels)
        return inside if axis == 0 else np.ascontiguousarray(inside.T)

    def part(self, axis: int, start: int, stop: int) -> Box:
        """Return the rows (axis 0) or columns (axis 1) from `start` to before `stop`, counted inside the box."""
        if axis == 0:
            return self._replace(top=self.top + start, bottom=self.top + stop)
        return self._replace(left=self.left + start, right=self.left + stop)


def overlap(one: Box, other: Box) -> float:
    """Return the intersection of two boxes over their union (Jaccard index)."""
    common = Box(
        max(one.left, other.left),
        max(one.top, other.top),
        min(one.right, other.right),
        min(one.bottom, other.bottom),
    )
    shared = common.area_px if common.width_px > 0 and common.height_px > 0 else 0
    union = one.area_px + other.area_px - shared
    return shared / union if union else 0.0
