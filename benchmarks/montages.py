"""Montages of known layout, drawn from real images: rows, grids, uneven and nested layouts, letters, borders."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ingest.images.boxes import Box

MAX_GUTTER_PX = 12
_BORDER_PX = (4, 40)
_JPEG_QUALITY = 85
_LIGHT, _DARK = (255, 250, 240), (0, 0, 16)


@dataclass(frozen=True)
class Montage:
    """A drawn figure and the boxes of its panels."""

    layout: str
    gutter_px: int
    level: int
    levels: np.ndarray
    panels: tuple[Box, ...]

    @property
    def light(self) -> bool:
        """Tell whether the gutters are light."""
        return self.level in _LIGHT


@dataclass(frozen=True)
class _Plan:
    """Boxes without gutters between them, and what is drawn beside the panels."""

    boxes: Sequence[Box]
    letters: str = ""
    border: bool = False


def draw_montages(images: Sequence[np.ndarray], count: int, seed: int = 0) -> list[Montage]:
    """Return so many montages of the layouts in turn, every second one as JPEG leaves it."""
    random = np.random.default_rng(seed)
    layouts = list(LAYOUTS)
    return [_draw(images, layouts[i % len(layouts)], i // len(layouts) % 2 == 1, random) for i in range(count)]


def _draw(images: Sequence[np.ndarray], layout: str, jpeg: bool, random: np.random.Generator) -> Montage:
    plan = LAYOUTS[layout](random)
    gutter = 0 if layout == "no gutter" else int(random.integers(0, MAX_GUTTER_PX + 1))
    light = bool(random.integers(2))
    level = int(random.choice(_LIGHT if light else _DARK))
    border = int(random.integers(*_BORDER_PX)) if plan.border else 0
    below = 24 if plan.letters == "below" else 0
    boxes = _with_gutters(plan.boxes, gutter, below, border)
    width, height = max(box.right for box in boxes) + border, max(box.bottom for box in boxes) + below + border
    canvas = Image.new("L", (width, height), level)
    for index, box in enumerate(boxes):
        panel = Image.fromarray(images[int(random.integers(len(images)))]).convert("L")
        canvas.paste(panel.resize((box.width_px, box.height_px), Image.Resampling.BILINEAR), box[:2])
        if plan.letters:
            _write_letter(canvas, box, "ABCDEFGHIJKLMNOP"[index], plan.letters, light)
    return Montage(layout, gutter, level, np.asarray(_saved(canvas) if jpeg else canvas), tuple(boxes))


def _with_gutters(boxes: Sequence[Box], gutter: int, below: int, border: int) -> list[Box]:
    """Shrink the boxes by half a gutter at the sides that touch another box, and move them inside a border.

    A line of letters stands `below` each panel.
    """
    lefts, tops = sorted({b.left for b in boxes} | {b.right for b in boxes}), sorted({b.top for b in boxes})
    right, bottom = lefts[-1], max(b.bottom for b in boxes)
    half = gutter // 2
    found = []
    for b in boxes:
        low = b.bottom - (0 if b.bottom == bottom else gutter - half)
        box = Box(
            b.left + (half if b.left > lefts[0] else 0),
            b.top + (half if b.top > tops[0] else 0),
            b.right - (0 if b.right == right else gutter - half),
            low - below,
        )
        found.append(Box(box.left + border, box.top + border, box.right + border, box.bottom + border))
    return found


def _write_letter(canvas: Image.Image, box: Box, letter: str, where: str, light: bool) -> None:
    font = ImageFont.load_default(18)
    pen = ImageDraw.Draw(canvas)
    if where == "below":
        middle = (box.left + box.right) // 2
        pen.text((middle - 12, box.bottom + 1), f"({letter.lower()})", fill=0 if light else 255, font=font)
    else:
        pen.rectangle((box.left, box.top, box.left + 22, box.top + 22), fill=255)
        pen.text((box.left + 5, box.top), letter, fill=0, font=font)


def _saved(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_JPEG_QUALITY)
    return Image.open(io.BytesIO(file.getvalue()))


def _grid(random: np.random.Generator, rows: int, columns: int, side: tuple[int, int] = (160, 320)) -> list[Box]:
    width, height = (int(random.integers(*side)) for _ in range(2))
    return [
        Box(column * width, row * height, (column + 1) * width, (row + 1) * height)
        for row in range(rows)
        for column in range(columns)
    ]


def _any_grid(random: np.random.Generator) -> list[Box]:
    return _grid(random, int(random.integers(2, 4)), int(random.integers(2, 4)))


def _row(random: np.random.Generator) -> list[Box]:
    rows, columns = (1, int(random.integers(2, 6))) if random.integers(2) else (int(random.integers(2, 4)), 1)
    return _grid(random, rows, columns)


def _uneven(random: np.random.Generator) -> list[Box]:
    """Rows of different heights, each of its own number of panels of different widths."""
    width, top, boxes = int(random.integers(600, 900)), 0, []
    for _ in range(int(random.integers(2, 4))):
        height = int(random.integers(140, 320))
        shares = random.uniform(1, 2, int(random.integers(2, 5)))
        edges = np.r_[0, np.cumsum(shares / shares.sum() * width)].round().astype(int)
        boxes += [Box(int(a), top, int(b), top + height) for a, b in pairwise(edges)]
        top += height
    return boxes


def _nested(random: np.random.Generator) -> list[Box]:
    """One large panel beside a stack of small ones, or above a row of them."""
    large, small = int(random.integers(350, 500)), int(random.integers(150, 250))
    count = int(random.integers(2, 4))
    edges = [round(i * large / count) for i in range(count + 1)]
    stack = [Box(large, a, large + small, b) for a, b in pairwise(edges)]
    boxes = [Box(0, 0, large, large), *stack]
    return boxes if random.integers(2) else [Box(b.top, b.left, b.bottom, b.right) for b in boxes]


def _pinwheel(random: np.random.Generator) -> list[Box]:
    """Five panels that no straight line parts: four around one."""
    a, b, c = (int(random.integers(140, 220)) for _ in range(3))
    n = a + b + c
    return [Box(0, 0, a + b, a), Box(a + b, 0, n, a + b), Box(0, a, a, n), Box(a, a, a + b, a + b),
            Box(a, a + b, n, n)]  # fmt: skip


def _small(random: np.random.Generator) -> list[Box]:
    return _grid(random, int(random.integers(2, 4)), int(random.integers(2, 5)), (64, 99))


LAYOUTS: dict[str, Callable[[np.random.Generator], _Plan]] = {
    "row or column": lambda random: _Plan(_row(random)),
    "grid": lambda random: _Plan(_any_grid(random)),
    "uneven rows": lambda random: _Plan(_uneven(random)),
    "large and small": lambda random: _Plan(_nested(random)),
    "pinwheel": lambda random: _Plan(_pinwheel(random)),
    "letters below": lambda random: _Plan(_any_grid(random), letters="below"),
    "letters in corners": lambda random: _Plan(_any_grid(random), letters="corner"),
    "border": lambda random: _Plan(_any_grid(random), border=True),
    "no gutter": lambda random: _Plan(_any_grid(random)),
    "under 100 px": lambda random: _Plan(_small(random)),
}
