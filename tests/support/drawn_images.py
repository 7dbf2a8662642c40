"""Images of simple shapes, for tests of encoders and classifiers: PNGs that differ in content, size and kind."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """Return grey pixels as a PNG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def ring(seed: int, side_px: int = 160) -> NDArray[np.uint8]:
    """A bright ring of chance width, as a head is in an axial slice."""
    random = np.random.default_rng(seed)
    canvas = Image.new("L", (side_px, side_px))
    draw = ImageDraw.Draw(canvas)
    inset = side_px * random.uniform(0.1, 0.2)
    box = [inset, inset * random.uniform(0.8, 1.2), side_px - inset, side_px - inset]
    draw.ellipse(box, outline=int(random.integers(180, 250)), width=int(random.integers(6, 14)))
    return with_noise(canvas, random)


def stripes(seed: int, side_px: int = 160) -> NDArray[np.uint8]:
    """Bright bars one above the other, as vertebrae are in a sagittal slice."""
    random = np.random.default_rng(seed)
    canvas = Image.new("L", (side_px, side_px))
    draw = ImageDraw.Draw(canvas)
    left = side_px * random.uniform(0.3, 0.4)
    step = side_px / random.uniform(6, 8)
    for top in np.arange(step / 2, side_px - step, step):
        draw.rectangle([left, top, side_px - left, top + step * 0.6], fill=int(random.integers(150, 250)))
    return with_noise(canvas, random)


def with_noise(canvas: Image.Image, random: np.random.Generator) -> NDArray[np.uint8]:
    """Add the noise of a scanner, inside as outside."""
    noisy = np.asarray(canvas, dtype=float) + random.normal(0, 3, (canvas.height, canvas.width))
    return np.clip(noisy, 0, 255).astype(np.uint8)
