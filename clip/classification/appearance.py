"""What an image looks like whatever it shows, in a few dozen numbers: colour, grey levels, smoothness, margins, seams.

An encoder learns to tell scans apart, not scans from anything else: noise or a page of text may get a vector in the
midst of theirs. These numbers are simple enough to differ there. Size and file type play no part.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clip.pixels import open_png

SIDE_PX = 128
GREY_BINS = 12
LAGS_PX = (1, 2, 4, 8, 16)
RINGS = 5
SATURATED = 0.15  # difference of the channels, of one, from which on a pixel has a colour

Features = NDArray[np.float64]


def appearance(png: bytes) -> Features:
    """Return the numbers of one image, always equally many."""
    from PIL import Image

    colour = open_png(png, "RGB").resize((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
    pixels = np.asarray(colour, dtype=np.float64) / 255
    grey = pixels.mean(axis=2)
    return np.concatenate([_colour(pixels), _levels(grey), _smoothness(grey), _rings(grey), _seams(grey)])


def _colour(pixels: Features) -> Features:
    spread = pixels.max(axis=2) - pixels.min(axis=2)
    return np.array([spread.mean(), np.mean(spread > SATURATED)])


def _levels(grey: Features) -> Features:
    """Return the square roots of the histogram of grey levels, and mean and deviation."""
    counts = np.histogram(grey, GREY_BINS, (0, 1))[0]
    return np.concatenate([np.sqrt(counts / counts.sum()), [grey.mean(), grey.std()]])


def _smoothness(grey: Features) -> Features:
    """Return how much two pixels differ that lie so far apart, down and across: the variogram, as logarithms."""
    ratios = []
    for lag in LAGS_PX:
        for difference in (grey[lag:] - grey[:-lag], grey[:, lag:] - grey[:, :-lag]):
            ratios.append(np.log((np.square(difference).mean() + 1e-4) / (grey.var() + 1e-4)))
            ratios.append(np.log(np.abs(difference).mean() + 1e-3))
    return np.array(ratios)


def _rings(grey: Features) -> Features:
    """Return mean and deviation on square rings from the margin inwards, and how alike left and right are."""
    margin = np.minimum(np.arange(SIDE_PX), np.arange(SIDE_PX)[::-1])
    ring = np.minimum(margin[:, None], margin) * RINGS // (SIDE_PX // 2)
    parts = [grey[ring == number] for number in range(RINGS)]
    outermost = grey[np.minimum(margin[:, None], margin) < 2]
    mirrored = np.abs(grey - grey[:, ::-1]).mean()
    return np.array([value for part in (*parts, outermost) for value in (part.mean(), part.std())] + [mirrored])


def _seams(grey: Features) -> Features:
    """Return how far the strongest straight seam down or across stands out: edges of charts, lines and montages."""
    found = []
    for steps in (np.abs(np.diff(grey, axis=0)).mean(axis=1), np.abs(np.diff(grey, axis=1)).mean(axis=0)):
        ordered = np.sort(steps[8:-8])
        found += [np.log((ordered[-1] + 1e-2) / (np.median(steps) + 1e-2)), ordered[-3:].mean()]
    return np.array(found)
