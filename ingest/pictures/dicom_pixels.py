"""The stored values of one frame, decompressed; what cannot be decoded is named by its transfer syntax.

Pillow decodes JPEG and JPEG 2000 where it can; GDCM what Pillow cannot: JPEG Lossless, JPEG-LS, colour of more than
8 bits. Both run in the decoder's child only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from ingest.errors import RejectedFile
from ingest.pictures.rules import PictureProblem, refused

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from pydicom.uid import UID

_PLUGINS = ("pydicom", "pillow", "gdcm")  # in this order; pydicom's own reads RLE


def stored_values(dataset: Dataset, frame: int) -> np.ndarray:
    """Return the stored values of a frame, without what stands in unused bits.

    Raises
    ------
    RejectedFile
        If no decoder here knows the compression (E-PIC-008) or can read the frame (E-PIC-006).
    """
    from pydicom.pixels.utils import pixel_array
    from pydicom.uid import JPEGExtended12Bit

    syntax = dataset.file_meta.TransferSyntaxUID
    plugins = _plugins(syntax)
    if not plugins or (syntax == JPEGExtended12Bit and int(dataset.BitsStored) > 8):  # both read 8 bits of it only
        reason = f"the DICOM compression {_named(syntax)} is not supported. {_EXPORT}"
        raise refused(PictureProblem.UNKNOWN_COMPRESSION, reason)
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
    return refused(PictureProblem.DAMAGED, reason)


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
