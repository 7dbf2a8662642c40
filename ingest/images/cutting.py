"""The recursive cut of a figure along its gutters (XY-cut: Nagy and Seth, ICPR 1984), rows before columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.images.borders import trimmed, without_frame
from ingest.images.boxes import Box
from ingest.images.grids import divisions
from ingest.images.gutters import find_gutters, find_seams
from ingest.images.islands import islands
from ingest.images.plausible import is_plausible
from ingest.images.spans import apart, spans

_LIGHT = 128  # from this level on, a gutter is light


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
    return _cut(levels, without_frame(levels, box), rule)


def _cut(levels: np.ndarray, box: Box, rule: Rule) -> list[Box]:
    """Cut at light gutters; where there are none, in grids, at dark gutters and at seams.

    Gutters of one figure are alike: what light gutters part is not cut again at a dark band, which is a black margin.
    """
    parts = _at_light_gutters(levels, box, rule)
    if parts:
        return [panel for part in parts for panel in _cut_light(levels, part, rule)]
    parts = (
        _cells(levels, box, rule, fewest=2)
        or _at_gutters(levels, box, rule, darkest=0)
        or _cells(levels, box, rule, fewest=1)
        or _at_seam(levels, box, rule)
    )
    return [panel for part in parts for panel in _cut(levels, part, rule)] or [box]


def _cut_light(levels: np.ndarray, box: Box, rule: Rule) -> list[Box]:
    parts = _at_light_gutters(levels, box, rule)
    return [panel for part in parts for panel in _cut_light(levels, part, rule)] or [box]


def _at_light_gutters(levels: np.ndarray, box: Box, rule: Rule) -> list[Box]:
    return _at_gutters(levels, box, rule, darkest=_LIGHT) or islands(levels, box)


def _at_gutters(levels: np.ndarray, box: Box, rule: Rule, darkest: int) -> list[Box]:
    """Return the rows, else the columns, that gutters of at least the level `darkest` part; else nothing."""
    for axis in (0, 1):
        parts = _between_gutters(box.lines(levels, axis), rule, darkest)
        boxes = [(trimmed(levels, box.part(axis, start, stop), ground), ground) for start, stop, ground in parts]
        boxes = [part for part, ground in boxes if is_plausible(levels, part, ground)]
        if len(boxes) > 1:
            return boxes
    return []


def _between_gutters(lines: np.ndarray, rule: Rule, darkest: int) -> list[tuple[int, int, int]]:
    """Return where the parts between gutters begin and end, and the level of the gutters."""
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
    return [(start, stop, ground) for start, stop in spans(gutters, len(lines))]


def _cells(levels: np.ndarray, box: Box, rule: Rule, fewest: int) -> list[Box]:
    """Return the panels of the finest grid of equal cells that nothing crosses; nothing where there is no grid.

    Parameters
    ----------
    fewest : int
        Least number of rows and of columns.
    """
    rows, columns = (divisions(box.lines(levels, axis)) for axis in (0, 1))
    grids = [(r, c) for r in rows for c in columns if min(r, c) >= fewest and r * c >= rule.min_cells]
    for r, c in sorted(grids, key=lambda grid: -grid[0] * grid[1]):
        cells = [
            box.part(0, *row).part(1, *column)
            for row in spans(rows[r], box.height_px)
            for column in spans(columns[c], box.width_px)
        ]
        if all(is_plausible(levels, cell) for cell in cells):
            return cells
    return []


def _at_seam(levels: np.ndarray, box: Box, rule: Rule) -> list[Box]:
    """Return the two parts of a box at the best seam that leaves two panels; nothing where there is none."""
    for axis in (0, 1):
        lines = box.lines(levels, axis)
        for seam in find_seams(lines):
            halves = [box.part(axis, 0, seam.start), box.part(axis, seam.start, len(lines))]
            if seam.support >= rule.seam and all(is_plausible(levels, half) for half in halves):
                return halves
    return []
