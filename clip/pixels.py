"""Images as encoders need them: opened, and without what tells their origin instead of their content."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

BORDER_TOLERANCE = 12  # grey levels out of 255: JPEG noise in a black border stays below it
BORDER_SHARE = 0.02  # a row belongs to the border where at most this share of it differs from the corners


def open_png(png: bytes, mode: str) -> PilImage:
    """Open a stored PNG as ``L`` or ``RGB``.

    Raises
    ------
    InputError
        If it is no readable PNG: files of users are decoded by `ingest.images.decoder` before they come here.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(io.BytesIO(png), formats=["PNG"]).convert(mode)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InputError("an image to embed is not a readable PNG. Let a Decoder of ours open it first.") from error


def square_image(png: bytes, side_px: int) -> NDArray[np.uint8]:
    """Return the image grey, without its border, centred on a black square of `side_px` pixels."""
    return squared(np.asarray(open_png(png, "L")), side_px)


def squared(grey: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    """Return a grey image without its border, centred on a black square of `side_px` pixels."""
    from PIL import Image

    inside = without_border(without_border(grey))  # a frame, then the black around a body
    height, width = inside.shape
    side = max(height, width)
    square = np.zeros((side, side), dtype=np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = inside
    return np.asarray(Image.fromarray(square).resize((side_px, side_px), Image.Resampling.BILINEAR))


def without_border(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut off the rows and columns at the edges that have the colour of the corners."""
    levels = grey.astype(np.int16)
    corner = np.median([levels[0, 0], levels[0, -1], levels[-1, 0], levels[-1, -1]])
    differs = np.abs(levels - corner) > BORDER_TOLERANCE
    rows = np.flatnonzero(differs.mean(axis=1) > BORDER_SHARE)
    columns = np.flatnonzero(differs.mean(axis=0) > BORDER_SHARE)
    if not rows.size or not columns.size:
        return grey
    return grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
