"""A published way to cut figures, as a baseline: sums of edges by column and by row (MultiCaRe, Data in Brief 2024).

Blur, find edges (Canny), add them up by column and by row, cut where a run of sums is nothing, and repeat on the parts.
Parts under 100 px are dropped. Only the steps are the published ones; they are written anew.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.feature import canny

from ingest.images.boxes import Box

_BLUR_SIGMA = 1.5
_MIN_PANEL_PX = 100
_MIN_GAP_PX = 3
_ROUNDS = 3


def cut_by_edge_sums(levels: np.ndarray) -> list[Box]:
    """Return the parts of a figure between its runs of columns and rows without an edge."""
    grey = levels.mean(axis=2) if levels.ndim == 3 else levels.astype(float)
    edges = canny(gaussian_filter(grey, _BLUR_SIGMA), low_threshold=10, high_threshold=30)
    boxes = [Box(0, 0, levels.shape[1], levels.shape[0])]
    for _ in range(_ROUNDS):
        for axis in (1, 0):
            boxes = [part for box in boxes for part in _parts(edges, box, axis)]
    return [box for box in boxes if min(box.width_px, box.height_px) >= _MIN_PANEL_PX]


def _parts(edges: np.ndarray, box: Box, axis: int) -> list[Box]:
    busy = box.lines(edges, axis).sum(axis=1) > 0
    runs = np.flatnonzero(np.diff(np.r_[False, busy, False].astype(np.int8)))
    spans: list[list[int]] = []
    for start, stop in runs.reshape(-1, 2).tolist():
        if spans and start - spans[-1][1] < _MIN_GAP_PX:
            spans[-1][1] = stop
        else:
            spans.append([start, stop])
    return [box.part(axis, start, stop) for start, stop in spans]
