"""Which way is up: the orientation that a camera or converter wrote as EXIF or XMP, in JPEG and in the chunks of PNG.

Only this one number is read. Text chunks of a PNG are looked at by name; those that may hold an orientation are
unpacked up to a limit, all others stay unopened.

References
----------
Exif 3.0, 4.6.5.1.6 (Orientation); XMP part 2, 3.5 (tiff:Orientation); PNG, third edition, 11.3.3;
ImageMagick and ExifTool, "Raw profile type": name, length and hexadecimal digits in a text chunk.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from PIL import ExifTags, Image

_PROFILES = (b"Raw profile type exif", b"Raw profile type APP1", b"Raw profile type xmp")
_XMP = b"XML:com.adobe.xmp"
_MAX_UNPACKED_BYTES = 1024 * 1024  # EXIF in a JPEG has 64 KB at most; as hexadecimal digits twice that
_MAX_TEXTS = 8  # more of these chunks than any program writes are left unopened
_UPRIGHT = 1
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_IN_XMP = re.compile(rb"tiff:Orientation\s{0,9}(?:=\s{0,9}[\"']|>)\s{0,9}([1-8])\s{0,9}[\"'<]")
_UNREADABLE = (ArithmeticError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, zlib.error)


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turn an image whose metadata say that it lies."""
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def orientation_of(image: Image.Image, texts: Iterable[bytes] = ()) -> int:
    """Return the orientation from 1 to 8 that the metadata give: EXIF before XMP; 1 where none is readable.

    Parameters
    ----------
    image : Image
        As Pillow opened it.
    texts : iterable of bytes
        EXIF and XMP that Pillow has not seen.
    """
    try:
        found = image.getexif().get(ExifTags.Base.Orientation)
    except (*_UNREADABLE, AttributeError, AssertionError, EOFError):
        found = None
    if _is_orientation(found):
        return found
    xmp = image.info.get("xmp")
    contents = [*texts, *([xmp] if isinstance(xmp, bytes) else [])]
    readers = (_from_exif, _from_xmp)
    return next((turn for read in readers for content in contents if (turn := read(content))), _UPRIGHT)


def texts_with_orientation(chunks: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    """Return the EXIF and XMP in the text chunks of a PNG, given as names and contents."""
    return list(_unpacked(chunks))


def _unpacked(chunks: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    opened = 0
    for name, content in chunks:
        keyword = content[:80].partition(b"\0")[0]
        if keyword not in (*_PROFILES, _XMP) or opened >= _MAX_TEXTS:
            continue
        opened += 1
        text = _text(name, content[len(keyword) + 1 :])
        yield _from_digits(text) if keyword in _PROFILES else text


def _text(name: bytes, rest: bytes) -> bytes:
    """Return what a tEXt, zTXt or iTXt chunk says after its keyword."""
    if name == b"tEXt":
        return rest[:_MAX_UNPACKED_BYTES]
    if name == b"zTXt":
        return _inflated(rest[1:])
    text = rest[2:].split(b"\0", 2)[-1]  # after two flags, language and translated keyword
    return _inflated(text) if rest[:1] == b"\1" else text[:_MAX_UNPACKED_BYTES]


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, _MAX_UNPACKED_BYTES)
    except zlib.error:
        return b""


def _from_digits(text: bytes) -> bytes:
    """Return the bytes of a raw profile: a line with its name, one with its length, then hexadecimal digits."""
    lines = text.lstrip(b"\n").split(b"\n", 2)
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", lines[-1])
    return bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii")) if len(lines) == 3 else b""


def _from_exif(content: bytes) -> int | None:
    start = content[6:] if content.startswith(b"Exif\0\0") else content
    if start[:4] not in (b"II*\0", b"MM\0*"):
        return None
    exif = Image.Exif()
    try:
        exif.load(b"Exif\0\0" + start)
        found = exif.get(ExifTags.Base.Orientation)
    except (*_UNREADABLE, AttributeError, AssertionError, EOFError):
        return None
    return found if _is_orientation(found) else None


def _is_orientation(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and 1 <= value <= 8


def _from_xmp(content: bytes) -> int | None:
    found = _IN_XMP.search(content)
    return int(found[1]) if found else None
