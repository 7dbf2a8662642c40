"""Text burned into an image: names, dates and numbers that stay in the pixels whatever becomes of the header.

Letters are looked for, not read: thin strokes, lighter or darker than what is around them, that hang together to
pieces of about one height and one level and stand in a row. A side letter, a panel letter or a scale of equal ticks is
no row of letters. How much of drawn text is found, and what else is taken for it: `benchmarks/quality_burned_in.py`.

Strokes come from a top hat, as in Wu, Hsieh and Chen (Machine Vision and Applications 19, 2008).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np

from ingest.images.boxes import Box
from ingest.images.decoding import DecodedImage
from ingest.images.decoding_dicom import TEXT_SAID
from ingest.images.derived import derived_image, format_box

TEXT_SEEN = "Text seems to be burned into the image, perhaps a name or a date. Look at it before you pass the image on."
BURNED_IN = "burned-in text"  # among the source values of an image: where it is
SAID_BY_HEADER = "said by the DICOM header"
MIN_LETTERS = 4  # in a row: fewer are side letters ("R", "AP") and panels ("3B")
MIN_HEIGHT_PX, MAX_HEIGHT_PX = 5, 48  # of a letter; below this nobody reads it
MAX_SIDE_PX = 2048  # larger images are looked at reduced: their letters are larger too
_STROKE_PX = 9  # what is as thin as this is a stroke
_MIN_CONTRAST = 40  # levels between a stroke and what is around it
_OF_PEAK = 0.5  # of the contrast nearby: blurred letters come apart
_MAX_WIDTH = 2.2  # of a piece, in heights
_FILL = (0.15, 0.95)  # share of a piece's box
_ALIKE = 0.55  # the lower of two neighbours, in heights of the higher
_OVERLAP = 0.6  # of the lower one's height that both share
_MAX_GAP = 1.1  # between neighbours, in heights: also where words part
_SAME_LEVEL = 40
_BAND = 1.8  # the highest of a band, in heights of the lowest
_BANDS_PX = (5, 9, 16, 28)
_FLAT = 6  # neighbours are that much nearer in height than in width: they share most of a line
_MAX_BREAK = 3  # in a line, in heights: a piece between that is no letter, or a wider gap
# What tells a row of letters from texture: chosen on drawn text on images of train.
_SLACK = 0.12  # of a height, or a pixel: how far ends on one line may lie apart,
_MIN_ON_LINE = 0.8  # and the share of pieces that end there, above or below
_MIN_APART = 0.8  # share of pieces that begin right of all before
_MAX_UNEVEN = 0.2  # standard deviation of heights, in heights,
_MAX_LEVEL_SPREAD = 25  # and of levels


@dataclass(frozen=True)
class _Pieces:
    """Pieces of strokes: left, top, right, bottom, area and level of n of them."""

    boxes: np.ndarray
    areas: np.ndarray
    levels: np.ndarray

    def __getitem__(self, chosen: np.ndarray) -> _Pieces:
        return _Pieces(self.boxes[chosen], self.areas[chosen], self.levels[chosen])

    @property
    def heights(self) -> np.ndarray:
        return self.boxes[:, 3] - self.boxes[:, 1]

    @property
    def widths(self) -> np.ndarray:
        return self.boxes[:, 2] - self.boxes[:, 0]


def with_text_told(image: DecodedImage) -> DecodedImage:
    """Return the image with the rows of letters that are burned into it."""
    return replace(image, text_px=tuple(rows_of_letters(_levels(image.png))))


def without_text(image: DecodedImage) -> DecodedImage:
    """Return the image with the rows of letters that were told made black, and with those still seen told."""
    redacted = derived_image(image.png, [_with_margin(box, image) for box in image.text_px], None)
    said = tuple(notice for notice in image.notices if notice != TEXT_SAID)
    blackened = replace(image, png=redacted.png, pixel_sha256=redacted.pixel_sha256, notices=said)
    return with_text_told(replace(blackened, grey=None, grey_png=None))  # the values show the letters too


def burned_in(image: DecodedImage) -> str | None:
    """Return where text is burned in, as boxes, or who says so; None where nothing was found and nobody says it."""
    boxes = with_text_told(image).text_px
    if boxes:
        return " ".join(map(format_box, boxes))
    return SAID_BY_HEADER if TEXT_SAID in image.notices else None


def rows_of_letters(levels: np.ndarray) -> list[Box]:
    """Return where rows of letters stand, from the top down, those that overlap as one.

    Parameters
    ----------
    levels : ndarray of uint8, shape (height, width) or (height, width, 3)
    """
    grey = levels if levels.ndim == 2 else np.maximum(np.maximum(levels[..., 0], levels[..., 1]), levels[..., 2])
    factor = -(-max(grey.shape) // MAX_SIDE_PX)
    seen = _reduced(grey, factor)
    found = [box for light in (True, False) for box in _rows(seen if light else 255 - seen)]
    whole = (_enlarged(box, factor, grey.shape) for box in _joined(found))
    return sorted(whole, key=lambda box: (box.top, box.left))


def _levels(png: bytes) -> np.ndarray:
    from PIL import Image

    with Image.open(BytesIO(png), formats=("PNG",)) as opened:
        return np.asarray(opened if opened.mode in ("L", "RGB") else opened.convert("RGB"))


def _with_margin(box: Box, image: DecodedImage) -> Box:
    """Return the box with room for what is no piece: dots, commas, tails, and a wide letter before and after."""
    beside, margin = 2 + box.height_px, 2 + box.height_px // 4
    left, top, right, bottom = box.left - beside, box.top - margin, box.right + beside, box.bottom + margin
    return Box(max(left, 0), max(top, 0), min(right, image.width_px), min(bottom, image.height_px))


def _reduced(grey: np.ndarray, factor: int) -> np.ndarray:
    from PIL import Image

    return grey if factor == 1 else np.asarray(Image.fromarray(grey).reduce(factor))


def _joined(boxes: Iterable[Box]) -> list[Box]:
    """Return rows as one that go on in one line, or are the light and the dark of the same letters."""
    joined: list[Box] = []
    for box in sorted(boxes):
        whole = box
        while same := [other for other in joined if _goes_on(whole, other)]:
            joined = [other for other in joined if other not in same]
            lefts, tops, rights, bottoms = zip(whole, *same, strict=True)
            whole = Box(min(lefts), min(tops), max(rights), max(bottoms))
        joined.append(whole)
    return joined


def _goes_on(one: Box, other: Box) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    gap = max(one.left, other.left) - min(one.right, other.right)
    low, high = sorted((one.height_px, other.height_px))
    return shared >= _OVERLAP * low and gap <= _MAX_BREAK * high


def _enlarged(box: Box, factor: int, shape: tuple[int, ...]) -> Box:
    left, top, right, bottom = (side * factor for side in box)
    return Box(left, top, min(right, shape[1]), min(bottom, shape[0]))


def _rows(seen: np.ndarray) -> Iterator[Box]:
    """Yield the rows of letters that are lighter than what is around them."""
    pieces = _pieces(seen)
    for row in _in_rows(pieces):
        if _reads_as_text(row):
            left, top = row.boxes[:, :2].min(axis=0)
            right, bottom = row.boxes[:, 2:].max(axis=0)
            yield Box(int(left), int(top), int(right), int(bottom))


def _pieces(seen: np.ndarray) -> _Pieces:
    """Return the pieces of light strokes that are about as high and as full as letters."""
    from scipy import ndimage

    contrast = seen - _in_square(np.maximum, _in_square(np.minimum, seen))
    peak = _in_square(np.maximum, contrast)
    strokes = (contrast >= _MIN_CONTRAST) & (contrast >= _OF_PEAK * peak)
    labels = np.zeros(seen.shape, np.int32)
    ndimage.label(strokes, np.ones((3, 3)), output=labels)
    found = ndimage.find_objects(labels)
    boxes = np.array([(x.start, y.start, x.stop, y.stop) for y, x in found], np.int32).reshape(-1, 4)
    areas = np.bincount(labels.ravel())[1:]
    levels = np.bincount(labels.ravel(), seen.ravel())[1:] / np.maximum(areas, 1)
    pieces = _Pieces(boxes, areas, levels)
    heights, widths = pieces.heights, pieces.widths
    full = areas / np.maximum(heights * widths, 1)
    high = (heights >= MIN_HEIGHT_PX) & (heights <= MAX_HEIGHT_PX)
    return pieces[high & (widths <= _MAX_WIDTH * heights) & (full >= _FILL[0]) & (full <= _FILL[1])]


def _in_square(pick: np.ufunc, levels: np.ndarray) -> np.ndarray:
    """Return the highest or the lowest level in the square of a stroke's width around each pixel, cut at the edges.

    By doubling: the pick of two windows beside each other is that of the whole. What scipy's filters return, in a tenth
    of their time, which was half of an ingest's.
    """
    for axis in (0, 1):
        room = [(_STROKE_PX // 2,) * 2 if axis == side else (0, 0) for side in (0, 1)]
        picked = np.pad(levels, room, constant_values=0 if pick is np.maximum else 255).swapaxes(0, axis)
        covered = 1
        while covered < _STROKE_PX:
            step = min(covered, _STROKE_PX - covered)
            picked = pick(picked[:-step], picked[step:])
            covered += step
        levels = picked.swapaxes(0, axis)
    return levels


def _in_rows(pieces: _Pieces) -> Iterator[_Pieces]:
    """Yield the pieces that stand beside each other, row by row, from left to right."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(pieces.areas)
    if count < MIN_LETTERS:
        return
    pairs = np.concatenate([_neighbours(pieces, lower) for lower in _BANDS_PX])
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, row_of = connected_components(graph, directed=False)
    sizes = np.bincount(row_of, minlength=1)
    for row in np.flatnonzero(sizes >= MIN_LETTERS):
        chosen = np.flatnonzero(row_of == row)
        yield pieces[chosen[np.argsort(pieces.boxes[chosen, 0], kind="stable")]]


def _neighbours(pieces: _Pieces, lower_px: int) -> np.ndarray:
    """Return the pairs of about one height and level that stand beside each other, the lower one of a band of heights.

    Band by band, so that an image full of small pieces, each with a long reach, costs neither memory nor time.
    """
    from scipy.spatial import KDTree

    chosen = np.flatnonzero((pieces.heights >= lower_px) & (pieces.heights < lower_px * _BAND / _ALIKE))
    if len(chosen) < 2:
        return np.empty((0, 2), int)
    boxes, heights = pieces.boxes[chosen], pieces.heights[chosen]
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2 * (1, _FLAT)
    reach = float((_MAX_GAP + _MAX_WIDTH) * heights.max())
    near = KDTree(middles).query_pairs(reach, output_type="ndarray")
    one, other = boxes[near[:, 0]], boxes[near[:, 1]]
    low, high = (pick(heights[near[:, 0]], heights[near[:, 1]]) for pick in (np.minimum, np.maximum))
    gap = np.maximum(one[:, 0], other[:, 0]) - np.minimum(one[:, 2], other[:, 2])
    shared = np.minimum(one[:, 3], other[:, 3]) - np.maximum(one[:, 1], other[:, 1])
    pairs = chosen[near]
    step = np.abs(pieces.levels[pairs[:, 0]] - pieces.levels[pairs[:, 1]])
    beside = (gap <= _MAX_GAP * high) & (shared >= _OVERLAP * low) & (low >= _ALIKE * high) & (step <= _SAME_LEVEL)
    return pairs[beside]


def _reads_as_text(row: _Pieces) -> bool:
    """Tell letters from what else stands beside each other: they share a line, a level and a height."""
    slack = max(1.0, _SLACK * float(np.median(row.heights)))
    on_line = max(float((np.abs(ends - np.median(ends)) <= slack).mean()) for ends in row.boxes[:, [1, 3]].T)
    apart = row.boxes[1:, 0] >= np.maximum.accumulate(row.boxes[:, 2])[:-1]
    uneven = float(np.std(row.heights)) / float(np.median(row.heights))
    return (
        on_line >= _MIN_ON_LINE
        and float(apart.mean()) >= _MIN_APART
        and uneven < _MAX_UNEVEN
        and float(np.std(row.levels)) < _MAX_LEVEL_SPREAD
    )
