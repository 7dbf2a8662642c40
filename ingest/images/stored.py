"""What a stored image must look like: a PNG of pixels and nothing else, every part of it whole.

The file's digest says that it is the file that was written; this says that what was written is an image, without
any text, time or private data in it. No decoder is needed: a stored PNG is 8-bit grey or RGB and not interlaced.

References
----------
Portable Network Graphics (PNG) Specification, third edition, W3C 2025.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from ingest.errors import DamagedFile
from ingest.images.rules import PNG_SIGNATURE

_PIXEL_CHUNKS = (b"IHDR", b"IDAT", b"IEND")
_CHANNELS = {0: 1, 2: 3}  # by colour type: grey, RGB
_LAST_FILTER = 4  # section 9.2


def foreign_parts(png: bytes) -> list[str]:
    """Return the names of what a stored image holds beside its pixels; nothing, as it should be.

    Raises
    ------
    DamagedFile
        If it cannot be read as a PNG.
    """
    names = [name for name, _ in _chunks(png)]
    foreign = [name.decode("ascii", errors="replace") for name in names if name not in _PIXEL_CHUNKS]
    return [*foreign, *(["bytes after the end"] if not png.endswith(b"IEND\xaeB`\x82") else [])]


def require_pixels(png: bytes) -> None:
    """Refuse a stored image that no viewer could show whole.

    Raises
    ------
    DamagedFile
        If a part is missing or broken, or the rows do not fit the size.
    """
    chunks = [chunk for chunk in _chunks(png) if chunk[0] in _PIXEL_CHUNKS]
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND" or len(chunks[0][1]) != 13:
        raise DamagedFile("its header or its end is missing")
    width, height, depth, colour_type, *ways = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or colour_type not in _CHANNELS or any(ways):
        raise DamagedFile("it is not a plain 8-bit grey or RGB image")
    row_bytes = 1 + width * _CHANNELS[colour_type]
    rows = _unpacked(b"".join(data for name, data in chunks if name == b"IDAT"), height * row_bytes)
    if any(code > _LAST_FILTER for code in rows[::row_bytes]):
        raise DamagedFile("one of its rows has an unknown filter")


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and data of each chunk up to the end, checking its sum."""
    if not png.startswith(PNG_SIGNATURE):
        raise DamagedFile("it is not a PNG")
    start = len(PNG_SIGNATURE)
    while start < len(png):
        if start + 12 > len(png):
            raise DamagedFile("it ends too early")
        length, name = struct.unpack_from(">I4s", png, start)
        data = png[start + 8 : start + 8 + length]
        if len(data) < length or png[start + 8 + length : start + 12 + length] != _sum(name, data):
            raise DamagedFile("one of its parts is broken")
        yield name, data
        if name == b"IEND":
            return
        start += 12 + length
    raise DamagedFile("its header or its end is missing")


def _sum(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(name + data))


def _unpacked(packed: bytes, expected: int) -> bytes:
    """Return the rows, never more of them than the size says."""
    unpacker = zlib.decompressobj()
    try:
        rows = unpacker.decompress(packed, expected + 1)
    except zlib.error as error:
        raise DamagedFile("its pixels cannot be unpacked") from error
    if len(rows) != expected or not unpacker.eof:
        raise DamagedFile("its rows do not fit its size")
    return rows
