"""PNG of 16 bits a sample, in every form: Pillow gives all 16 bits of plain grey only, and high bytes of the others.

The other forms are therefore decoded twice, once for each byte of a sample; no row filter has to be rewritten.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageFile

from ingest.images.depth import depth_of, to_grey, to_levels
from ingest.images.rules import PNG_SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Mapping

_GREY, _RGB, _GREY_ALPHA, _RGB_ALPHA = 0, 2, 4, 6  # colour types, section 11.2.1
_DEEP = 16
_DEPTH_AT, _COLOUR_TYPE_AT = len(PNG_SIGNATURE) + 16, len(PNG_SIGNATURE) + 17


def is_deep(png: bytes) -> bool:
    """Tell whether the header of a PNG says 16 bits."""
    return png[_DEPTH_AT] == _DEEP


def deep_image(png: bytes, image: Image.Image, notices: list[str]) -> Image.Image:
    """Return the pixels as 8-bit grey or RGB, transparency on black.

    Parameters
    ----------
    png : bytes
        A whole PNG of 16 bits.
    image : Image
        The same as Pillow opened it, not loaded yet.
    """
    values, alpha = _samples(png, image)
    visible = np.ones(values.shape[:2], np.bool_) if alpha is None else alpha > 0
    if not visible.any():
        return Image.new("L", (values.shape[1], values.shape[0]))
    grey = values.ndim == 2 or _channels_agree(values)
    levels = _stretched(values if values.ndim == 2 else values[..., 0], visible) if grey else _colours(values, notices)
    return Image.fromarray(levels if alpha is None else _on_black(levels, alpha))


def _samples(png: bytes, image: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the 16-bit values, of shape (rows, columns) or (rows, columns, 3), and alpha where there is any."""
    colour_type = png[_COLOUR_TYPE_AT]
    if colour_type == _GREY:
        values = np.asarray(image).astype(np.uint16)
        return values, _alpha_of_transparent(values, image.info)
    if colour_type == _GREY_ALPHA:
        pairs = np.asarray(_opened(_as_eight_bits(png))).view(">u2")  # two bytes of grey, two of alpha
        return pairs[..., 0].astype(np.uint16), pairs[..., 1].astype(np.uint16)
    mode = "RGBA" if colour_type == _RGB_ALPHA else "RGB"
    high, low = _bytes_of(png, f"{mode};16B"), _bytes_of(png, f"{mode};16L")
    values = high.astype(np.uint16)
    del high
    values <<= 8
    values |= low
    if colour_type == _RGB_ALPHA:
        return values[..., :3], values[..., 3]
    return values, _alpha_of_transparent(values, image.info)


def _alpha_of_transparent(values: np.ndarray, info: Mapping[Any, Any]) -> np.ndarray | None:
    """Return alpha of a PNG that names one transparent grey or colour."""
    named = info.get("transparency")
    if named is None:
        return None
    same = values == np.asarray(named, dtype=np.uint16)
    hidden = same if values.ndim == 2 else same.all(axis=2)
    return np.where(hidden, 0, 65_535).astype(np.uint16)


def _as_eight_bits(png: bytes) -> bytes:
    """Relabel grey with alpha of 16 bits as RGBA of 8: both have four bytes a pixel, and so the same row filters."""
    start = len(PNG_SIGNATURE)
    header = bytearray(png[start + 4 : start + 21])
    header[12:14] = bytes((8, _RGB_ALPHA))
    return b"".join((png[: start + 4], header, struct.pack(">I", zlib.crc32(header)), png[start + 25 :]))


def _opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png), formats=("PNG",))


def _bytes_of(png: bytes, raw_mode: str) -> np.ndarray:
    """Return one byte of each sample: the first, or the second where Pillow is told that it is the high one."""
    image = _opened(png)
    assert isinstance(image, ImageFile.ImageFile)
    image.tile = [tile._replace(args=raw_mode) for tile in image.tile]
    return np.asarray(image)


def _channels_agree(values: np.ndarray) -> bool:
    return np.array_equal(values[..., 0], values[..., 1]) and np.array_equal(values[..., 0], values[..., 2])


def _stretched(values: np.ndarray, visible: np.ndarray) -> np.ndarray:
    low, high = float(values[visible].min()), float(values[visible].max())
    return to_grey(values.astype(np.float32), low, high)


def _colours(values: np.ndarray, notices: list[str]) -> np.ndarray:
    bits = depth_of(int(values.max()), _DEEP)
    if bits < _DEEP:
        notices.append(f"The colours use {bits} of 16 bits and are shown as {bits} bits.")
    return to_levels(values, bits)


def _on_black(levels: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Weigh levels with alpha, which like them may use fewer bits than its container."""
    share = alpha.astype(np.float32) / (2 ** depth_of(int(alpha.max()), _DEEP) - 1)
    weighed = levels * (share if levels.ndim == 2 else share[..., np.newaxis])
    return (weighed + 0.5).astype(np.uint8)
