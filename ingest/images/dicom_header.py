"""A DICOM data set that pydicom can decode: read from any start, completed where its header leaves the usual out.

What must be there and is not is named. What has a usual value (PS3.5 8.1, PS3.3 C.7.6.3) is assumed, and said.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

from ingest.errors import RejectedFile
from ingest.images.dicom_start import dataset_offset
from ingest.images.rules import ImageProblem, refused

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_NEEDED = ("Rows", "Columns", "PhotometricInterpretation", "BitsAllocated")
_FORMS = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422")
_FORMS_WITHOUT_BLANKS = {re.sub(r"[ _]", "", form): form for form in _FORMS}
_ITEM = b"\xfe\xff\x00\xe0"  # how compressed pixels start (PS3.5 A.4)
# The first bytes of a code stream with those that name its kind: ISO 10918-1 B.1.1.3, 14495-1, 15444-1.
_JPEG_FRAMES = {0xC0: "1.2.840.10008.1.2.4.50", 0xC1: "1.2.840.10008.1.2.4.51", 0xC3: "1.2.840.10008.1.2.4.57"}
_JPEG_LS_FRAME = 0xF7


def read_dataset(data: bytes, notices: list[str]) -> Dataset:
    """Read a data set and complete it.

    Raises
    ------
    RejectedFile
        If an element that every image needs is missing (E-PIC-016), or there are no pixels (E-PIC-007).
    """
    from pydicom import dcmread
    from pydicom.uid import UID

    dataset = dcmread(BytesIO(data[dataset_offset(data) or 0 :]), force=True)  # the caller has looked at the start
    _require_pixels(dataset)
    for keyword in _NEEDED:
        if _is_empty(dataset, keyword):
            reason = f"the DICOM file lacks the element {_named(keyword)}. Export it again, with a whole header."
            raise refused(ImageProblem.MISSING_ELEMENT, reason)
    dataset.PhotometricInterpretation = _form(str(dataset.PhotometricInterpretation))
    _assume_the_usual(dataset, notices)
    if "TransferSyntaxUID" not in dataset.file_meta:
        dataset.file_meta.TransferSyntaxUID = UID(_guessed_syntax(dataset))
        notices.append("The DICOM file does not name its transfer syntax; it was told by the content.")
    return dataset


def _require_pixels(dataset: Dataset) -> None:
    if all(_is_empty(dataset, name) for name in _PIXELS):
        what = "holds no image (a report, a directory or a plan?)"
        reason = f"the DICOM file lacks the element {_named('PixelData')}: it {what}. Give an image object."
        raise refused(ImageProblem.NO_PIXELS, reason)


def _is_empty(dataset: Dataset, keyword: str) -> bool:
    return keyword not in dataset or dataset.get(keyword) in (None, "", b"")


def _named(keyword: str) -> str:
    from pydicom.tag import Tag

    tag = Tag(keyword)
    return f"{keyword} ({tag.group:04X},{tag.element:04X})"


def _form(name: str) -> str:
    """Return the photometric interpretation as the standard writes it; other names as they are."""
    plain = name.strip("\0 ").upper()
    return _FORMS_WITHOUT_BLANKS.get(re.sub(r"[ _]", "", plain), plain)


def _assume_the_usual(dataset: Dataset, notices: list[str]) -> None:
    form = str(dataset.PhotometricInterpretation)
    colours = 3 if form.startswith(("RGB", "YBR")) else 1
    usual = {"SamplesPerPixel": colours, "BitsStored": int(dataset.BitsAllocated)}
    if colours > 1:
        usual["PlanarConfiguration"] = 0
    if "PixelData" not in dataset:  # float pixels have neither bits nor sign
        del usual["BitsStored"]
    for keyword, value in usual.items():
        if _is_empty(dataset, keyword):
            setattr(dataset, keyword, value)
            notices.append(f"The DICOM file lacks the element {_named(keyword)}; {value} is assumed.")


def _guessed_syntax(dataset: Dataset) -> str:
    from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

    implicit, little_endian = dataset.original_encoding
    content = bytes(dataset.get("PixelData") or b"")
    if content.startswith(_ITEM) and little_endian and not implicit:
        return _syntax_of_frame(content)
    if implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if little_endian else ExplicitVRBigEndian


def _syntax_of_frame(content: bytes) -> str:
    """Tell the compression by the first frame: JPEG by its kind of frame, JPEG 2000 by its mark, else RLE."""
    from pydicom.encaps import generate_fragments

    fragments = [fragment for _, fragment in zip(range(2), generate_fragments(content), strict=False)]
    stream = fragments[-1]  # the first is the table of offsets
    if stream.startswith(b"\xff\x4f\xff\x51"):
        return "1.2.840.10008.1.2.4.91"
    if not stream.startswith(b"\xff\xd8"):
        return "1.2.840.10008.1.2.5"
    place = 2
    while place + 4 <= len(stream) and stream[place] == 0xFF:
        marker = stream[place + 1]
        if marker in _JPEG_FRAMES:
            return _JPEG_FRAMES[marker]
        if marker == _JPEG_LS_FRAME:
            return "1.2.840.10008.1.2.4.81"
        place += 2 + int.from_bytes(stream[place + 2 : place + 4], "big")
    raise _unknown_compression()


def _unknown_compression() -> RejectedFile:
    reason = f"the DICOM file lacks the element {_named('TransferSyntaxUID')}, and its compression cannot be told."
    return refused(ImageProblem.MISSING_ELEMENT, f"{reason} Export it again, uncompressed.")
