"""The picture in a DICOM file: one frame as a radiologist would see it on opening the file.

Stored values go through the modality rescale (PS3.3 C.11.1), then the window of the header (C.11.2.1.2) or, where
it gives none, the one from the 1st to the 99th percentile of the frame; MONOCHROME1 is inverted. Of several frames
the middle one is read. VOI tables and overlays are not applied. Patient data are never looked at, except Modality.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from ingest.pictures.rules import FileKind, PictureProblem, refused, refused_as_damaged, require_size
from ingest.vocabulary import Modality

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_GREY_FORMS = ("MONOCHROME1", "MONOCHROME2")
_PERCENTILES = (1, 99)


@dataclass(frozen=True)
class DicomPicture:
    """One frame of a DICOM file, 8-bit grey or RGB. `frame` is None where there is only one."""

    image: Image.Image
    modality: Modality | None
    frames: int
    frame: int | None


def read_dicom(data: bytes) -> DicomPicture:
    """Read the middle frame.

    Raises
    ------
    RejectedFile
        If the file holds no picture, or one in a compression or pixel form that is not supported. Damaged files
        raise whatever pydicom raises (`ingest.pictures.decoding.DECODING_ERRORS`).
    """
    from pydicom.errors import BytesLengthException

    logging.getLogger("pydicom").disabled = True  # it logs values of the header, which may name a patient
    try:
        return _read_middle_frame(data)
    except BytesLengthException:  # the one error of pydicom that has no built-in base
        raise refused_as_damaged(FileKind.DICOM) from None


def _read_middle_frame(data: bytes) -> DicomPicture:
    from pydicom import dcmread

    dataset = dcmread(BytesIO(data), force=True)  # the caller has seen the mark that force would skip
    if not any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        reason = "the DICOM file holds no picture (a report, a directory or a plan?). Give an image object."
        raise refused(PictureProblem.NO_PIXELS, reason)
    _require_known_compression(dataset)
    require_size(int(dataset.Columns), int(dataset.Rows))
    frames = int(dataset.get("NumberOfFrames") or 1)
    frame = frames // 2
    image = Image.fromarray(_displayed(dataset, frame))
    return DicomPicture(image, _modality(dataset), frames, frame if frames > 1 else None)


def _require_known_compression(dataset: Dataset) -> None:
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import JPEGExtended12Bit

    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        known = get_decoder(syntax).is_available
    except NotImplementedError:
        known = False
    if not known or (syntax == JPEGExtended12Bit and int(dataset.BitsStored) > 8):  # Pillow reads 8 bits of it only
        name = str(syntax.name) if re.fullmatch(r"[0-9.]{1,64}", str(syntax)) else "of no valid number"
        reason = f"the DICOM compression {name!r} is not supported. Export the picture uncompressed."
        raise refused(PictureProblem.UNKNOWN_COMPRESSION, reason)


def _displayed(dataset: Dataset, frame: int) -> np.ndarray:
    from pydicom.pixels.processing import apply_color_lut
    from pydicom.pixels.utils import pixel_array

    form = str(dataset.PhotometricInterpretation)
    stored = pixel_array(dataset, index=frame)
    if form in _GREY_FORMS and stored.ndim == 2:
        grey = _windowed(dataset, frame, _rescaled(dataset, frame, stored))
        return 255 - grey if form == "MONOCHROME1" else grey
    if form == "PALETTE COLOR":
        stored = apply_color_lut(stored, dataset)
    if stored.ndim != 3 or stored.shape[2] != 3 or stored.dtype.kind != "u":
        reason = "the DICOM pixel form is not supported, expected grey, RGB, YBR or palette. Export it as RGB."
        raise refused(PictureProblem.UNKNOWN_PIXEL_FORM, reason)
    shift = 8 * (stored.dtype.itemsize - 1)  # colour of 16 or 32 bits uses the whole range
    return (stored >> shift).astype(np.uint8)


def _rescaled(dataset: Dataset, frame: int, stored: np.ndarray) -> np.ndarray:
    from pydicom.pixels.processing import apply_modality_lut

    if "ModalityLUTSequence" in dataset:
        return np.nan_to_num(apply_modality_lut(stored, dataset).astype(np.float32))
    source = _functional_group(dataset, frame, "PixelValueTransformationSequence")
    slope = _first_number(source.get("RescaleSlope"))
    intercept = _first_number(source.get("RescaleIntercept"))
    values = stored.astype(np.float32) * (1.0 if slope is None else slope) + (intercept or 0.0)
    return np.nan_to_num(values)


def _windowed(dataset: Dataset, frame: int, values: np.ndarray) -> np.ndarray:
    from ingest.pictures.decoding import to_grey

    source = _functional_group(dataset, frame, "FrameVOILUTSequence")
    centre = _first_number(source.get("WindowCenter"))
    width = _first_number(source.get("WindowWidth"))
    if centre is None or width is None or width < 1:  # the standard forbids a narrower linear window
        low, high = np.percentile(values, _PERCENTILES)
        if low == high:  # a small bright object on nothing
            low, high = values.min(), values.max()
        return to_grey(values, float(low), float(high))
    low = centre - 0.5 - (width - 1) / 2
    return to_grey(values, low, low + max(width - 1, 1e-3))


def _functional_group(dataset: Dataset, frame: int, name: str) -> Dataset:
    """Return where a frame's values stand: of an enhanced object in its functional groups (PS3.3 C.7.6.16)."""
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    for group in (*per_frame[frame : frame + 1], *shared[:1]):
        if group.get(name):
            return group[name].value[0]
    return dataset


def _first_number(value: Any) -> float | None:
    """Return the first of one or several numbers; None where there is none or it is not finite."""
    if value is None or value == "":
        return None
    first = value if isinstance(value, int | float) else value[0]
    return float(first) if np.isfinite(float(first)) else None


def _modality(dataset: Dataset) -> Modality | None:
    code = str(dataset.get("Modality") or "").strip()
    return Modality(code) if code in set(map(str, Modality)) else None
