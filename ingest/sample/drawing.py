"""Draw one sample image: anatomy, lesions, the noise of a scanner, and a PNG of a chance size and kind."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.sample.canvas import Canvas, open_canvas, smooth_noise
from ingest.sample.depictions import montage, specimen_photograph, surface_view
from ingest.sample.lesions import Lesion, paint_lesion, prepare
from ingest.sample.tissues import tissues_of
from ingest.sample.views import VIEWS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.sample.canvas import Field

    Bytes = NDArray[np.uint8]

_MONTAGE = ("t1", "t1_gd", "t2", "flair")
_DRAWN_PX = 280  # larger images are drawn at this size and enlarged, as scanners interpolate their matrix


@dataclass(frozen=True)
class Drawing:
    """What one image shows: a view, a contrast, the lesions in it, and what kind of image it is."""

    view: str
    contrast: str
    lesions: Sequence[Lesion] = ()
    depiction: str = "scan"


def draw_png(drawing: Drawing, random: np.random.Generator) -> bytes:
    """Return the image as a PNG of 200 to 512 pixels a side, grey, RGB or RGBA by chance."""
    from PIL import Image

    height = int(random.integers(200, 513))
    width = min(512, max(200, int(height * random.uniform(0.85, 1.2))))
    mode = str(random.choice(("L", "L", "L", "RGB", "RGBA")))
    image = Image.fromarray(_depict(drawing, random, width, height))
    if image.mode != "RGB":
        image = image.convert(mode)
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=2)  # noise hardly shrinks further, and takes three times as long
    return stream.getvalue()


def _depict(drawing: Drawing, random: np.random.Generator, width: int, height: int) -> Bytes:
    """Return the pixels of any kind of image: grey, or RGB where the image has colour."""
    if drawing.depiction == "photograph":
        return specimen_photograph(width, height, random)
    if drawing.depiction == "montage":

        def panel(contrast: str, panel_width: int, panel_height: int) -> Bytes:
            one = dataclasses.replace(drawing, contrast=contrast)
            return draw_pixels(one, random, width_px=panel_width, height_px=panel_height)

        return montage(panel, _MONTAGE, width, height)
    scan = draw_pixels(drawing, random, width_px=width, height_px=height)
    return surface_view(scan) if drawing.depiction == "3D reconstruction" else scan


def draw_pixels(drawing: Drawing, random: np.random.Generator, *, width_px: int, height_px: int) -> Bytes:
    """Return the image's grey values, 8-bit, of shape (height_px, width_px)."""
    import numpy as np
    from PIL import Image

    share = min(1.0, _DRAWN_PX / max(width_px, height_px))
    pixels = _paint(drawing, random, round(width_px * share), round(height_px * share))
    if share < 1:
        enlarged = Image.fromarray(pixels).resize((width_px, height_px), Image.Resampling.BICUBIC)
        pixels = np.asarray(enlarged, dtype=np.float32)
    grain = random.standard_normal(pixels.shape).astype(np.float32) * 0.008
    return np.clip((pixels + grain) * 255 + 0.5, 0, 255).astype(np.uint8)


def _paint(drawing: Drawing, random: np.random.Generator, width: int, height: int) -> Field:
    view = VIEWS[drawing.view]
    is_ct = drawing.contrast.startswith("ct")
    canvas = open_canvas(
        width,
        height,
        tissues_of(drawing.contrast),
        random,
        half_width_cm=view.half_width_cm,
        background=0.0 if is_ct else 0.02,
    )
    if is_ct and view.plane == "Axial":
        canvas.tube("skin", [(-0.95, 0.82), (0, 0.97), (0.95, 0.82)], 0.009)
    prepare(canvas, drawing.lesions, drawing.view)
    for lesion in drawing.lesions:
        paint_lesion(canvas, lesion, drawing.view)
    return _ct_look(canvas) if is_ct else _mr_look(canvas)


def _blur(pixels: Field, times: int) -> Field:
    """Return the image smoothed by a small binomial kernel."""
    import numpy as np

    for _ in range(times):
        for axis in (0, 1):
            before, after = np.roll(pixels, 1, axis), np.roll(pixels, -1, axis)
            pixels = (0.25 * before + 0.5 * pixels + 0.25 * after).astype(np.float32)
    return pixels


def _ct_look(canvas: Canvas) -> Field:
    """Return the image with uneven tissue and the correlated noise of a CT, where there is tissue."""
    import numpy as np

    random, shape = canvas.random, canvas.pixels.shape
    tissue = np.clip(canvas.pixels * 4, 0, 1)
    mottle = 0.012 * smooth_noise(shape, random, 40) * tissue
    noise = _blur(random.standard_normal(shape).astype(np.float32), 1) * float(random.uniform(0.03, 0.07))
    bright = canvas.pixels * float(random.uniform(0.94, 1.06)) + float(random.uniform(-0.02, 0.03)) * tissue
    return (_blur((bright + mottle).astype(np.float32), 1) + noise * (0.25 + 0.75 * tissue)).astype(np.float32)


def _mr_look(canvas: Canvas) -> Field:
    """Return the drawing with tissue texture, the shading of a coil and the noise of a magnitude image."""
    import numpy as np

    random, shape = canvas.random, canvas.pixels.shape
    texture = 1 + 0.035 * smooth_noise(shape, random, 60) + 0.03 * smooth_noise(shape, random, 25)
    shading = 1 + 0.10 * smooth_noise(shape, random, 2)
    signal = (
        _blur((canvas.pixels * texture).astype(np.float32), 1)
        * np.clip(shading, 0.75, 1.2)
        * float(random.uniform(0.9, 1.06))
    )
    spread = float(random.uniform(0.012, 0.03))
    real = signal + spread * random.standard_normal(shape).astype(np.float32)
    other = spread * random.standard_normal(shape).astype(np.float32)
    return np.hypot(real, other).astype(np.float32)
