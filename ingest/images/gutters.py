"""Gutters: plain bands, and seams without any width, that part the panels of a compound figure.

The gaps between panels are looked for as by Chhatkuli et al. (SPIE Medical Imaging 2013), and edges between panels that
touch as by Taschwer and Marques (MultiMedia Modeling 2016). What is plain is not enough, as images have black margins
of their own: along a gutter, panels end in a straight edge, and how much of it shows is the gutter's support.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

TOLERANCES = (2, 6, 14)  # of the levels in a gutter: as drawn, as saved in high quality, as saved in low quality
_MAX_GREY_TOLERANCE = 6  # more is for what is nearly black or white: a grey that varies is an image
_BLACK, _WHITE = 24, 224
_LETTER_SHARE = 0.08  # of a line across a gutter may be burned-in letters,
_LETTER_PX = 16  # and in a small panel so many pixels,
_MAX_LETTER_SHARE = 0.2  # but never more of it
_AS_GOOD = 0.8  # of the best support: then the band of the loosest tolerance, which reaches up to the panels
_STEP = 14  # levels between two panels that touch,
_STEPS_OVER_TEXTURE = 3.0  # and how much more than between the pixels on either side
_REACH_PX = 4
_TRIED_SEAMS = 8
_DARK = 10  # the highest level of a black margin
_MIN_TELLING = 0.3  # of a seam's length, where at least one panel is not black there


@dataclass(frozen=True)
class Gutter:
    """A band of lines from `start` to before `stop`, and the share of straight edge on the side before and after it."""

    start: int
    stop: int
    before: float
    after: float
    level: int = 0

    @property
    def support(self) -> float:
        """Return the share of straight edge on both sides."""
        return (self.before + self.after) / 2

    @property
    def width_px(self) -> int:
        """Return how many lines wide it is; 0 for a seam."""
        return self.stop - self.start


def find_gutters(lines: np.ndarray) -> list[Gutter]:
    """Return the plain bands of an area, the ones at its ends included, in order and without overlap.

    Parameters
    ----------
    lines : ndarray of shape (n, length)
        Grey levels. To look for vertical gutters, pass the columns as lines.
    """
    levels = np.median(lines, axis=1).astype(np.int16)
    distances = np.abs(lines.astype(np.int16) - levels[:, None])
    found = [gutter for tolerance in TOLERANCES for gutter in _bands(lines, levels, distances, tolerance)]
    return _apart(found)


def _bands(lines: np.ndarray, levels: np.ndarray, distances: np.ndarray, tolerance: int) -> Iterator[Gutter]:
    """Yield the runs of lines that are of one level but for letters."""
    length = lines.shape[1]
    letters = min(max(_LETTER_SHARE * length, _LETTER_PX), _MAX_LETTER_SHARE * length)
    plain = (distances > tolerance).sum(axis=1) <= letters
    if tolerance > _MAX_GREY_TOLERANCE:
        plain &= (levels <= _BLACK) | (levels >= _WHITE)
    starts = plain & ~(np.r_[False, plain[:-1]] & (np.abs(np.diff(levels, prepend=levels[0])) <= tolerance))
    for start in np.flatnonzero(starts):
        others = np.flatnonzero(~plain[start:] | (np.r_[False, starts[start + 1 :]]))
        stop = int(start + others[0]) if len(others) else len(plain)
        level = int(np.median(levels[start:stop]))
        before = _edge(lines[max(start - 2, 0) : start], level, tolerance)
        yield Gutter(int(start), stop, before, _edge(lines[stop : stop + 2], level, tolerance), level)


def _edge(lines: np.ndarray, level: int, tolerance: int) -> float:
    """Return the share of a band's length along which the lines beside it differ from it."""
    if not len(lines):
        return 0.0
    return float((np.abs(lines.astype(np.int16) - level) > tolerance).any(axis=0).mean())


def _apart(found: list[Gutter]) -> list[Gutter]:
    """Return, of the gutters that overlap, the best supported; of about equal ones the last found."""
    chosen: list[Gutter] = []
    while found:
        best = max(gutter.support for gutter in found)
        pick = [gutter for gutter in found if gutter.support >= _AS_GOOD * best][-1]
        chosen.append(pick)
        found = [other for other in found if other.stop <= pick.start or other.start >= pick.stop]
    return sorted(chosen, key=lambda gutter: gutter.start)


def find_seams(lines: np.ndarray) -> list[Gutter]:
    """Return the straight steps between two lines over the whole length, best first.

    A step is larger than the differences between neighbours on both sides of it. Only places count where something is
    to be seen: two black margins that touch say neither yes nor no.
    """
    step = steps_between(lines)
    n = len(step)
    if n < 2 * _REACH_PX + 1:
        return []
    telling = step | (lines[:-1] > _DARK) | (lines[1:] > _DARK)
    shares = np.where(telling.mean(axis=1) >= _MIN_TELLING, step.sum(axis=1) / np.maximum(telling.sum(axis=1), 1), 0)
    shares[:_REACH_PX] = shares[-_REACH_PX:] = 0
    order = np.argsort(-shares, kind="stable")[:_TRIED_SEAMS]
    return [Gutter(int(i) + 1, int(i) + 1, float(shares[i]), float(shares[i])) for i in order if shares[i] > 0]


def steps_between(lines: np.ndarray) -> np.ndarray:
    """Tell where a line and the next differ by more than lines do on both sides of them."""
    steps = np.abs(np.diff(lines.astype(np.int16), axis=0))
    texture = np.zeros(steps.shape, np.float32)
    for offset in (-2, -1, 1, 2):
        texture += np.roll(steps, offset, axis=0)
    return (steps >= _STEP) & (4 * steps > _STEPS_OVER_TEXTURE * texture)
