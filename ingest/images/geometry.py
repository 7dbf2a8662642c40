"""The shape of a pixel: an image whose pixels are not square is resampled, so that round things are round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ingest.grey_scale import PixelSize
from ingest.images.rules import MAX_AREA_PX, MAX_SIDE_PX, MIN_SIDE_PX
from ingest.images.window import numbers

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# Each gives the distance of rows, then of columns (PS3.3 10.7.1.3, C.7.6.3.1.7); the first that is usable counts.
_SOURCES = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio")
_SQUARE_WITHIN = 0.01  # a rounded spacing
_CREDIBLE_RATIO = 20.0  # the thickest slices of a reformatted series are some 10 mm at 0.5 mm


def height_to_width(*datasets: Dataset) -> float:
    """Return the height of a pixel in its widths: of the first usable element, looked for in each data set; else 1."""
    pairs = (_pair(name, dataset) for name in _SOURCES for dataset in datasets)
    height, width = next((pair for pair in pairs if pair), (1.0, 1.0))
    return height / width


def pixel_size(stored: tuple[int, int], shown: tuple[int, int], *datasets: Dataset) -> PixelSize | None:
    """Return how large a pixel is; None where the header does not say it, or pixels are not square.

    In the patient it is by Pixel Spacing only. Where that is missing or equals Imager Pixel Spacing, it was taken at
    the detector (PS3.3 10.7.1.1), where things are larger than in the patient.

    Parameters
    ----------
    stored, shown : tuple of int
        Width and height before and after the pixels were made square.
    """
    named = ((_pair("PixelSpacing", dataset), _pair("ImagerPixelSpacing", dataset)) for dataset in datasets)
    in_patient, at_detector = next((pair for pair in named if any(pair)), (None, None))
    spacing = in_patient or at_detector
    if spacing is None:
        return None
    height, width = spacing[0] * stored[1] / shown[1], spacing[1] * stored[0] / shown[0]
    is_square = abs(height / width - 1) <= _SQUARE_WITHIN
    return PixelSize((height + width) / 2, spacing == at_detector) if is_square else None


def _pair(name: str, dataset: Dataset) -> tuple[float, float] | None:
    try:
        pair = numbers(dataset.get(name))
    except (TypeError, ValueError):
        return None
    return (pair[0], pair[1]) if len(pair) == 2 and np.isfinite(pair).all() and min(pair) > 0 else None


def with_square_pixels(image: Image.Image, ratio: float, notices: list[str]) -> Image.Image:
    """Stretch the coarser axis (or, of a very large image, shrink the finer one) until pixels are square."""
    if abs(ratio - 1) <= _SQUARE_WITHIN:
        return image
    size = _square_size(image.width, image.height, ratio)
    if size is None:
        notices.append(f"The pixels are said to be {ratio:.3g} times as high as wide; this is not applied.")
        return image
    notices.append(
        f"The pixels are {ratio:.3g} times as high as wide; the image was resampled from {image.width} x {image.height}"
        f" to {size[0]} x {size[1]} pixels."
    )
    return image.resize(size, Image.Resampling.BILINEAR)


def _square_size(width: int, height: int, ratio: float) -> tuple[int, int] | None:
    if not 1 / _CREDIBLE_RATIO <= ratio <= _CREDIBLE_RATIO:
        return None
    enlarged = (width, round(height * ratio)) if ratio > 1 else (round(width / ratio), height)
    shrunk = (round(width / ratio), height) if ratio > 1 else (width, round(height * ratio))
    for size in (enlarged, shrunk):
        if max(size) <= MAX_SIDE_PX and size[0] * size[1] <= MAX_AREA_PX and min(size) >= MIN_SIDE_PX:
            return size
    return None
