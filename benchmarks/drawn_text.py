"""Made-up names, dates and numbers drawn into images, as scanners and viewers burn them in; the same for one seed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ingest.images.boxes import Box

SIZES_PX = (9, 11, 13, 16, 20, 26)
CONTRASTS = (70, 110, 160, 230)  # levels between text and ground, as far as there is room
# Fonts that come with matplotlib: sans serif, bold, of one width, with serifs, of the press, of TeX.
FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono", "DejaVuSerif", "STIXGeneral", "cmss10")
_FAMILY_NAMES = ("Muster", "Sample", "Okafor", "Tanaka", "Novak", "Rossi", "Larsen", "Haddad", "Ivanova", "Moreau")
_FIRST_NAMES = ("Erika", "John", "Ada", "Kenji", "Jana", "Luca", "Ingrid", "Omar", "Vera", "Claire")
_MARGIN_PX = 4
_JPEG_QUALITY = 85


@dataclass(frozen=True)
class Drawn:
    """An image with text, where it stands, and how it was drawn."""

    levels: np.ndarray
    box: Box
    size_px: int
    contrast: int


def draw_text(levels: np.ndarray, random: np.random.Generator) -> Drawn:
    """Return the image with one to three lines at an edge or in a corner, every second time as JPEG leaves it."""
    image = Image.fromarray(levels).convert("L")
    lines = list(random.permutation(_lines(random)))[: int(random.integers(1, 4))]
    size, contrast = int(random.choice(SIZES_PX)), int(random.choice(CONTRASTS))
    font = ImageFont.truetype(str(Path(matplotlib.get_data_path(), "fonts/ttf", f"{random.choice(FONTS)}.ttf")), size)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1" if random.random() < 0.25 else "L"  # smoothed, or as old consoles draw
    width, pitch = int(max(pen.textlength(line, font) for line in lines)), round(1.25 * size)
    box = _place(image.size, width, pitch * len(lines), random)
    ground = float(np.median(box.crop(np.asarray(image))))
    level = min(255.0, ground + contrast) if ground < 128 else max(0.0, ground - contrast)
    for number, line in enumerate(lines):
        pen.text((box.left, box.top + number * pitch), line, fill=int(level), font=font)
    return Drawn(np.asarray(_as_jpeg(image) if random.random() < 0.5 else image), box, size, contrast)


def _lines(random: np.random.Generator) -> list[str]:
    family, first = random.choice(_FAMILY_NAMES), random.choice(_FIRST_NAMES)
    year, month, day = (int(random.integers(*span)) for span in ((1930, 2024), (1, 13), (1, 29)))
    number = int(random.integers(10**6, 10**8))
    return [
        str(random.choice([f"{family}, {first}", f"{family.upper()}^{first.upper()}", f"{first} {family}"])),
        str(
            random.choice([f"{year}-{month:02}-{day:02}", f"{day:02}.{month:02}.{year}", f"DOB: {month}/{day}/{year}"])
        ),
        str(random.choice([f"ID {number}", f"MRN{number}", f"Acc: {number}"])),
    ]


def _place(size: tuple[int, int], width: int, height: int, random: np.random.Generator) -> Box:
    left = (_MARGIN_PX, (size[0] - width) // 2, size[0] - width - _MARGIN_PX)[int(random.integers(3))]
    top = (_MARGIN_PX, size[1] - height - _MARGIN_PX)[int(random.integers(2))]
    left, top = max(left, 0), max(top, 0)
    return Box(left, top, min(left + width, size[0]), min(top + height, size[1]))


def _as_jpeg(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_JPEG_QUALITY)
    return Image.open(io.BytesIO(file.getvalue()))
