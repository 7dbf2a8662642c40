"""Where panels begin and end between the gutters of a figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.images.gutters import Gutter

_SEEN = 0.3  # of a panel's side shows against the gutter: then the panel ends there
_USUAL_GUTTER_PX = 8
_SIDE_BY_SIDE_PX = 3


def apart(gutters: Sequence[Gutter]) -> list[Gutter]:
    """Return, of gutters side by side, the best supported: a black margin beside a white gutter is none."""
    kept: list[Gutter] = []
    for gutter in sorted(gutters, key=lambda gutter: -gutter.support):
        if all(gutter.stop + _SIDE_BY_SIDE_PX < k.start or k.stop + _SIDE_BY_SIDE_PX < gutter.start for k in kept):
            kept.append(gutter)
    return sorted(kept, key=lambda gutter: gutter.start)


def spans(gutters: Sequence[Gutter], n: int) -> list[tuple[int, int]]:
    """Return where the panels between gutters begin and end.

    A panel with a black margin does not show where it begins beside a black gutter; then the gutter is taken to be as
    wide as others.
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


def between(gutters: Sequence[Gutter], n: int) -> list[tuple[int, int]]:
    """Return where the panels begin and end between gutters that are known to be as wide as they are."""
    starts, stops = [0, *(gutter.stop for gutter in gutters)], [*(gutter.start for gutter in gutters), n]
    return list(zip(starts, stops, strict=True))
