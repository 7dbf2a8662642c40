"""Lines that may part a box: seams and dark gutters, with what speaks for each of them, pixel by pixel.

An edge along a line speaks for it, an image that goes on across it speaks against it, and two black margins that touch
say nearly nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ingest.images.boxes import Box
from ingest.images.edges import Edges

MAX_GUTTER_PX = 60
_TRIED = 14  # places with most edge, and half as many in each half
_DARK = 10  # the highest level of a black margin
_BLACK, _WHITE = 24, 224
_TOLERANCE = (6, 14)  # levels within a grey gutter, and within one that is nearly black or white
_EDGE, _BOTH, _NOTHING, _GOES_ON, _CROSSED, _LETTER = 1.0, 1.5, -0.05, -1.0, -2.0, -1.0
_HIDDEN_PX = 6  # the width of a gutter one of whose sides does not show, where no other tells it;
_PREFERRED = 0.001  # it is as likely as a seam
_USUAL_PX = 14  # a wider gutter may be a margin of a panel,
_PER_PX = 0.02, 0.004  # which speaks against each further pixel,
_LETTERS = (0.02, 0.25)  # but less where letters stand below panels,
_SURE = 0.5  # and not where so much of both sides shows
_SPARE_PX = 2  # by which gutters of one figure differ


@dataclass(frozen=True)
class PartingLine:
    """Parts a box from `start` to before `stop`; `gains` is what speaks for it along its length."""

    start: int
    stop: int
    gains: np.ndarray
    fine: float = 0.0

    @property
    def score(self) -> float:
        """Return what speaks for a line through the whole box, at most about 1."""
        return float(self.gains.mean()) - self.fine


def lines_in(edges: Edges, box: Box, axis: int, min_side: int, widest: int = MAX_GUTTER_PX) -> list[PartingLine]:
    """Return the lines that leave at least `min_side` on both sides, gutters no wider than `widest`."""
    lines, straight = edges.inside(box, axis)
    places = _places(straight, min_side)
    return [
        line
        for i, start in enumerate(places)
        for line in (
            _seam(lines, straight, start),
            *_gutters(lines, straight, places[i:], widest, axis == 0),
            *_one_sided(lines, straight, start, widest),
        )
    ]


def _places(straight: np.ndarray, min_side: int) -> list[int]:
    """Return the places with the most edge along all of their length, or half of it."""
    inner = straight[min_side : len(straight) - min_side]
    if not len(inner):
        return []
    half = inner.shape[1] // 2
    best = {*_best(inner, _TRIED), *_best(inner[:, :half], _TRIED // 2), *_best(inner[:, half:], _TRIED // 2)}
    return sorted(place + min_side for place in best)


def _best(straight: np.ndarray, count: int) -> list[int]:
    """Return so many places with the most edge, no two of them neighbours."""
    share, chosen = straight.sum(axis=1), []
    for place in np.argsort(-share, kind="stable").tolist():
        if len(chosen) == count or not share[place]:
            break
        if all(abs(place - other) > 1 for other in chosen):
            chosen.append(place)
    return chosen


def _seam(lines: np.ndarray, straight: np.ndarray, place: int) -> PartingLine:
    goes_on = (lines[place - 1] > _DARK) & (lines[place] > _DARK)
    return PartingLine(place, place, np.where(straight[place], _EDGE, np.where(goes_on, _GOES_ON, _NOTHING)))


def _gutters(
    lines: np.ndarray, straight: np.ndarray, places: list[int], widest: int, lettered: bool
) -> Iterator[PartingLine]:
    """Yield the bands from the first place to each other that is near."""
    start = places[0]
    for stop in places[1:]:
        width = stop - start
        if width > MAX_GUTTER_PX:
            return
        plain = plain_along(lines[start:stop])
        has_letters = lettered and _LETTERS[0] <= 1 - float(plain.mean()) <= _LETTERS[1]
        if has_letters or width <= max(widest + _SPARE_PX, _USUAL_PX):
            before, after = straight[start], straight[stop]
            gains = np.where(
                plain,
                np.choose(before.astype(int) + after, (_NOTHING, _EDGE, _BOTH)),
                _LETTER if has_letters else _CROSSED,
            )
            sure = min(before.mean(), after.mean()) >= _SURE
            per_px = 0 if sure else _PER_PX[has_letters]
            yield PartingLine(start, stop, gains, per_px * max(width - _USUAL_PX, 0))


def _one_sided(lines: np.ndarray, straight: np.ndarray, place: int, widest: int) -> Iterator[PartingLine]:
    """Yield the gutters before and after an edge whose other edge a black margin hides."""
    width = widest if widest <= _USUAL_PX else _HIDDEN_PX
    for start, stop in ((place - width, place), (place, place + width)) if width else ():
        if start > 0 and stop < len(lines):
            plain = plain_along(lines[start:stop])
            gains = np.where(plain, np.where(straight[place], _EDGE, _NOTHING), _CROSSED)
            yield PartingLine(start, stop, gains, -_PREFERRED)


def plain_along(band: np.ndarray) -> np.ndarray:
    """Tell where a band is of its level all across it; its first and last line may be blurred."""
    inner = (band if len(band) < 4 else band[1:-1]).astype(np.int16)
    level = int(np.median(inner))
    return np.abs(inner - level).max(axis=0) <= _TOLERANCE[level <= _BLACK or level >= _WHITE]
