"""The stored values of one frame, decompressed; what cannot be decoded is named by its transfer syntax.

Pillow decodes JPEG and JPEG 2000 where it can; GDCM what Pillow cannot: JPEG Lossless, JPEG-LS, colour of more than
8 bits, and JPEG Extended of 12 bits. Both run in the decoder's child only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from ingest.errors import RejectedFile
from ingest.images.rules import ImageProblem, refused

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pydicom.uid import UID

_PLUGINS = ("pydicom", "pillow", "gdcm")  # in this order; pydicom's own reads RLE


def stored_values(dataset: Dataset, frame: int, notices: list[str]) -> np.ndarray:
    """Return the stored values of a frame, without what stands in unused bits.

    Where Pixel Representation (0028,0103) is missing, the values are read with the sign that fits them.

    Raises
    ------
    RejectedFile
        If no decoder here knows the compression (E-PIC-008) or can read the frame (E-PIC-006).
    """
    if dataset.get("PixelRepresentation") is not None:
        return _decoded(dataset, frame)
    dataset.PixelRepresentation = 0
    stored = _decoded(dataset, frame)
    if stored.ndim != 2 or stored.dtype.kind != "u":
        return stored
    signed = _is_signed(stored, int(dataset.BitsStored))
    what = f"the values are read {'with' if signed else 'without'} a sign, which fits them"
    notices.append(f"The DICOM file lacks the element PixelRepresentation (0028,0103); {what}.")
    return _with_sign(stored, int(dataset.BitsStored)) if signed else stored


def _with_sign(stored: np.ndarray, bits: int) -> np.ndarray:
    """Read the highest of the stored bits as a sign (two's complement, PS3.5 8.1.1)."""
    wide = stored.astype(np.int64)
    wide -= (stored >> (bits - 1)).astype(np.int64) << bits
    return wide.astype(stored.dtype.str.replace("u", "i"))


def _is_signed(stored: np.ndarray, bits: int) -> bool:
    """Tell the sign by smoothness: with the wrong one, values beside each other are often far apart."""
    unsigned, signed = stored.astype(np.int64), _with_sign(stored, bits).astype(np.int64)
    return int(np.abs(np.diff(signed)).sum()) < int(np.abs(np.diff(unsigned)).sum())


def _decoded(dataset: Dataset, frame: int) -> np.ndarray:
    from pydicom.pixels.utils import pixel_array
    from pydicom.uid import JPEGExtended12Bit

    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax == JPEGExtended12Bit and int(dataset.BitsStored) > 8:
        return _by_gdcm(dataset, frame)
    plugins = _plugins(syntax)
    if not plugins:
        reason = f"the DICOM compression {_named(syntax)} is not supported. {_EXPORT}"
        raise refused(ImageProblem.UNKNOWN_COMPRESSION, reason)
    if not syntax.is_encapsulated:
        unused = _bits_below(dataset)
        if unused:
            return _from_high_bits(pixel_array(dataset, index=frame, correct_unused_bits=False), dataset, unused)
        return pixel_array(dataset, index=frame)
    for plugin in plugins:
        try:
            return pixel_array(dataset, index=frame, decoding_plugin=plugin)
        except (RuntimeError, ValueError, TypeError, LookupError, OSError, AttributeError, NotImplementedError):
            continue  # the next may know it
    raise _undecodable(syntax)


def _by_gdcm(dataset: Dataset, frame: int) -> np.ndarray:
    """Decode a grey frame of JPEG Extended with 12 bits, which pydicom's own way to GDCM leaves out."""
    import gdcm
    from pydicom.encaps import get_frame

    syntax = dataset.file_meta.TransferSyntaxUID
    rows, columns, signed = int(dataset.Rows), int(dataset.Columns), int(dataset.PixelRepresentation)
    if int(dataset.SamplesPerPixel) != 1 or int(dataset.BitsAllocated) != 16:
        raise _undecodable(syntax)
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(
        get_frame(dataset.PixelData, frame, number_of_frames=int(dataset.get("NumberOfFrames") or 1))
    )
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((columns, rows, 1))
    image.SetDataElement(element)
    image.SetPhotometricInterpretation(
        gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.GetPIType(str(dataset.PhotometricInterpretation)))
    )
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(str(syntax))))
    bits = int(dataset.BitsStored)
    image.SetPixelFormat(gdcm.PixelFormat(1, 16, bits, bits - 1, signed))
    values = (image.GetBuffer() or "").encode("utf-8", "surrogateescape")  # GDCM returns char* as str
    if len(values) != 2 * rows * columns:
        raise _undecodable(syntax)
    return np.frombuffer(values, "<i2" if signed else "<u2").reshape(rows, columns)


_EXPORT = "Export the image uncompressed (Explicit VR Little Endian), or as PNG."


def _plugins(syntax: UID) -> list[str]:
    """Return the decoders that are installed for a transfer syntax, the preferred first."""
    from pydicom.pixels.decoders.base import get_decoder

    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        return []
    if not syntax.is_encapsulated:
        return ["pydicom"]
    return [plugin for plugin in _PLUGINS if plugin in decoder.available_plugins]


def _undecodable(syntax: UID) -> RejectedFile:
    why = "they are damaged, or of a kind that no decoder here knows"
    reason = f"the pixels of the DICOM file, compressed as {_named(syntax)}, cannot be decoded: {why}. {_EXPORT}"
    return refused(ImageProblem.DAMAGED, reason)


def _named(syntax: UID) -> str:
    """Return name and number; nothing of a value that is no number, since it may hold anything."""
    if not re.fullmatch(r"[0-9.]{1,64}", str(syntax)):
        return "'of no valid number'"
    return f"'{syntax.name}' ({syntax})" if syntax.name != str(syntax) else f"'{syntax}'"


def _bits_below(dataset: Dataset) -> int:
    """Return how many unused bits stand below the value: none since 2011 (PS3.5 8.1.1), 4 or so in old files."""
    allocated, stored = int(dataset.BitsAllocated), int(dataset.get("BitsStored") or dataset.BitsAllocated)
    high_bit = int(dataset.get("HighBit") or stored - 1)
    return high_bit + 1 - stored if stored <= high_bit < allocated and allocated in (8, 16, 32) else 0


def _from_high_bits(raw: np.ndarray, dataset: Dataset, below: int) -> np.ndarray:
    allocated, stored = int(dataset.BitsAllocated), int(dataset.BitsStored)
    above = allocated - stored - below
    return (raw << above) >> (allocated - stored)
