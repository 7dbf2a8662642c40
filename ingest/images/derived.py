"""Images made from a stored image: burned-in text redacted, then cropped. The stored one is never changed."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from ingest.errors import InputError
from ingest.images.decoding import DecodedImage, decode_image
from ingest.images.rules import MIN_SIDE_PX

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are the first column and row outside."""


def derived_image(png: bytes, redacted_px: Sequence[Box], crop_box_px: Box | None) -> DecodedImage:
    """Return the image with the boxes redacted and the rest outside `crop_box_px` cut off.

    Parameters
    ----------
    png : bytes
        An image of the object store: one that came out of a `Decoder`.
    redacted_px, crop_box_px
        In pixels of that image.
    """
    from PIL import Image

    opened = Image.open(BytesIO(png), formats=("PNG",))
    opened.load()
    for box in redacted_px:
        opened.paste(0, box)
    if crop_box_px is not None:
        opened = opened.crop(crop_box_px)
    stream = BytesIO()
    opened.save(stream, format="PNG", compress_level=0)
    return decode_image(stream.getvalue())


def require_box(box: Box, width_px: int, height_px: int, *, smallest_px: int = 1) -> None:
    """Refuse a box that is empty or leaves the image.

    Raises
    ------
    InputError
        The message says the size of the image.
    """
    left, top, right, bottom = box
    inside = left >= 0 and top >= 0 and right <= width_px and bottom <= height_px
    if not (inside and right - left >= smallest_px and bottom - top >= smallest_px):
        raise InputError(
            f"the box {format_box(box)} does not fit an image of {width_px} x {height_px} pixels. Give "
            f"left,top,right,bottom within it, at least {smallest_px} pixels a side."
        )


def require_crop_box(box: Box, width_px: int, height_px: int) -> None:
    """Refuse a box that leaves no usable image. Raises InputError."""
    require_box(box, width_px, height_px, smallest_px=MIN_SIDE_PX)


def format_box(box: Box) -> str:
    """Return a box as people write it: ``left,top,right,bottom``."""
    return ",".join(map(str, box))


def parse_box(text: str) -> Box:
    """Return the box that ``left,top,right,bottom`` means. Raises InputError."""
    numbers = text.replace(" ", "").split(",")
    if len(numbers) != 4 or not all(number.isascii() and number.isdecimal() for number in numbers):
        raise InputError(f"'{text}' is not a box. Write left,top,right,bottom in pixels, for example 10,10,200,220.")
    left, top, right, bottom = map(int, numbers)
    return left, top, right, bottom
