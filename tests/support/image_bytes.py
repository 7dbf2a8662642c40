"""Bytes of images for tests: good ones by Pillow, odd and hostile PNGs chunk by chunk."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def ramp(width: int = 40, height: int = 30) -> np.ndarray:
    """A grey image in which no two rows or columns are alike, so that turning it shows."""
    rows, columns = np.mgrid[0:height, 0:width]
    return ((rows * 5 + columns * 3) % 256).astype(np.uint8)


def colour(width: int = 40, height: int = 30) -> np.ndarray:
    """An RGB image whose channels differ."""
    grey = ramp(width, height)
    return np.stack([grey, 255 - grey, grey // 2], axis=-1)


def encoded(pixels_or_image: np.ndarray | Image.Image, file_format: str = "PNG", **options: Any) -> bytes:
    """Encode pixels with Pillow."""
    image = Image.fromarray(pixels_or_image) if isinstance(pixels_or_image, np.ndarray) else pixels_or_image
    stream = BytesIO()
    image.save(stream, format=file_format, **options)
    return stream.getvalue()


def pixels(png: bytes) -> np.ndarray:
    """Return the pixels of a PNG as Pillow reads them."""
    return np.asarray(Image.open(BytesIO(png)))


def chunk(name: bytes, content: bytes) -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """Split a PNG into the names and contents of its chunks."""
    found, start = [], len(SIGNATURE)
    while start < len(png):
        length, name = struct.unpack_from(">I4s", png, start)
        found.append((name, png[start + 8 : start + 8 + length]))
        start += 12 + length
    return found


def png_of(width: int, height: int, depth: int, colour_type: int, data: bytes, *extra: bytes) -> bytes:
    """A PNG with a header of any claim, `extra` chunks, and `data` as its compressed pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0))
    return SIGNATURE + header + b"".join(extra) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def with_chunks(png: bytes, *extra: bytes) -> bytes:
    """Insert chunks after the header of a PNG."""
    after_header = len(SIGNATURE) + 25
    return png[:after_header] + b"".join(extra) + png[after_header:]


def zeros_compressed(size: int) -> bytes:
    """`size` zero bytes, compressed a thousandfold: one block that needs nothing before it, again and again."""
    block = bytes(1024 * 1024)
    packer = zlib.compressobj(9)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = zlib.compressobj(9, wbits=-15)
    end = rest.compress(bytes(size % len(block))) + rest.flush()
    checksum = 1
    for _ in range(size // len(block)):
        checksum = zlib.adler32(block, checksum)
    checksum = zlib.adler32(bytes(size % len(block)), checksum)
    return start + packed * (size // len(block)) + end + struct.pack(">I", checksum)
