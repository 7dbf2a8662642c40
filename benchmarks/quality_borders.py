"""How well the plain border around a single image is trimmed: what of it is gone, and whether anything of the image is.

Borders of different width on each side, light, dark and grey, are drawn around images of the train split. What of an
image's own margin has the level of the border cannot be told from it, and is none of what is lost.

Usage: CASEGRAPH_MEDPIX2=folder python -m benchmarks.quality_borders
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.medpix2 import release_folder
from benchmarks.quality_panels import single_images
from benchmarks.record import append_row
from ingest.images.boxes import Box
from ingest.images.panels import panels_of

_EVERY = 10  # of the images
_WIDTHS_PX = (4, 41)
_BORDERS = {"white": 255, "light": 240, "grey": 128, "dark": 16, "black": 0}
_OF_THE_IMAGE = 6  # levels from the border's


def main() -> None:
    """Append a row for each kind of border."""
    images = [
        image if image.ndim == 2 else image.mean(axis=2).astype(np.uint8) for image in single_images(release_folder())
    ]
    for name, level in _BORDERS.items():
        random = np.random.default_rng(level)
        kept = np.array(
            [_trimmed(image, level, random.integers(*_WIDTHS_PX, 4).tolist()) for image in images[::_EVERY]]
        )
        gone, nothing_lost, whole = (round(share, 4) for share in kept.mean(axis=0).tolist())
        append_row(
            "quality_borders", border=name, n=len(kept), border_gone=gone, nothing_lost=nothing_lost, kept_whole=whole
        )


def _trimmed(image: np.ndarray, level: int, widths: Sequence[int]) -> tuple[float, bool, bool]:
    """Return the share of a border that is gone, whether nothing of the image is, and whether it is one panel."""
    top, bottom, left, right = widths
    framed = np.pad(image, ((top, bottom), (left, right)), constant_values=level)
    boxes = panels_of(framed).boxes
    kept = np.zeros(framed.shape, bool)
    for box in boxes:
        box.crop(kept)[:] = True
    inner = Box(left, top, left + image.shape[1], top + image.shape[0])
    border = framed.size - image.size
    left_over = int(kept.sum()) - int(inner.crop(kept).sum())
    lost = ~inner.crop(kept) & (np.abs(image.astype(np.int16) - level) > _OF_THE_IMAGE)
    return 1 - left_over / border, not lost.any(), len(boxes) == 1


if __name__ == "__main__":
    main()
