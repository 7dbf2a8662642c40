"""Images as a batch to learn from, changed as a radiologist would accept it.

Turned by a little, moved, enlarged, stretched, brighter or darker, with noise or a part hidden. Never mirrored: left
and right are in the texts. Images come grey, without border and square (`clip.pixels.square_image`), so that
size, colour type and border, which tell the modality of many sources, are no short cut.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Augmentation:
    """How far images are changed; every value is the end of a range around no change."""

    turn_degrees: float = 15.0
    least_zoom: float = 0.7
    most_zoom: float = 1.1
    stretch: float = 0.2
    shift: float = 0.15
    gamma: float = 0.4
    contrast: float = 0.25
    brightness: float = 0.1
    noise: float = 0.04
    noisy_share: float = 0.3
    hidden_share: float = 0.5
    largest_hidden: float = 0.35


def augmented(squares: NDArray[np.uint8], side_px: int, random: np.random.Generator, by: Augmentation) -> Tensor:
    """Return changed images, float32 from 0 to 1, of shape (n, 1, side, side), of squares of shape (n, s, s)."""
    import torch
    from torch.nn.functional import affine_grid, grid_sample

    images = torch.from_numpy(squares).float().unsqueeze(1) / 255
    grid = affine_grid(_maps(len(squares), random, by), [len(squares), 1, side_px, side_px], align_corners=False)
    moved = grid_sample(images, grid, mode="bilinear", align_corners=False)
    seen = _lit(moved, random, by)
    if random.random() < by.noisy_share:
        seen = seen + torch.from_numpy(random.normal(0, by.noise, tuple(seen.shape)).astype(np.float32))
    _hide_parts(seen, random, by)
    return seen


def _maps(n: int, random: np.random.Generator, by: Augmentation) -> Tensor:
    """Return affine maps from a place in the new image to one in the old, float32 of shape (n, 2, 3)."""
    import torch

    angle = random.uniform(-by.turn_degrees, by.turn_degrees, n) * math.pi / 180
    zoom = np.exp(random.uniform(math.log(by.least_zoom), math.log(by.most_zoom), n))
    stretch = np.exp(random.uniform(-by.stretch, by.stretch, n))
    shift = random.uniform(-by.shift, by.shift, (2, n))
    cosine, sine = np.cos(angle) * zoom, np.sin(angle) * zoom
    rows = np.array([[cosine * stretch, -sine, shift[0]], [sine, cosine / stretch, shift[1]]])
    return torch.from_numpy(rows.transpose(2, 0, 1).astype(np.float32).copy())


def _lit(images: Tensor, random: np.random.Generator, by: Augmentation) -> Tensor:
    """Return the images with other gamma, contrast and brightness."""
    import torch

    def one_each(low: float, high: float) -> Tensor:
        return torch.from_numpy(random.uniform(low, high, len(images)).astype(np.float32)).view(-1, 1, 1, 1)

    curved = images.clamp(1e-4, 1) ** one_each(-by.gamma, by.gamma).exp()
    return (curved * (1 + one_each(-by.contrast, by.contrast)) + one_each(-by.brightness, by.brightness)).clamp(0, 1)


def _hide_parts(images: Tensor, random: np.random.Generator, by: Augmentation) -> None:
    """Paint a square of one grey over a part of some images, in place (DeVries and Taylor, cutout, 2017)."""
    side = images.shape[-1]
    for image in images:
        if random.random() < by.hidden_share:
            size = int(side * random.uniform(0.1, by.largest_hidden))
            top, left = random.integers(0, side - size, 2)
            image[:, top : top + size, left : left + size] = random.random()


def squares_of(pngs: Sequence[bytes], side_px: int) -> NDArray[np.uint8]:
    """Return images grey, without border and square, uint8 of shape (n, side, side)."""
    return _filled(np.empty((len(pngs), side_px, side_px), dtype=np.uint8), pngs)


def squares_on_disk(pngs: Sequence[bytes], side_px: int) -> NDArray[np.uint8]:
    """Return `squares_of` in a file without a name, which goes with the array: 130 000 images of 180 px are 4 GB."""
    if not pngs:  # an empty file cannot be mapped
        return squares_of(pngs, side_px)
    with TemporaryFile() as file:
        return _filled(np.memmap(file, dtype=np.uint8, mode="w+", shape=(len(pngs), side_px, side_px)), pngs)


def _filled(squares: NDArray[np.uint8], pngs: Sequence[bytes]) -> NDArray[np.uint8]:
    from clip.pixels import square_image

    for row, png in enumerate(pngs):
        squares[row] = square_image(png, squares.shape[-1])
    return squares
