"""The image in a DICOM file: one frame as a radiologist would see it on opening the file.

Stored values go through the Modality LUT or rescale (PS3.3 C.11.1), then the VOI LUT or window of the header (C.11.2)
or, where it gives none, the window from the 1st to the 99th percentile of the frame. Padding (C.7.5.1.1.2) does not
count for that window, and is black. The values are kept beside the image, for other windows. MONOCHROME1 and
Presentation LUT Shape INVERSE are inverted. Of several frames the middle one is read. Pixels that are not square are
resampled. Overlays are not applied. Patient data are never looked at, except Modality and whether they are burned in.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ingest.grey_scale import GreyScale, PixelSize
from ingest.images.depth import depth_of, to_levels
from ingest.images.dicom_header import read_dataset
from ingest.images.dicom_pixels import stored_values
from ingest.images.dicom_values import padding_of, rescaled
from ingest.images.geometry import height_to_width, pixel_size, with_square_pixels
from ingest.images.grey_values import GreyFrame, grey_values, is_hounsfield
from ingest.images.lookup import UnreadableTable
from ingest.images.palette import coloured
from ingest.images.rules import FileKind, ImageProblem, refused, refused_as_damaged, require_size
from ingest.images.window import levels_of, windows_of
from ingest.vocabulary import Modality

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

TEXT_SAID = "The DICOM header says that text is burned into the image."  # (0028,0301), PS3.3 C.7.6.1.1.7
_GREY_FORMS = ("MONOCHROME1", "MONOCHROME2")


@dataclass(frozen=True)
class DicomImage:
    """One frame of a DICOM file, 8-bit grey or RGB. `frame` is None where there is only one.

    `grey` is the image of its grey values and what they mean, where it has such.
    """

    image: Image.Image
    modality: Modality | None
    frames: int
    frame: int | None
    pixel_size: PixelSize | None
    grey: tuple[Image.Image, GreyScale] | None
    notices: tuple[str, ...]


def read_dicom(data: bytes) -> DicomImage:
    """Read the middle frame.

    Raises
    ------
    RejectedFile
        If the file holds no image, lacks an element that an image needs, or has a compression or pixel form that is
        not supported. Damaged files raise whatever pydicom raises (`ingest.images.decoding.DECODING_ERRORS`).
    """
    from pydicom.errors import BytesLengthException

    logging.getLogger("pydicom").setLevel(
        logging.CRITICAL + 1
    )  # it logs values of the header, which may name a patient
    try:
        return _read_middle_frame(data)
    except BytesLengthException:  # the one error of pydicom that has no built-in base
        raise refused_as_damaged(FileKind.DICOM) from None


def _read_middle_frame(data: bytes) -> DicomImage:
    notices: list[str] = []
    dataset = read_dataset(data, notices)
    require_size(int(dataset.Columns), int(dataset.Rows))
    frames = int(dataset.get("NumberOfFrames") or 1)
    frame = frames // 2
    levels, values = _displayed(dataset, frame, notices)
    stored = Image.fromarray(levels)
    measures = (_functional_group(dataset, frame, "PixelMeasuresSequence"), dataset)
    image = with_square_pixels(stored, height_to_width(*measures), notices)
    side = pixel_size(stored.size, image.size, *measures)
    grey = grey_values(values, image.size, notices) if values else None
    if str(dataset.get("BurnedInAnnotation") or "").strip().upper() == "YES":
        notices.append(TEXT_SAID)
    return DicomImage(image, _modality(dataset), frames, frame if frames > 1 else None, side, grey, tuple(notices))


def _displayed(dataset: Dataset, frame: int, notices: list[str]) -> tuple[np.ndarray, GreyFrame | None]:
    """Return the levels that are shown, and the grey values that they were made from, if they were."""
    form = str(dataset.PhotometricInterpretation)
    if form.startswith("YBR_PARTIAL") and not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        reason = "the DICOM pixel form YBR_PARTIAL, retired in 2017, is not supported. Export it as RGB."
        raise refused(ImageProblem.UNKNOWN_PIXEL_FORM, reason)
    stored = stored_values(dataset, frame, notices)
    if form in _GREY_FORMS and stored.ndim == 2:
        return _grey(dataset, frame, stored, notices)
    if form == "PALETTE COLOR" and stored.ndim == 2:
        try:
            return coloured(dataset, stored, little_endian=_is_little_endian(dataset)), None
        except UnreadableTable:
            reason = "the colour tables of the DICOM file are missing or do not fit. Export it as RGB."
            raise refused(ImageProblem.UNKNOWN_PIXEL_FORM, reason) from None
    if stored.ndim != 3 or stored.shape[2] != 3 or stored.dtype.kind not in "ui" or stored.min() < 0:
        reason = "the DICOM pixel form is not supported, expected grey, RGB, YBR or palette. Export it as RGB."
        raise refused(ImageProblem.UNKNOWN_PIXEL_FORM, reason)
    return to_levels(stored, depth_of(int(stored.max()), int(dataset.BitsStored))), None


def _grey(dataset: Dataset, frame: int, stored: np.ndarray, notices: list[str]) -> tuple[np.ndarray, GreyFrame]:
    little_endian = _is_little_endian(dataset)
    padding = padding_of(dataset, stored)
    transformation = _functional_group(dataset, frame, "PixelValueTransformationSequence")
    values = rescaled(dataset, transformation, stored, notices, little_endian=little_endian)
    voi = _functional_group(dataset, frame, "FrameVOILUTSequence")
    levels = levels_of(values, padding, voi, notices, little_endian=little_endian)
    # DX asks for both on one image (C.8.11.3): they mean the same inversion
    inverted = dataset.PhotometricInterpretation == "MONOCHROME1" or _presentation(dataset, notices) == "INVERSE"
    if inverted:
        levels = 255 - levels
    if padding is not None:
        levels[padding] = 0
    hounsfield, windows = is_hounsfield(dataset, transformation), windows_of(values, padding, voi)
    return levels, GreyFrame(stored, values, padding, inverted, hounsfield, windows)


def _presentation(dataset: Dataset, notices: list[str]) -> str:
    if dataset.get("PresentationLUTSequence"):
        notices.append("The Presentation LUT of the DICOM header is not applied.")
    if "RedPaletteColorLookupTableDescriptor" in dataset:
        notices.append("The supplemental palette of the DICOM header is not applied; the image is shown grey.")
    return str(dataset.get("PresentationLUTShape") or "").strip().upper()


def _is_little_endian(dataset: Dataset) -> bool:
    return dataset.original_encoding[1] is not False


def _functional_group(dataset: Dataset, frame: int, name: str) -> Dataset:
    """Return where a frame's values stand: of an enhanced object in its functional groups (PS3.3 C.7.6.16)."""
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    for group in (*per_frame[frame : frame + 1], *shared[:1]):
        if group.get(name):
            return group[name].value[0]
    return dataset


def _modality(dataset: Dataset) -> Modality | None:
    code = str(dataset.get("Modality") or "").strip()
    return Modality(code) if code in set(map(str, Modality)) else None
