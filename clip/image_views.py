"""Several views of each image averaged: what one crop shows by chance counts less."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

WHOLE = (1.0,)


def averaged(encode: Callable[[Tensor], Tensor], images: Tensor, views: Sequence[float] = WHOLE) -> Tensor:
    """Return one unit vector per image, shape (m, d): the mean of those of its views.

    Parameters
    ----------
    encode : callable
        Takes images of shape (m, c, side, side) and returns unit vectors of shape (m, d).
    views : sequence of float
        How much of each side is seen, from the middle: 1.0 is the whole image, 0.8 four fifths, enlarged.
    """
    import torch
    from torch.nn.functional import normalize

    vectors = torch.stack([encode(_seen(images, share)) for share in views])
    return normalize(vectors.mean(dim=0), dim=-1)


def _seen(images: Tensor, share: float) -> Tensor:
    """Return the middle of the images, enlarged to their size."""
    from torch.nn.functional import interpolate

    if share == 1:
        return images
    side = images.shape[-1]
    cut = round(side * (1 - share) / 2)
    middle = images[..., cut : side - cut, cut : side - cut]
    return interpolate(middle, size=(side, side), mode="bilinear", align_corners=False, antialias=False)
