"""Images that are not one plain scan: a montage, a surface view of bones and vessels, a photograph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.sample.canvas import smooth_noise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]


def montage(draw: Callable[[str, int, int], Bytes], contrasts: tuple[str, ...], width: int, height: int) -> Bytes:
    """Return four panels, one for each contrast, with a dark gap between them."""
    import numpy as np

    half_width, half_height = width // 2 - 1, height // 2 - 1
    sheet = np.zeros((height, width), dtype=np.uint8)
    for place, contrast in enumerate(contrasts[:4]):
        top, left = (place // 2) * (height - half_height), (place % 2) * (width - half_width)
        sheet[top : top + half_height, left : left + half_width] = draw(contrast, half_width, half_height)
    return sheet


def surface_view(scan: Bytes) -> Bytes:
    """Return bones and vessels of a scan as if lit from the upper left, ivory on black; RGB."""
    import numpy as np

    height_map = np.clip(scan.astype(np.float32) / 255 - 0.76, 0, 1)
    for _ in range(3):
        for axis in (0, 1):
            height_map = 0.25 * np.roll(height_map, 1, axis) + 0.5 * height_map + 0.25 * np.roll(height_map, -1, axis)
    down, across = np.gradient(height_map)
    light = np.clip(0.75 - 2.2 * (down + across), 0.15, 1.0) * np.clip(height_map * 9, 0, 1)
    return np.clip(light[..., None] * np.array([245, 228, 196]), 0, 255).astype(np.uint8)


def specimen_photograph(width: int, height: int, random: np.random.Generator) -> Bytes:
    """Return a cut specimen on a blue cloth; RGB."""
    import numpy as np

    shape = (height, width)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (columns / width - 0.5) * 2, (rows / height - 0.5) * 2
    outline = 0.62 + 0.06 * smooth_noise(shape, random, 5)
    inside = np.clip((outline - np.hypot(x * 0.9, y * 1.15)) * 40, 0, 1)[..., None]
    nodule = np.clip((0.26 + 0.03 * smooth_noise(shape, random, 6) - np.hypot(x - 0.15, y + 0.1)) * 30, 0, 1)[..., None]
    grain = smooth_noise(shape, random, 70)[..., None]
    cloth = np.array([58, 92, 140]) + 6 * grain
    flesh = np.array([158, 62, 56]) + 14 * grain
    yellow = np.array([206, 170, 92]) + 16 * grain
    image = cloth + inside * (flesh + nodule * (yellow - flesh) - cloth)
    return np.clip(image, 0, 255).astype(np.uint8)
