"""The best way to part a box: by one line from side to side, or as a pinwheel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.images.boxes import Box
from ingest.images.edges import Edges
from ingest.images.lines import MAX_GUTTER_PX, PartingLine, lines_in, plain_along
from ingest.images.pinwheels import pinwheels
from ingest.images.plausible import is_plausible, min_side_px

# Chosen on one seed of drawn montages (benchmarks/quality_panels.py) and on single images.
_PINWHEEL = 1.5  # times as much must speak for a pinwheel as for a line
_MIN_SIDE_PX = 48  # of a panel; smaller, it is a line of text
_MAX_LENGTH = 4.5  # of a panel, in its widths
_SLIVER = 0.12  # of a box: so small a part must show
_MIN_SLIVER = 0.5
_TRIED = 12
_STRIP_PX = 48  # the highest line of letters below the panels
_MIN_STRIP_EDGE, _MIN_STRIP_PLAIN = 0.3, 0.75

_Sides = tuple[list[PartingLine], list[PartingLine]]  # rows and columns
Widths = tuple[int, int]  # of the widest gutter between rows, and between columns
ANY_WIDTH: Widths = (MAX_GUTTER_PX, MAX_GUTTER_PX)


def parted(edges: Edges, box: Box, widest: Widths, least: float) -> list[Box]:
    """Return the parts of a box between which most speaks for a line; nothing where too little does."""
    sides = _lines(edges, box, widest)
    score, halves = _best_halves(edges.levels, box, sides, least)
    return _best_pinwheel(edges.levels, box, sides, max(score, _PINWHEEL * least)) or halves


def parted_as_pinwheel(edges: Edges, box: Box, least: float) -> list[Box]:
    """Return the five parts of a box for which more speaks than for any line; nothing where too little does."""
    sides = _lines(edges, box, ANY_WIDTH)
    score = max((line.score for lines in sides for line in lines), default=0.0)
    return _best_pinwheel(edges.levels, box, sides, max(score, least))


def _lines(edges: Edges, box: Box, widest: Widths) -> _Sides:
    """Return the rows and the columns that may part a box."""
    side = max(min_side_px(edges.levels), _MIN_SIDE_PX)
    rows, columns = (
        lines_in(edges, box, axis, side, widest[axis]) if size >= 2 * side else []
        for axis, size in enumerate((box.height_px, box.width_px))
    )
    return rows, columns


def _best_halves(levels: np.ndarray, box: Box, sides: _Sides, least: float) -> tuple[float, list[Box]]:
    scored = [
        (line.score, axis, line) for axis, lines in enumerate(sides) for line in lines if _shows(line, box, axis, least)
    ]
    for score, axis, line in sorted(scored, key=lambda each: -each[0])[:_TRIED]:
        halves = [box.part(axis, 0, line.start), box.part(axis, line.stop, (box.height_px, box.width_px)[axis])]
        if all(_is_panel(levels, half) for half in halves):
            return score, halves
    return 0.0, []


def _best_pinwheel(levels: np.ndarray, box: Box, sides: _Sides, least: float) -> list[Box]:
    for score, panels in pinwheels(box, sides[0], sides[1], max(min_side_px(levels), _MIN_SIDE_PX)):
        if score > least and all(_is_panel(levels, panel) for panel in panels):
            return list(panels)
    return []


def _shows(line: PartingLine, box: Box, axis: int, least: float) -> bool:
    size = (box.height_px, box.width_px)[axis]
    return line.score >= (least if min(line.start, size - line.stop) >= _SLIVER * size else max(least, _MIN_SLIVER))


def _is_panel(levels: np.ndarray, box: Box) -> bool:
    short, long = sorted((box.width_px, box.height_px))
    return short >= _MIN_SIDE_PX and long <= _MAX_LENGTH * short and is_plausible(levels, box)


def without_strip(edges: Edges, box: Box) -> Box:
    """Return a box without the plain strip at its lower end where letters stand."""
    lines, straight = edges.inside(box, 0)
    first = max(len(lines) - _STRIP_PX, 1)
    shares = straight[first : len(lines) - 3].mean(axis=1)
    for place in (np.flatnonzero(shares >= _MIN_STRIP_EDGE) + first).tolist():
        plain = float(plain_along(lines[place:]).mean())
        if _MIN_STRIP_PLAIN <= plain < 1:
            return box.part(0, 0, place)
    return box


def usual_widths(boxes: Sequence[Box]) -> Widths:
    """Return how wide the widest gutters between rows and between columns are, if they are alike."""
    gaps = ([], [])
    for one in boxes:
        for axis, (gap, beside) in enumerate(_gaps(one, boxes)):
            if beside:
                gaps[axis].append(gap)
    rows, columns = (sorted(found)[(len(found) - 1) // 4] if found else MAX_GUTTER_PX for found in gaps)
    return rows, columns


def _gaps(one: Box, boxes: Sequence[Box]) -> tuple[tuple[int, bool], tuple[int, bool]]:
    """Return how far it is to the next box below, and to the right, and whether there is one."""
    below = [
        b.top - one.bottom for b in boxes if b.top >= one.bottom and min(b.right, one.right) > max(b.left, one.left)
    ]
    right = [
        b.left - one.right for b in boxes if b.left >= one.right and min(b.bottom, one.bottom) > max(b.top, one.top)
    ]
    return (min(below, default=0), bool(below)), (min(right, default=0), bool(right))
