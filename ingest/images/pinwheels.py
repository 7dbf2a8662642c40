"""Five panels that no line parts from side to side: four around one, in either sense of rotation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ingest.images.boxes import Box
from ingest.images.lines import PartingLine

_TRIED = 8  # lines of each of the four
_MIN_ARM = 0.05  # what speaks for the weakest of the four lines


class Pinwheel(NamedTuple):
    """Five panels, and what speaks for the four lines between them, as for a line."""

    score: float
    panels: tuple[Box, ...]


class _Arms(NamedTuple):
    """Lines of one arm: where they start and stop, and the gains up to each place along them (n, length + 1)."""

    starts: np.ndarray
    stops: np.ndarray
    gains: np.ndarray


def pinwheels(box: Box, rows: Sequence[PartingLine], columns: Sequence[PartingLine], min_side: int) -> list[Pinwheel]:
    """Return the best pinwheels of rows and columns that may part a box, best first."""
    if not rows or not columns:
        return []
    found = _turning(box, rows, columns, min_side)
    mirrored = [PartingLine(line.start, line.stop, line.gains[::-1]) for line in rows]
    turned = [PartingLine(box.width_px - line.stop, box.width_px - line.start, line.gains) for line in columns]
    for score, panels in _turning(box, mirrored, turned, min_side):
        flipped = (b._replace(left=box.left + box.right - b.right, right=box.left + box.right - b.left) for b in panels)
        found.append(Pinwheel(score, tuple(flipped)))
    return sorted(found, key=lambda pinwheel: -pinwheel.score)


def _turning(box: Box, rows: Sequence[PartingLine], columns: Sequence[PartingLine], min_side: int) -> list[Pinwheel]:
    """Return the best pinwheels whose upper row starts at the left side.

    The upper row ends at the right column, which comes from above and ends at the lower row, which comes from the right
    and ends at the left column, which comes from below and ends at the upper row.
    """
    upper, lower = _arms(rows, min_side, from_end=False), _arms(rows, min_side, from_end=True)
    right, left = _arms(columns, min_side, from_end=False), _arms(columns, min_side, from_end=True)
    arms = (
        _spoken(upper, right.starts, from_end=False),
        _spoken(right, lower.starts, from_end=False),
        _spoken(lower, left.stops, from_end=True),
        _spoken(left, upper.stops, from_end=True),
    )
    shape = [len(arm.starts) for arm in (upper, right, lower, left)]
    i, j, k, m = np.indices(shape)
    gains, lengths = (
        np.stack([arm[n][pair] for arm, pair in zip(arms, ((i, j), (j, k), (k, m), (m, i)), strict=True)])
        for n in (0, 1)
    )
    apart = (lower.starts[k] - upper.stops[i] >= min_side) & (right.starts[j] - left.stops[m] >= min_side)
    fits = apart & ((gains / lengths).min(axis=0) >= _MIN_ARM)
    scores = np.where(fits, gains.sum(axis=0) / lengths.sum(axis=0), -np.inf)
    best = [np.unravel_index(at, shape) for at in np.argsort(-scores, axis=None)[:_TRIED].tolist()]
    return [
        Pinwheel(float(scores[at]), _panels(box, (upper, right, lower, left), at))
        for at in best
        if scores[at] > -np.inf
    ]


def _arms(lines: Sequence[PartingLine], min_side: int, *, from_end: bool) -> _Arms:
    """Return the lines for which most speaks from one end to some place."""
    gains = np.stack([np.r_[0, np.cumsum(line.gains)] for line in lines])
    reached = gains[:, -1:] - gains if from_end else gains
    best = np.argsort(-reached[:, min_side:-min_side].max(axis=1), kind="stable")[:_TRIED]
    starts, stops = (np.array([getattr(lines[i], side) for i in best.tolist()]) for side in ("start", "stop"))
    return _Arms(starts, stops, gains[best])


def _spoken(arms: _Arms, ends: np.ndarray, *, from_end: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return what speaks for each arm up to each of the places where it may end, and its length until there."""
    whole = arms.gains.shape[1] - 1
    gains = arms.gains[:, -1:] - arms.gains[:, ends] if from_end else arms.gains[:, ends]
    lengths = whole - ends if from_end else ends
    return gains, np.broadcast_to(np.maximum(lengths, 1), gains.shape)


def _panels(box: Box, arms: tuple[_Arms, _Arms, _Arms, _Arms], at: Sequence[int]) -> tuple[Box, ...]:
    up, rt, low, lf = ((int(arm.starts[i]), int(arm.stops[i])) for arm, i in zip(arms, at, strict=True))
    width, height = box.width_px, box.height_px
    inner = (
        Box(0, 0, rt[0], up[0]), Box(rt[1], 0, width, low[0]), Box(0, up[1], lf[0], height),
        Box(lf[1], up[1], rt[0], low[0]), Box(lf[1], low[1], width, height),
    )  # fmt: skip
    return tuple(Box(b.left + box.left, b.top + box.top, b.right + box.left, b.bottom + box.top) for b in inner)
