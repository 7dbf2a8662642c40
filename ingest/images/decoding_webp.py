"""The size that the header of a WebP file states, before a decoder makes room for it.

References
----------
WebP Container Specification, RFC 9649, sections 2.6, 2.7 and 3.4.
"""

from __future__ import annotations

import struct

from ingest.images.rules import FileKind, refused_as_damaged, require_size

_HEADER_BYTES = 30


def require_webp_size(data: bytes) -> None:
    """Refuse a WebP file that is too large, too small or without a size.

    Raises
    ------
    RejectedFile
        E-PIC-004, E-PIC-005, or E-PIC-006 where the header is cut short.
    """
    if len(data) < _HEADER_BYTES:
        raise refused_as_damaged(FileKind.WEBP)
    chunk = data[12:16]
    if chunk == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    elif chunk == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif chunk == b"VP8X":
        width, height = (int.from_bytes(data[start : start + 3], "little") + 1 for start in (24, 27))
    else:
        raise refused_as_damaged(FileKind.WEBP)
    require_size(width, height)
