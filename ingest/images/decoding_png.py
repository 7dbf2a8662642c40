"""A PNG reduced to what a still image needs, before any library sees it.

Text, time, colour profile, animation and private chunks are left out unopened: what they hold (names, scripts,
a few kilobytes that unpack to gigabytes) reaches nobody. Only the orientation is read from some (`orientation`).
A PNG whose end or last rows are missing is refused, since Pillow would fill the missing rows with black.

References
----------
Portable Network Graphics (PNG) Specification, third edition, W3C 2025.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from ingest.images.rules import PNG_SIGNATURE, FileKind, refused_as_damaged, require_size

_CHUNKS_KEPT = frozenset((b"IHDR", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND"))  # eXIf for the orientation
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type: grey, RGB, palette, grey + alpha, RGB + alpha
_WHOLE = ((0, 0, 1, 1),)
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_SLICE_BYTES = 16 * 1024  # unpacks to 16 MB at most


def text_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of the text chunks of a PNG that `bare_png` has accepted, unopened."""
    start = len(PNG_SIGNATURE)
    while start + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, start)
        if name in _TEXTS:
            yield name, data[start + 8 : start + 8 + length]
        if name == b"IEND":
            return
        start += 12 + length


def bare_png(data: bytes) -> bytes:
    """Return the PNG with only the chunks that its pixels need.

    Raises
    ------
    RejectedFile
        If its size is not accepted, or its end or some of its rows are missing.
    """
    kept: list[tuple[bytes, bytes]] = []
    start = len(PNG_SIGNATURE)
    while start + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, start)
        end = start + 12 + length
        if end > len(data) or (name == b"IHDR") != (not kept):  # the header comes first, and once
            break
        if name == b"IHDR":
            require_size(*struct.unpack_from(">II", data, start + 8))
        if name in _CHUNKS_KEPT:
            kept.append((name, data[start:end]))
        if name == b"IEND":
            _require_all_rows(kept)
            return b"".join((PNG_SIGNATURE, *(chunk for _, chunk in kept)))
        start = end
    raise refused_as_damaged(FileKind.PNG)


def _require_all_rows(chunks: list[tuple[bytes, bytes]]) -> None:
    missing = _unpacked_bytes(chunks[0][1])
    unpacker = zlib.decompressobj()
    packed = memoryview(b"".join(chunk[8:-4] for name, chunk in chunks if name == b"IDAT"))
    for start in range(0, len(packed), _SLICE_BYTES):
        missing -= len(unpacker.decompress(packed[start : start + _SLICE_BYTES]))
        if missing <= 0:
            return
    raise refused_as_damaged(FileKind.PNG)


def _unpacked_bytes(header: bytes) -> int:
    """How many bytes the rows take: one for the filter, then the pixels, in each pass (sections 7.2, 8.1)."""
    width, height, depth, colour_type, _, _, interlaced = struct.unpack_from(">IIBBBBB", header, 8)
    bits = depth * _CHANNELS[colour_type]
    total = 0
    for left, top, across, down in _ADAM7 if interlaced else _WHOLE:
        columns, rows = -((left - width) // across), -((top - height) // down)
        total += rows * (1 + (columns * bits + 7) // 8) if columns > 0 else 0
    return total
