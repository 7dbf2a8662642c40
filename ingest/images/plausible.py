"""Whether a part of a figure can be a panel: not a letter, a line of text, a bar of colours, an empty cell."""

from __future__ import annotations

import numpy as np

from ingest.images.boxes import Box

MIN_PANEL_PX = 32  # shorter, it is a line of text, a letter, a bar of colours
_MIN_PANEL_SHARE = 0.04  # of the figure's longer side, likewise
_MAX_LENGTH = 8.0  # of a panel, in its widths
_MIN_SHOWN = 0.2  # of a panel is not its plain margin
_MIN_FILLED = 0.12  # of what a panel shows differs from the ground
_FILLED_BY = 12  # levels


def is_plausible(levels: np.ndarray, box: Box, ground: int = 0) -> bool:
    """Tell whether a part of a figure can be a panel by its size, its shape and how much it shows.

    Parameters
    ----------
    ground : int
        Level of the gutters, or of black margins, from which what a panel shows differs.
    """
    shown = content(levels, box)
    has_size = min(shown.width_px, shown.height_px) >= min_side_px(levels) and shown.area_px >= _MIN_SHOWN * box.area_px
    has_shape = all(max(b.width_px, b.height_px) <= _MAX_LENGTH * min(b.width_px, b.height_px) for b in (box, shown))
    return has_size and has_shape and _filled(shown.crop(levels), ground) >= _MIN_FILLED


def min_side_px(levels: np.ndarray) -> int:
    """Return the least side of a panel in a figure."""
    return max(MIN_PANEL_PX, int(_MIN_PANEL_SHARE * max(levels.shape)))


def _filled(levels: np.ndarray, ground: int) -> float:
    return float((np.abs(levels.astype(np.int16) - ground) > _FILLED_BY).mean())


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
    return np.ptp(lines, axis=1) > _FILLED_BY
