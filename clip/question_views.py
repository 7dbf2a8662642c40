"""The views of an image that asks: cut out of a screenshot, turned and mirrored.

Images are photographed from a screen, saved with the window around them, turned by a viewer. The archive's images stay
as they are; each view of the question is compared with them, and the nearest one counts.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clip.pixels import BORDER_SHARE, BORDER_TOLERANCE, open_png

MIN_SIDE_PX = 48  # what is smaller in a screenshot is a symbol or a line of words
MAX_CUTS = 8  # around an image: a border, a title, a toolbar, a frame, the black around a body, and some to spare

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class QuestionView:
    """An image as it may have been before somebody changed it; `change` says in words what was done, "" if nothing."""

    png: bytes
    change: str = ""


QuestionViews = Callable[[bytes], Sequence[QuestionView]]
"""What makes an image that asks into the views that are compared, the whole image first."""


def whole_image(png: bytes) -> tuple[QuestionView, ...]:
    """Return the image as it is, and nothing else."""
    return (QuestionView(png),)


def question_views(png: bytes) -> tuple[QuestionView, ...]:
    """Return the image as it is, what is left of it without a window around it, and that turned and mirrored.

    Raises
    ------
    InputError
        If it is no readable PNG.
    """
    pixels = np.asarray(open_png(png, "RGB"))
    return (QuestionView(png), *(QuestionView(_png(changed), change) for change, changed in _changed(pixels)))


def content_box(grey: NDArray[np.uint8]) -> Box:
    """Return top, bottom, left and right of the largest block of a screenshot: of the image in its window.

    Rows and columns of one colour part the blocks; the largest is kept and parted again, until nothing parts it. All
    of it where that is a symbol or a line of words, so that nothing is lost.
    """
    box = (0, grey.shape[0], 0, grey.shape[1])
    for _ in range(MAX_CUTS):
        smaller = _largest_block(grey, _largest_block(grey, box, rows=True), rows=False)
        if smaller == box:
            break
        box = smaller
    top, bottom, left, right = box
    return box if min(bottom - top, right - left) >= MIN_SIDE_PX else (0, grey.shape[0], 0, grey.shape[1])


def _largest_block(grey: Pixels, box: Box, *, rows: bool) -> Box:
    """Return the part of a box with the longest run of rows, or of columns, that have more than one colour."""
    top, bottom, left, right = box
    levels = grey[top:bottom, left:right].astype(np.int16)
    lines = levels if rows else levels.T
    differs = np.abs(lines - np.median(lines, axis=1, keepdims=True)) > BORDER_TOLERANCE
    busy = differs.mean(axis=1) > BORDER_SHARE
    edges = np.flatnonzero(np.diff(np.concatenate([[False], busy, [False]]).astype(np.int8)))
    if not edges.size:
        return box
    longest = 2 * int(np.argmax(edges[1::2] - edges[::2]))
    start, end = int(edges[longest]), int(edges[longest + 1])
    return (top + start, top + end, left, right) if rows else (top, bottom, left + start, left + end)


def _changed(pixels: Pixels) -> Iterator[tuple[str, Pixels]]:
    """Yield what was done to an image, and what comes of it."""
    top, bottom, left, right = content_box(pixels.mean(axis=2).astype(np.uint8))
    content = pixels[top:bottom, left:right]
    if content.shape != pixels.shape:
        yield "without what is around it", content
    for quarters in (1, 2, 3):
        yield f"turned by {90 * quarters} degrees", np.rot90(content, quarters)
    yield "mirrored", content[:, ::-1]


def _png(pixels: Pixels) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", compress_level=1)
    return file.getvalue()
