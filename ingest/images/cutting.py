"""The recursive cut of a figure along its gutters (XY-cut: Nagy and Seth, ICPR 1984), rows before columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.images.borders import trimmed, without_frame
from ingest.images.boxes import Box
from ingest.images.islands import islands
from ingest.images.grids import MAX_CELLS, boundaries
from ingest.images.gutters import Gutter, find_gutters, find_seams
from ingest.images.plausible import is_plausible

MIN_PANEL_PX = 32  # shorter, it is a line of text, a letter, a bar of colours
_MIN_PANEL_SHARE = 0.04  # of the figure's longer side, likewise
_SEEN = 0.3  # of a panel's side shows against the gutter: then the panel ends there
_USUAL_GUTTER_PX = 8
_SIDE_BY_SIDE_PX = 3
_LIGHT = 128
_WIDE = 2.0
_MIN_SCORE = 0.3


@dataclass(frozen=True)
class Rule:
    """How much straight edge parts two panels: on the worse side, on both together, and where they touch.

    A grid of at least `min_cells` equal cells needs no edge, if nothing crosses its lines.
    """

    side: float
    both: float
    seam: float
    min_cells: int = 3


def cut(levels: np.ndarray, box: Box, rule: Rule) -> list[Box]:
    """Return the panels inside a box, in reading order; the box alone where nothing parts it."""
    return _cut(levels, without_frame(levels, box), rule, min_side_of(levels))


def cut_further(levels: np.ndarray, boxes: Sequence[Box], count: int) -> list[Box]:
    """Return at most `count` panels: of all that can still be cut, the best is, again and again."""
    found = list(boxes)
    splits = [_best_split(levels, box) for box in found]
    while len(found) < count and any(splits):
        at = max(range(len(found)), key=lambda i: splits[i][0] if splits[i] else -1.0)
        _, parts = splits[at]
        found[at : at + 1] = parts
        splits[at : at + 1] = [_best_split(levels, part) for part in parts]
    return found


def _best_split(levels: np.ndarray, box: Box) -> tuple[float, list[Box]] | tuple[()]:
    """Return the two parts of a box at the gutter or seam that shows best, with how well; nothing if none can be."""
    min_side = min_side_of(levels)
    found: list[tuple[float, list[Box]]] = []
    for axis in (0, 1):
        lines = box.lines(levels, axis)
        inner = [gutter for gutter in find_gutters(lines) if gutter.start > 0 and gutter.stop < len(lines)]
        for gutter in [*inner, *find_seams(lines)]:
            parts = [trimmed(levels, box.part(axis, *span), gutter.level) for span in spans([gutter], len(lines))]
            score = gutter.support + _WIDE * gutter.width_px / len(lines)
            if score >= _MIN_SCORE and len(parts) == 2 and all(is_plausible(levels, part, min_side) for part in parts):
                found.append((score, parts))
    return max(found, key=lambda split: split[0], default=())


def min_side_of(levels: np.ndarray) -> int:
    """Return the least side of a panel in a figure."""
    return max(MIN_PANEL_PX, int(_MIN_PANEL_SHARE * max(levels.shape)))


def _cut(levels: np.ndarray, box: Box, rule: Rule, min_side: int) -> list[Box]:
    """Cut at light gutters; where there are none, in grids, at dark gutters and at seams.

    Gutters of one figure are alike: what light gutters part is not cut again at a dark band, which is a black margin.
    """
    parts = _rows_or_columns(levels, box, rule, min_side, darkest=_LIGHT) or islands(levels, box, min_side)
    if len(parts) > 1:
        return [panel for part in parts for panel in _cut_light(levels, part, rule, min_side)]
    parts = (
        _cells(levels, box, rule, min_side, fewest=2)
        or _rows_or_columns(levels, box, rule, min_side, darkest=0)
        or _cells(levels, box, rule, min_side, fewest=1)
        or _halves(levels, box, 0, rule, min_side)
        or _halves(levels, box, 1, rule, min_side)
    )
    return [panel for part in parts for panel in _cut(levels, part, rule, min_side)] if parts else [box]


def _cut_light(levels: np.ndarray, box: Box, rule: Rule, min_side: int) -> list[Box]:
    parts = _rows_or_columns(levels, box, rule, min_side, darkest=_LIGHT) or islands(levels, box, min_side)
    return [panel for part in parts for panel in _cut_light(levels, part, rule, min_side)] if parts else [box]


def _rows_or_columns(levels: np.ndarray, box: Box, rule: Rule, min_side: int, darkest: int) -> list[Box]:
    for axis in (0, 1):
        parts = _pieces(levels, box, axis, rule, min_side, darkest)
        if len(parts) > 1:
            return parts
    return []


def _pieces(levels: np.ndarray, box: Box, axis: int, rule: Rule, min_side: int, darkest: int) -> list[Box]:
    """Return the plausible panels between the gutters of a box."""
    lines = box.lines(levels, axis)
    gutters = apart(
        [
            gutter
            for gutter in find_gutters(lines)
            if gutter.start > 0
            and gutter.stop < len(lines)
            and gutter.level >= darkest
            and min(gutter.before, gutter.after) >= rule.side
            and gutter.support >= rule.both
        ]
    )
    if not gutters:
        return []
    ground = int(np.median([gutter.level for gutter in gutters]))
    parts = [trimmed(levels, box.part(axis, *span), ground) for span in spans(gutters, len(lines))]
    return [part for part in parts if is_plausible(levels, part, min_side)]


def apart(gutters: Sequence[Gutter]) -> list[Gutter]:
    """Return, of gutters side by side, the best supported: a black margin beside a white gutter is none."""
    kept: list[Gutter] = []
    for gutter in sorted(gutters, key=lambda gutter: -gutter.support):
        if all(gutter.stop + _SIDE_BY_SIDE_PX < k.start or k.stop + _SIDE_BY_SIDE_PX < gutter.start for k in kept):
            kept.append(gutter)
    return sorted(kept, key=lambda gutter: gutter.start)


def spans(gutters: Sequence[Gutter], n: int) -> list[tuple[int, int]]:
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


def _cells(levels: np.ndarray, box: Box, rule: Rule, min_side: int, fewest: int) -> list[Box]:
    """Return the panels of the finest grid of equal cells that nothing crosses; none where there is no grid."""
    rows, columns = (_divisions(box.lines(levels, axis), min_side) for axis in (0, 1))
    grids = [(r, c) for r in rows for c in columns if min(r, c) >= fewest and r * c >= rule.min_cells]
    for r, c in sorted(grids, key=lambda grid: -grid[0] * grid[1]):
        cells = [
            box.part(0, *row).part(1, *column)
            for row in spans(rows[r], box.height_px)
            for column in spans(columns[c], box.width_px)
        ]
        if all(is_plausible(levels, cell, min_side) for cell in cells):
            return cells
    return []


def _divisions(lines: np.ndarray, min_side: int) -> dict[int, list[Gutter]]:
    """Return the boundaries by the number of equal parts into which lines can be divided."""
    found: dict[int, list[Gutter]] = {1: []}
    for n in range(2, min(MAX_CELLS, len(lines) // min_side) + 1):
        between = boundaries(lines, n)
        if between is not None:
            found[n] = between
    return found


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

