"""The recursive cut of a figure: at light gutters (XY-cut: Nagy and Seth, ICPR 1984), in grids, at its best line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from ingest.images.borders import trimmed, without_frame
from ingest.images.boxes import Box
from ingest.images.edges import Edges
from ingest.images.grids import divisions
from ingest.images.gutters import find_gutters
from ingest.images.islands import islands
from ingest.images.layouts import ANY_WIDTH, Widths, parted, parted_as_pinwheel, usual_widths, without_strip
from ingest.images.plausible import is_plausible
from ingest.images.spans import apart, between, spans

_LIGHT = 128  # from this level on, a gutter is light
_WIDEST_IN_GRID = (60, 14)  # between rows, where letters stand, and between columns
_PLAIN_PINWHEEL = 0.7  # speaks for it: then no line is looked for
_MAX_SIDE_PX = 1600  # larger figures are looked at reduced, but for their light gutters
_OUTLINED = 0.55  # of each side of each panel shows: then nothing else need be looked for


@dataclass(frozen=True)
class CuttingRule:
    """How much straight edge parts two panels, on the worse side and on both; what must speak for a dark line.

    `line` is for the first cut of a figure; once it has been cut, `further` is enough.

    A grid of at least `min_cells` equal cells needs no edge, if nothing crosses its lines.
    """

    side: float
    both: float
    line: float
    further: float
    min_cells: int = 3


def cut(levels: np.ndarray, box: Box, rule: CuttingRule) -> list[Box]:
    """Return the panels inside a box, in reading order; the box alone where nothing parts it."""
    inner = without_frame(levels, box)
    parts = islands(levels, inner, _OUTLINED)
    if not parts and max(levels.shape) > _MAX_SIDE_PX:
        parts = _at_gutters(levels, inner, rule, darkest=_LIGHT)
    if parts:
        return [panel for part in parts for panel in _cut_light(levels, part, rule)]
    factor = -(-max(levels.shape) // _MAX_SIDE_PX)
    if factor == 1:
        return _cut_whole(Edges(levels), inner, rule)
    reduced = np.asarray(Image.fromarray(levels).reduce(factor))
    small = Box(*(side // factor for side in inner))
    found = _cut_whole(Edges(reduced), small, rule)
    return [_enlarged(part, factor, inner) for part in found] if len(found) > 1 else [inner]


def _enlarged(part: Box, factor: int, inner: Box) -> Box:
    left, top, right, bottom = (side * factor for side in part)
    return Box(max(left, inner.left), max(top, inner.top), min(right, inner.right), min(bottom, inner.bottom))


def _cut_whole(edges: Edges, box: Box, rule: CuttingRule) -> list[Box]:
    inner = without_strip(edges, box)
    turned = parted_as_pinwheel(edges, inner, _PLAIN_PINWHEEL)
    if turned:
        return [panel for part in turned for panel in _cut(edges, part, rule, ANY_WIDTH)]
    found = _cut(edges, inner, rule, ANY_WIDTH)
    return _cut(edges, inner, rule, usual_widths(found)) if len(found) > 2 else found


def _cut(edges: Edges, box: Box, rule: CuttingRule, widest: Widths) -> list[Box]:
    """Cut at light gutters; where there are none, in grids, at dark gutters and at seams.

    Gutters of one figure are alike: what light gutters part is not cut again at a dark band, which is a black margin.
    """
    levels = edges.levels
    parts = _at_gutters(levels, box, rule, darkest=_LIGHT)
    if parts:
        return [panel for part in parts for panel in _cut_light(levels, part, rule)]
    parts = (
        _cells(edges, box, rule, fewest=2)
        or parted(edges, box, widest, rule.line)
        or _cells(edges, box, rule, fewest=1)
    )
    further = replace(rule, line=rule.further)
    return [panel for part in parts for panel in _cut(edges, part, further, widest)] or [box]


def _cut_light(levels: np.ndarray, box: Box, rule: CuttingRule) -> list[Box]:
    parts = _at_light_gutters(levels, box, rule)
    return [panel for part in parts for panel in _cut_light(levels, part, rule)] or [box]


def _at_light_gutters(levels: np.ndarray, box: Box, rule: CuttingRule) -> list[Box]:
    return _at_gutters(levels, box, rule, darkest=_LIGHT) or islands(levels, box)


def _at_gutters(levels: np.ndarray, box: Box, rule: CuttingRule, darkest: int) -> list[Box]:
    """Return the rows, else the columns, that gutters of at least the level `darkest` part; else nothing."""
    for axis in (0, 1):
        parts = _between_gutters(box.lines(levels, axis), rule, darkest)
        boxes = [(trimmed(levels, box.part(axis, start, stop), ground), ground) for start, stop, ground in parts]
        boxes = [part for part, ground in boxes if is_plausible(levels, part, ground)]
        if len(boxes) > 1:
            return boxes
    return []


def _between_gutters(lines: np.ndarray, rule: CuttingRule, darkest: int) -> list[tuple[int, int, int]]:
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


def _cells(edges: Edges, box: Box, rule: CuttingRule, fewest: int) -> list[Box]:
    """Return the panels of the finest grid of equal cells that nothing crosses; nothing where there is no grid.

    Parameters
    ----------
    fewest : int
        Least number of rows and of columns.
    """
    rows, columns = (divisions(*edges.inside(box, axis), _WIDEST_IN_GRID[axis]) for axis in (0, 1))
    grids = [(r, c) for r in rows for c in columns if min(r, c) >= fewest and r * c >= rule.min_cells]
    for r, c in sorted(grids, key=lambda grid: -grid[0] * grid[1]):
        cells = [
            box.part(0, *row).part(1, *column)
            for row in between(rows[r], box.height_px)
            for column in between(columns[c], box.width_px)
        ]
        if all(is_plausible(edges.levels, cell) for cell in cells):
            return cells
    return []
