"""Images as they come after a change: saved again, turned, cut, or as a screenshot with a window around them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageOps

JPEG_QUALITY = 40
KEPT = 0.7  # of each side, by a crop
BAR_PX = 34
MARGINS_PX = (10, 90)  # least and most around the image in a window


def unchanged(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Return the image as it is."""
    del random
    return image


def _jpeg(image: Image.Image, random: np.random.Generator) -> Image.Image:
    del random
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=JPEG_QUALITY)
    return Image.open(stream).convert("L")


def _flipped(image: Image.Image, random: np.random.Generator) -> Image.Image:
    del random
    return ImageOps.mirror(image)


def _cropped(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Keep a part of the image, at a place by chance."""
    width, height = (int(KEPT * length) for length in image.size)
    left, top = int(random.integers(0, image.width - width + 1)), int(random.integers(0, image.height - height + 1))
    return image.crop((left, top, left + width, top + height))


def _turned(image: Image.Image, random: np.random.Generator) -> Image.Image:
    del random
    return image.transpose(Image.Transpose.ROTATE_90)


def _halved(image: Image.Image, random: np.random.Generator) -> Image.Image:
    del random
    return image.resize((max(1, image.width // 2), max(1, image.height // 2)))


def _brighter(image: Image.Image, random: np.random.Generator) -> Image.Image:
    del random
    return image.point(lambda level: min(255, int(1.25 * level + 15)))


def _in_light_window(image: Image.Image, random: np.random.Generator) -> Image.Image:
    return _in_window(image, random, background=int(random.integers(200, 256)), ink=20)


def _in_dark_window(image: Image.Image, random: np.random.Generator) -> Image.Image:
    return _in_window(image, random, background=int(random.integers(20, 60)), ink=220)


def _in_window(image: Image.Image, random: np.random.Generator, *, background: int, ink: int) -> Image.Image:
    """Draw a window: a bar with a title and a button, the image in margins, a line of words below it."""
    left, right, above, below = (int(margin) for margin in random.integers(*MARGINS_PX, 4))
    size = (left + image.width + right, BAR_PX + above + image.height + below)
    window = Image.new("L", size, background)
    pen = ImageDraw.Draw(window)
    pen.rectangle((0, 0, window.width, BAR_PX - 1), fill=(background + ink) // 2)
    pen.text((12, 11), "viewer - image 1 of 4", fill=ink)
    pen.ellipse((window.width - 28, 10, window.width - 14, 24), outline=ink)
    pen.text((left, window.height - 12), "W 400 L 40", fill=ink)
    window.paste(image, (left, BAR_PX + above))
    return window


CHANGES: Mapping[str, Callable[[Image.Image, np.random.Generator], Image.Image]] = {
    "none": unchanged,
    "jpeg": _jpeg,
    "flipped": _flipped,
    "cropped to 70 %": _cropped,
    "light screenshot": _in_light_window,
    "dark screenshot": _in_dark_window,
    "turned by 90 degrees": _turned,
    "half the size": _halved,
    "brighter": _brighter,
}
"""What is done to an image, by name; the sides of a crop are 70 % of those of the image."""
