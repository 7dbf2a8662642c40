"""The recursive cut of a figure along its gutters (XY-cut: Nagy and Seth, ICPR 1984), rows before columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.images.borders import content, trimmed
from ingest.images.boxes import Box
from ingest.images.gutters import Gutter, find_gutters, find_seams

MIN_PANEL_PX = 32  # shorter, it is a line of text, a letter, a bar of colours
_MIN_PANEL_SHARE = 0.04  # of the figure's longer side, likewise
_MAX_LENGTH = 8.0  # of a panel, in its widths
_MIN_FILLED = 0.12  # of a panel differs from what is plain around it
_FILLED_BY = 12  # levels
_SEEN = 0.3  # of a panel's side shows against the gutter: then the panel ends there
_USUAL_GUTTER_PX = 8


@dataclass(frozen=True)
class Rule:
    """How much straight edge parts two panels: on the worse side, on both together, and where they touch."""

    side: float
    both: float
    seam: float


def cut(levels: np.ndarray, box: Box, rule: Rule) -> list[Box]:
    """Return the panels inside a box, in reading order; the box alone where nothing parts it."""
    min_side = max(MIN_PANEL_PX, int(_MIN_PANEL_SHARE * max(levels.shape)))
    return _cut(levels, trimmed(levels, box), rule, min_side)


def _cut(levels: np.ndarray, box: Box, rule: Rule, min_side: int) -> list[Box]:
    for pieces in (_pieces(levels, box, axis, rule, min_side) for axis in (0, 1)):
        if len(pieces) > 1:
            return [panel for piece in pieces for panel in _cut(levels, piece, rule, min_side)]
    for axis in (0, 1):
        halves = _halves(levels, box, axis, rule, min_side)
        if halves:
            return [panel for half in halves for panel in _cut(levels, half, rule, min_side)]
    return [box]


def _pieces(levels: np.ndarray, box: Box, axis: int, rule: Rule, min_side: int) -> list[Box]:
    """Return the plausible panels between the gutters of a box."""
    lines = box.lines(levels, axis)
    gutters = [
        gutter
        for gutter in find_gutters(lines)
        if gutter.start > 0
        and gutter.stop < len(lines)
        and min(gutter.before, gutter.after) >= rule.side
        and gutter.support >= rule.both
    ]
    parts = [trimmed(levels, box.part(axis, start, stop)) for start, stop in _spans(gutters, len(lines))]
    return [part for part in parts if is_plausible(levels, part, min_side)]


def _spans(gutters: Sequence[Gutter], n: int) -> list[tuple[int, int]]:
    """Return where the panels between gutters begin and end.

    A panel with a black margin does not show where it begins beside a black gutter; then the gutter is as wide as others.
    """
    seen = [g.width_px for g in gutters if min(g.before, g.after) >= _SEEN]
    usual = int(np.median(seen)) if seen else _USUAL_GUTTER_PX
    ends, starts = [], [0]
    for gutter in gutters:
        stop, start = gutter.start, gutter.stop
        spare = max(gutter.width_px - usual, 0)
        if gutter.before < _SEEN and gutter.after < _SEEN:
            stop, start = stop + spare // 2, start - spare // 2
        elif gutter.before < _SEEN:
            stop += spare
        elif gutter.after < _SEEN:
            start -= spare
        ends.append(stop)
        starts.append(start)
    return [(start, stop) for start, stop in zip(starts, [*ends, n], strict=True) if start < stop]


def _halves(levels: np.ndarray, box: Box, axis: int, rule: Rule, min_side: int) -> list[Box]:
    """Return the two parts of a box at its best seam, if both can be panels."""
    lines = box.lines(levels, axis)
    for seam in find_seams(lines):
        if seam.support < rule.seam:
            return []
        halves = [box.part(axis, 0, seam.start), box.part(axis, seam.start, len(lines))]
        if all(is_plausible(levels, half, min_side) for half in halves):
            return halves
    return []


def is_plausible(levels: np.ndarray, box: Box, min_side: int) -> bool:
    """Tell whether a part of a figure can be a panel by its size, its shape and how much it shows."""
    shown = content(levels, box)
    short, long = sorted((shown.width_px, shown.height_px))
    if short < min_side or long > _MAX_LENGTH * short:
        return False
    inside = shown.crop(levels).astype(np.int16)
    ground = int(np.median(np.r_[inside[0], inside[-1], inside[:, 0], inside[:, -1]]))
    return float((np.abs(inside - ground) > _FILLED_BY).mean()) >= _MIN_FILLED
