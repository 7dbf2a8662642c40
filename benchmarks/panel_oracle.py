"""What could be reached on drawn montages: panels by one who knows the layout, but not where black margins end.

A side of a panel is known where any panel that ends on the same line shows there. Where none does, the panels on both
sides of the gutter have margins of its level: then the boundary is taken to be halfway between what shows.
"""

from __future__ import annotations

import numpy as np

from benchmarks.montages import Montage
from ingest.images.boxes import Box

_SEEN_BY = 6  # levels from the gutter's


def oracle(montage: Montage) -> list[Box]:
    """Return the panels as far as the pixels tell where they end."""
    rows, columns = (_lines(montage, axis) for axis in (0, 1))
    return [Box(columns[0][b.left], rows[0][b.top], columns[1][b.right], rows[1][b.bottom]) for b in montage.panels]


def _lines(montage: Montage, axis: int) -> tuple[dict[int, int], dict[int, int]]:
    """Return by the line at which panels begin, and end, where one would say that they do."""
    names = ("top", "bottom") if axis == 0 else ("left", "right")
    spans = [(getattr(box, names[0]), getattr(box, names[1])) for box in montage.panels]
    shown = [_shown(montage, box, axis) for box in montage.panels]
    first, last = min(start for start, _ in spans), max(stop for _, stop in spans)
    starts = {s: min(seen[0] for span, seen in zip(spans, shown, strict=True) if span[0] == s) for s, _ in spans}
    stops = {s: max(seen[1] for span, seen in zip(spans, shown, strict=True) if span[1] == s) for _, s in spans}
    return (
        {
            s: s if s in (first, seen) else _between(seen, [e for k, e in stops.items() if k <= s])
            for s, seen in starts.items()
        },
        {
            s: s if s in (last, seen) else _between(seen, [e for k, e in starts.items() if k >= s])
            for s, seen in stops.items()
        },
    )


def _between(seen: int, others: list[int]) -> int:
    """Return the middle of what shows of a panel and what shows of the nearest beside it."""
    return (seen + min(others, key=lambda other: abs(other - seen), default=seen)) // 2


def _shown(montage: Montage, box: Box, axis: int) -> tuple[int, int]:
    """Return where a panel first and last differs from the gutter."""
    lines = box.lines(montage.levels, axis).astype(np.int16)
    seen = np.flatnonzero((np.abs(lines - montage.level) > _SEEN_BY).any(axis=1))
    start = box.top if axis == 0 else box.left
    return (start + int(seen[0]), start + int(seen[-1]) + 1) if len(seen) else (start, start + len(lines))
