"""Bytes of a PNG, JPEG, WebP or DICOM file -> a `DecodedImage` without metadata. What runs in the decoder's child.

Only pixels survive: they are rewritten as an 8-bit grey or RGB PNG that has no ancillary chunk.

- Colour whose three channels agree everywhere is stored as grey, so that copies of one image agree.
- Transparency is composited on black, the background of a scan.
- 16-bit grey, with alpha or as equal channels too, is stretched linearly from its smallest to its largest value: such
  files often use 10 or 12 bits only, and cutting off the low byte would leave nearly nothing. 16-bit colour keeps the
  high bits of those that its values use.
- The orientation of EXIF or XMP is applied, since it goes with the rest of the metadata. What is unreadable has none.
- An animated PNG gives its first frame (the default image of the PNG specification); so do a multi-image JPEG and an
  animated WebP.
- Colour profiles, gamma and the resolution of PNG, JPEG and WebP (pHYs, JFIF) are ignored, as browsers do.
"""

from __future__ import annotations

import hashlib
import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops

from ingest.errors import RejectedFile
from ingest.grey_scale import GreyScale, PixelSize
from ingest.images.boxes import Box
from ingest.images.decoding_png import bare_png, text_chunks
from ingest.images.decoding_webp import require_webp_size
from ingest.images.orientation import orientation_of, texts_with_orientation, upright
from ingest.images.png_deep import deep_image, is_deep
from ingest.images.rules import (
    FileKind,
    ImageProblem,
    file_kind,
    refused,
    refused_as_damaged,
    require_size,
)
from ingest.vocabulary import Modality

# What Pillow and pydicom raise on damaged input, found by fuzzing (10,000 mutants of each format).
DECODING_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,  # with RecursionError and NotImplementedError
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class DecodedImage:
    """A decoded image, without metadata.

    Attributes
    ----------
    png : bytes
        The pixels as an 8-bit grey or RGB PNG. Equal pixels give equal bytes on one installation; another release
        of the compression library may choose other bytes for them.
    pixel_sha256 : str
        Over mode, size and pixel values; the same everywhere.
    source_sha256 : str
        Over the bytes that were given.
    modality : Modality or None
        What a DICOM header says.
    frames : int
        How many frames the source has.
    frame : int or None
        Which of them this is, from 0, where there are several: the middle one.
    pixel_size : PixelSize or None
        How large a pixel is, where a DICOM header says it.
    grey : GreyScale or None
        The windows of a DICOM file, and what its grey values mean; None where the file has no such values.
    grey_png : bytes or None
        Those values, as `ingest.images.grey_values` codes them.
    notices : tuple of str
        What was assumed, chosen or changed on the way from the source to these pixels, in sentences.
    text_px : tuple of Box
        Where rows of letters are burned in, once somebody has looked (`ingest.images.burned_in`).
    """

    png: bytes
    width_px: int
    height_px: int
    pixel_sha256: str
    source_sha256: str
    modality: Modality | None = None
    frames: int = 1
    frame: int | None = None
    pixel_size: PixelSize | None = None
    grey: GreyScale | None = None
    grey_png: bytes | None = None
    notices: tuple[str, ...] = ()
    text_px: tuple[Box, ...] = ()


def decode_image(data: bytes) -> DecodedImage:
    """Decode the bytes of a file, in this process and without its limits: `Decoder` is the safe way.

    Raises
    ------
    RejectedFile
        If the bytes are not an image that we accept; ``docs/reference/errors.md`` lists the codes.
    """
    kind = file_kind(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the libraries warn with values of the header, which may name a patient
            return _decode(data, kind)
    except RejectedFile:
        raise
    except MemoryError:
        reason = "decoding the image takes more memory than allowed. Export it smaller."
        raise refused(ImageProblem.NEEDS_TOO_MUCH_MEMORY, reason) from None
    except DECODING_ERRORS:
        raise refused_as_damaged(kind) from None


def _decode(data: bytes, kind: FileKind) -> DecodedImage:
    if kind is FileKind.DICOM:
        from ingest.images.decoding_dicom import read_dicom

        source = read_dicom(data)
        return _image(
            source.image,
            data,
            modality=source.modality,
            frames=source.frames,
            frame=source.frame,
            pixel_size=source.pixel_size,
            grey=source.grey,
            notices=source.notices,
        )
    if kind is FileKind.WEBP:
        require_webp_size(data)
    if kind in (FileKind.JPEG, FileKind.WEBP):
        image = _opened(data, kind)
        image.load()
        return _image(upright(image, orientation_of(image)), data)
    return _read_png(data)


def _read_png(data: bytes) -> DecodedImage:
    bare = bare_png(data)
    image = _opened(bare, FileKind.PNG)
    notices: list[str] = []
    if is_deep(bare):
        pixels = deep_image(bare, image, notices)
    else:
        image.load()
        pixels = image
    turn = orientation_of(image, texts_with_orientation(text_chunks(data)))
    return _image(upright(pixels, turn), data, notices=tuple(notices))


def _opened(data: bytes, kind: FileKind) -> Image.Image:
    try:
        image = Image.open(BytesIO(data), formats=(kind.value,))
    except Image.DecompressionBombError:
        reason = "the image has far too many pixels. Export it smaller."
        raise refused(ImageProblem.TOO_MANY_PIXELS, reason) from None
    require_size(*image.size)
    return image


def _image(
    image: Image.Image,
    data: bytes,
    *,
    modality: Modality | None = None,
    frames: int = 1,
    frame: int | None = None,
    pixel_size: PixelSize | None = None,
    grey: tuple[Image.Image, GreyScale] | None = None,
    notices: tuple[str, ...] = (),
) -> DecodedImage:
    plain = _grey_or_rgb(image)
    pixels = hashlib.sha256(f"{plain.mode} {plain.width}x{plain.height}\n".encode())
    pixels.update(plain.tobytes())
    return DecodedImage(
        png=_bytes_of_png(plain),
        width_px=plain.width,
        height_px=plain.height,
        pixel_sha256=pixels.hexdigest(),
        source_sha256=hashlib.sha256(data).hexdigest(),
        modality=modality,
        frames=frames,
        frame=frame,
        pixel_size=pixel_size,
        grey=grey[1] if grey else None,
        grey_png=_bytes_of_png(grey[0]) if grey else None,
        notices=notices,
    )


def _grey_or_rgb(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        image = _on_black(image.convert("RGBA"))
    if image.mode == "1":
        image = image.convert("L")
    if image.mode == "L":
        return image
    colour = image.convert("RGB")
    red, green, blue = colour.split()
    grey = ImageChops.difference(red, green).getbbox() is None and ImageChops.difference(red, blue).getbbox() is None
    return red if grey else colour


def _on_black(image: Image.Image) -> Image.Image:
    black = Image.new("RGB", image.size)
    black.paste(image.convert("RGB"), mask=image.getchannel("A"))
    return black


def _bytes_of_png(image: Image.Image) -> bytes:
    image.info = {}  # Pillow would write a colour profile, transparency or EXIF that it finds here
    stream = BytesIO()
    image.save(stream, format="PNG", compress_level=1)  # a third of the time of the default, about 10 % more bytes
    return stream.getvalue()
