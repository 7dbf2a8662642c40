"""A stored image made small, as it is drawn where many stand beside each other."""

from __future__ import annotations

from io import BytesIO


def thumbnail(png: bytes, side_px: int) -> bytes:
    """Return an image of the object store as PNG, no side longer than `side_px`; a smaller one is not enlarged."""
    from PIL import Image

    with Image.open(BytesIO(png), formats=("PNG",)) as opened:
        small = opened.convert("RGB")
    small.thumbnail((side_px, side_px))
    stream = BytesIO()
    small.save(stream, format="PNG")
    return stream.getvalue()
