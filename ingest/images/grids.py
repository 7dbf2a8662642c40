"""Grids of equal cells: a boundary need not show everywhere, if nothing crosses any of them.

Scans with black margins side by side leave no edge between them, but in a grid other cells show where it must be.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ingest.images.gutters import Gutter, find_gutters, steps_between
from ingest.images.plausible import MIN_PANEL_PX

MAX_CELLS = 6  # in a row or column
_WINDOW = 0.05  # of a cell, in which its end is looked for
_MIN_WINDOW_PX = 4
_DARK = 10  # the highest level of a black margin
_MAX_CROSSING = 0.05  # of a boundary's length
_SHOWN = 0.3  # of a panel's side: then it tells where the gutter is;
_HIDDEN_PX = 8  # else it is no wider
_FAR = 5.0  # how much it speaks against a boundary to be far from where it is expected
_MIN_STEPS = 0.6  # of a boundary's length where at least one side is not black


def divisions(lines: np.ndarray, straight: np.ndarray, widest: int) -> dict[int, list[Gutter]]:
    """Return the boundaries between equal parts, by the number of parts, for the numbers that are possible."""
    found: dict[int, list[Gutter]] = {1: []}
    step, bands = straight[1:-1] | steps_between(lines), find_gutters(lines)
    for n in range(2, min(MAX_CELLS, len(lines) // MIN_PANEL_PX) + 1):
        between = _boundaries(lines, step, bands, n, widest)
        if between is not None:
            found[n] = between
    return found


def _boundaries(lines: np.ndarray, step: np.ndarray, bands: list[Gutter], n: int, widest: int) -> list[Gutter] | None:
    """Return the n - 1 boundaries of n equal parts, or None where something crosses one."""
    places = [_boundary(lines, step, round(i * len(lines) / n), _reach(len(lines) / n)) for i in range(1, n)]
    if any(place is None for place in places):
        return None
    return _alike([(place, _band_at(bands, place)) for place in places if place is not None], widest)


def _reach(size: float) -> int:
    return max(int(_WINDOW * size), _MIN_WINDOW_PX)


def _boundary(lines: np.ndarray, step: np.ndarray, expected: int, reach: int) -> int | None:
    """Return the line at which a part begins, near where it is expected; None where something crosses each."""
    first = max(expected - reach, 4)
    stop = min(expected + reach + 1, len(lines) - 4)
    if first >= stop:
        return None
    bright = lines[first - 1 : stop] > _DARK
    step = step[first - 1 : stop - 1]
    crossing = (bright[1:] & bright[:-1] & ~step).mean(axis=1)
    seen = step.mean(axis=1)
    far = _FAR * np.abs(np.arange(first, stop) - expected) / len(lines)
    best = int(np.argmax(seen - crossing - far))
    clear = crossing[best] <= _MAX_CROSSING or seen[best] >= _MIN_STEPS * (seen[best] + crossing[best])
    return first + best if clear else None


def _band_at(bands: list[Gutter], place: int) -> Gutter:
    """Return the plain band at a boundary, or a seam."""
    at = [band for band in bands if band.start - 1 <= place <= band.stop + 1]
    return max(at, key=lambda band: band.support, default=Gutter(place, place, 1.0, 1.0))


def _alike(found: list[tuple[int, Gutter]], widest: int) -> list[Gutter]:
    """Return the boundaries no wider than the narrowest: what is wider is a margin of a panel."""
    shown = any(max(gutter.before, gutter.after) >= _SHOWN for _, gutter in found)
    width = min(widest if shown else _HIDDEN_PX, *(gutter.width_px for _, gutter in found))
    return [_narrowed(gutter, width, place) for place, gutter in found]


def _narrowed(gutter: Gutter, width: int, place: int) -> Gutter:
    """Return a band narrowed to a width: from the edge of it that lies at the boundary, else around the boundary."""
    if abs(place - gutter.start) <= 1:
        start = gutter.start
    elif abs(place - gutter.stop) <= 1:
        start = gutter.stop - width
    else:
        start = min(max(place - width // 2, gutter.start), gutter.stop - width)
    return replace(gutter, start=start, stop=start + width)
