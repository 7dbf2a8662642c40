"""Cutting a figure further where its caption names more panels than gutters show at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ingest.images.borders import trimmed
from ingest.images.boxes import Box
from ingest.images.gutters import find_gutters, find_seams
from ingest.images.plausible import is_plausible
from ingest.images.spans import spans

_WIDE = 2.0  # how much a wide gutter speaks for a cut, beside its edges, which count up to 1
_MIN_SCORE = 0.3


class _Split(NamedTuple):
    score: float
    parts: tuple[Box, ...]


_NONE = _Split(-1.0, ())


def cut_further(levels: np.ndarray, boxes: Sequence[Box], count: int) -> list[Box]:
    """Return at most `count` panels: of all that can still be cut, the best is, again and again."""
    found = list(boxes)
    if len(found) >= count:
        return found
    splits = [_best_split(levels, box) for box in found]
    while len(found) < count and any(split.parts for split in splits):
        at = max(range(len(found)), key=lambda i: splits[i].score)
        found[at : at + 1], splits[at : at + 1] = (
            splits[at].parts,
            [_best_split(levels, part) for part in splits[at].parts],
        )
    return found


def _best_split(levels: np.ndarray, box: Box) -> _Split:
    """Return the two parts of a box at the gutter or seam that shows best."""
    return max((split for axis in (0, 1) for split in _splits(levels, box, axis)), default=_NONE)


def _splits(levels: np.ndarray, box: Box, axis: int) -> Iterator[_Split]:
    lines = box.lines(levels, axis)
    inner = [gutter for gutter in find_gutters(lines) if gutter.start > 0 and gutter.stop < len(lines)]
    for gutter in [*inner, *find_seams(lines)]:
        score = gutter.support + _WIDE * gutter.width_px / len(lines)
        parts = tuple(trimmed(levels, box.part(axis, *span), gutter.level) for span in spans([gutter], len(lines)))
        if score >= _MIN_SCORE and len(parts) == 2 and all(is_plausible(levels, part, gutter.level) for part in parts):
            yield _Split(score, parts)
