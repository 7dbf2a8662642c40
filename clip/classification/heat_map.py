"""What the classifier looked at: where hiding a part of the image costs the answer its probability.

Works for every encoder, since only the image is changed (Zeiler and Fergus, Visualizing and Understanding
Convolutional Networks, ECCV 2014, section 4.1). A part is hidden by blurring it beyond recognition, which makes no
edges of its own as a black patch would.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clip.classification.classify import Classifier
from clip.pixels import open_png
from ingest.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

GRID = 8
OVERLAP = 0.5  # of a neighbouring part that is hidden too, so that nothing between two parts is missed
BLUR_SHARE = 0.08  # of the longer side
STRONGEST = 0.55  # opacity of the overlay where hiding costs most
RED = (230, 60, 20)

HeatMap = NDArray[np.float64]


def heat_map(classifier: Classifier, png: bytes, task: str) -> HeatMap:
    """Return by how much hiding each part lowers the probability of the task's answer, shape (GRID, GRID).

    Raises
    ------
    InputError
        If the classifier has no such task.
    """
    report = next((one for one in classifier.tasks if one.task == task), None)
    if report is None:
        known = ", ".join(one.task for one in classifier.tasks)
        raise InputError(f"the classifier has no task '{task}'. Tasks: {known}.")
    hidden = [hide(png, row, column) for row in range(GRID) for column in range(GRID)]
    vectors = classifier.encoder.embed_images([png, *hidden])
    probabilities = np.asarray(classifier.probabilities(report, vectors))
    answer = int(probabilities[0].argmax())
    return (probabilities[0, answer] - probabilities[1:, answer]).reshape(GRID, GRID)


def hide(png: bytes, row: int, column: int) -> bytes:
    """Return the image with one part of the grid, and half of its neighbours, blurred."""
    from PIL import ImageFilter

    image = open_png(png, "RGB")
    blurred = image.filter(ImageFilter.GaussianBlur(max(image.size) * BLUR_SHARE))
    box = _box(image, row, column)
    image.paste(blurred.crop(box), box)
    return _bytes(image)


def _box(image: PilImage, row: int, column: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a part in pixels."""
    width, height = image.width / GRID, image.height / GRID
    left, top = (column - OVERLAP) * width, (row - OVERLAP) * height
    right, bottom = (column + 1 + OVERLAP) * width, (row + 1 + OVERLAP) * height
    return max(int(left), 0), max(int(top), 0), min(round(right), image.width), min(round(bottom), image.height)


def overlay(png: bytes, heat: HeatMap) -> bytes:
    """Return the image as PNG, redder where hiding cost more; where hiding helped nothing is drawn."""
    from PIL import Image

    image = open_png(png, "RGB")
    image.paste(Image.new("RGB", image.size, RED), mask=_mask(image.size, heat, STRONGEST))
    return _bytes(image)


def layer(png: bytes, heat: HeatMap) -> bytes:
    """Return what lies over the image, as a PNG of its size: red, and opaque where hiding cost most."""
    from PIL import Image

    size = open_png(png, "RGB").size
    red = Image.new("RGB", size, RED)
    red.putalpha(_mask(size, heat, 1.0))
    return _bytes(red)


def _mask(size: tuple[int, int], heat: HeatMap, strongest: float) -> PilImage:
    """Return the opacity of each pixel, from 0 to `strongest`."""
    from PIL import Image

    cost = np.maximum(heat, 0)
    shares = cost / max(float(cost.max()), 1e-9)
    small = Image.fromarray((shares * strongest * 255).astype(np.uint8))
    return small.resize(size, Image.Resampling.BICUBIC)


def _bytes(image: PilImage) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format="PNG", compress_level=1)
    return stream.getvalue()
