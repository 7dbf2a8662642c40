"""A canvas on which tissues are painted: soft-edged shapes in body coordinates, shown as one contrast shows them.

Coordinates are those of the image: x grows to its right, y downwards, the body fits into [-1, 1]. In axial and
coronal images the patient's left is on the right (radiology convention), in sagittal ones the face looks left.
Every canvas bends its coordinates a little, so that no two images of the same anatomy are alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Field = NDArray[np.float32]

Point = tuple[float, float]

_BEND = 0.018  # typical shift of a coordinate, about 2 mm in a head: organic, and no organ leaves its place


@dataclass
class Canvas:
    """An image in the making.

    Parameters
    ----------
    pixels : ndarray of shape (height, width)
        Brightness so far, 0 black to 1 white.
    x, y : ndarray of shape (height, width)
        Body coordinates of each pixel.
    tissues : mapping of str to float
        How bright each tissue is in the contrast of this image.
    random : numpy Generator
        Source of every chance variation.
    edge : float
        Width of a soft edge in body coordinates, about a pixel and a half.
    half_width_cm : float
        What one unit of body coordinates measures.
    bounds : ndarray of shape (height, width), optional
        Where painting is allowed from now on: the anatomy of a head sets it to the inside of the skull.
    """

    pixels: Field
    x: Field
    y: Field
    tissues: Mapping[str, float]
    random: np.random.Generator
    edge: float
    half_width_cm: float
    bounds: Field | None = None

    def brightness(self, tissue: str | float) -> float:
        """Return how bright a tissue is here; a number stands for itself."""
        return self.tissues[tissue] if isinstance(tissue, str) else tissue

    def paint(self, tissue: str | float, mask: Field) -> None:
        """Lay a tissue over the image where the mask is 1."""
        self.pixels += mask * (self.brightness(tissue) - self.pixels)

    def ellipse(
        self, tissue: str | float, cx: float, cy: float, rx: float, ry: float, *, turn: float = 0, power: float = 2
    ) -> None:
        """Paint an ellipse, turned clockwise by `turn` degrees; a power over 2 makes it boxy."""
        reach = max(rx, ry) * 1.05
        window = self._window(cx - reach, cy - reach, cx + reach, cy + reach)
        self._paint_window(tissue, window, self._ellipse_field(window, cx, cy, rx, ry, turn=turn, power=power))

    def ellipse_mask(self, cx: float, cy: float, rx: float, ry: float, *, turn: float = 0, power: float = 2) -> Field:
        """Return the mask of an ellipse over the whole image."""
        everywhere = (slice(None), slice(None))
        return self._soften(self._ellipse_field(everywhere, cx, cy, rx, ry, turn=turn, power=power))

    def blob(self, tissue: str | float, cx: float, cy: float, radii: Sequence[float], turn: float = 0) -> None:
        """Paint a smooth shape given by its radii at even angles, clockwise from the right."""
        import numpy as np

        reach = max(radii) * 1.15
        window = self._window(cx - reach, cy - reach, cx + reach, cy + reach)
        dx, dy = self.x[window] - cx, self.y[window] - cy
        angle = np.arctan2(dy, dx) - np.float32(np.radians(turn))
        self._paint_window(tissue, window, np.hypot(dx, dy) - _smooth_radius(angle, radii))

    def tube(
        self, tissue: str | float, points: Sequence[Point], radius: float, end_radius: float | None = None
    ) -> None:
        """Paint a band along a line of points, tapering to `end_radius`."""
        import numpy as np

        xs, ys = [p[0] for p in points], [p[1] for p in points]
        far = max(radius, end_radius or 0)
        window = self._window(min(xs) - far, min(ys) - far, max(xs) + far, max(ys) + far)
        x, y = self.x[window], self.y[window]
        field = np.full(x.shape, 9.0, dtype=np.float32)
        last = radius if end_radius is None else end_radius
        steps = len(points) - 1
        for step, ((ax, ay), (bx, by)) in enumerate(pairwise(points)):
            vx, vy = bx - ax, by - ay
            along = np.clip(((x - ax) * vx + (y - ay) * vy) / max(vx * vx + vy * vy, 1e-9), 0, 1)
            here = radius + (last - radius) * (step + along) / steps
            field = np.minimum(field, np.hypot(x - ax - along * vx, y - ay - along * vy) - here)
        self._paint_window(tissue, window, field)

    def texture(self, scale: float) -> Field:
        """Return smooth noise of unit spread whose grains are about `scale` wide in body coordinates."""
        return smooth_noise(self.pixels.shape, self.random, max(3, round(2 / scale)))

    def jitter(self, value: float, share: float = 0.08) -> float:
        """Return the value, larger or smaller by chance."""
        return value * (1 + share * float(self.random.uniform(-1, 1)))

    def _window(self, x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
        """Return the pixels that may hold the given box, as two slices."""
        import numpy as np

        pad = self.edge * 2
        columns = ((self.x >= x0 - pad) & (self.x <= x1 + pad)).any(axis=0)
        rows = ((self.y >= y0 - pad) & (self.y <= y1 + pad)).any(axis=1)
        if not columns.any() or not rows.any():
            return slice(0, 0), slice(0, 0)
        across, down = np.flatnonzero(columns), np.flatnonzero(rows)
        return slice(int(down[0]), int(down[-1]) + 1), slice(int(across[0]), int(across[-1]) + 1)

    def _ellipse_field(
        self, window: tuple[slice, slice], cx: float, cy: float, rx: float, ry: float, *, turn: float, power: float
    ) -> Field:
        import numpy as np

        dx, dy = self.x[window] - cx, self.y[window] - cy
        cos, sin = float(np.cos(np.radians(turn))), float(np.sin(np.radians(turn)))
        u, v = np.abs(dx * cos + dy * sin) / rx, np.abs(dy * cos - dx * sin) / ry
        distance = np.hypot(u, v) if power == 2 else (u**power + v**power) ** (1 / power)
        return ((distance - 1) * min(rx, ry)).astype(np.float32)

    def _soften(self, field: Field) -> Field:
        import numpy as np

        return np.clip(0.5 - field / self.edge, 0, 1).astype(np.float32)

    def _paint_window(self, tissue: str | float, window: tuple[slice, slice], field: Field) -> None:
        part = self.pixels[window]
        mask = self._soften(field)
        if self.bounds is not None:
            mask = mask * self.bounds[window]
        part += mask * (self.brightness(tissue) - part)


def open_canvas(
    width_px: int,
    height_px: int,
    tissues: Mapping[str, float],
    random: np.random.Generator,
    *,
    half_width_cm: float,
    background: float,
) -> Canvas:
    """Return an empty canvas whose coordinates are turned, scaled, shifted and bent by chance."""
    import numpy as np

    unit_px = min(width_px, height_px) / 2
    scale = float(random.uniform(0.98, 1.16)) / unit_px
    turn = float(np.radians(random.uniform(-4, 4)))
    shift_x, shift_y = random.uniform(-0.03, 0.03, 2)
    rows, columns = np.mgrid[0:height_px, 0:width_px].astype(np.float32)
    u, v = (columns - width_px / 2) * scale, (rows - height_px / 2) * scale
    shape = (height_px, width_px)
    x = u * np.cos(turn) + v * np.sin(turn) + shift_x + _BEND * smooth_noise(shape, random, 3)
    y = v * np.cos(turn) - u * np.sin(turn) + shift_y + _BEND * smooth_noise(shape, random, 3)
    varied = {name: min(1.0, max(0.0, value * float(random.uniform(0.96, 1.04)))) for name, value in tissues.items()}
    return Canvas(
        pixels=np.full(shape, background, dtype=np.float32),
        x=x.astype(np.float32),
        y=y.astype(np.float32),
        tissues=varied,
        random=random,
        edge=float(1.6 * scale),
        half_width_cm=half_width_cm,
    )


def smooth_noise(shape: tuple[int, ...], random: np.random.Generator, cells: int) -> Field:
    """Return noise of unit spread over `shape`, smooth between about `cells` grains a side."""
    import numpy as np
    from PIL import Image

    height, width = shape[0], shape[1]
    coarse = random.standard_normal((cells + 3, cells + 3)).astype(np.float32)
    fine = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    noise = np.asarray(fine, dtype=np.float32)
    return np.clip(noise / max(float(noise.std()), 1e-6), -2.5, 2.5)


def _smooth_radius(angle: Field, radii: Sequence[float]) -> Field:
    """Return the radius at each angle: a trigonometric sum through the given radii, damped against ringing."""
    import numpy as np

    n = len(radii)
    terms = np.fft.rfft(np.asarray(radii)) / n
    total = np.full(angle.shape, terms[0].real, dtype=np.float32)
    for k in range(1, len(terms)):
        weight = 2 * float(np.sinc(k / (n * 0.9)))
        total += np.float32(weight * terms[k].real) * np.cos(k * angle) - np.float32(weight * terms[k].imag) * np.sin(
            k * angle
        )
    return total
