"""Which files count as images, and the reason codes for those that do not.

PNG, JPEG, WebP and DICOM are accepted, told apart by their first bytes and never by their names. Everything else is
refused by name of what it looks like, so that a radiologist who drops a PDF reads "this looks like PDF".
"""

from __future__ import annotations

from enum import StrEnum

from ingest.errors import RejectedFile
from ingest.images.dicom_start import dataset_offset

MAX_FILE_BYTES = 64 * 1024 * 1024  # ten times the largest single image of a PACS export; a series comes as many files
MAX_SIDE_PX = 8192  # mammograms reach 5,000, computed radiographs 4,300
MAX_AREA_PX = 40_000_000  # as RGB with its working copies this stays under the memory limit of a child
MIN_SIDE_PX = 16  # below this no encoder sees anything: tracking pixels and icons


class ImageProblem(StrEnum):
    """Why a file is not accepted as an image: stable codes, explained in ``docs/reference/errors.md``."""

    EMPTY = "E-PIC-001"
    OTHER_FORMAT = "E-PIC-002"
    FILE_TOO_LARGE = "E-PIC-003"
    TOO_MANY_PIXELS = "E-PIC-004"
    TOO_FEW_PIXELS = "E-PIC-005"
    DAMAGED = "E-PIC-006"
    NO_PIXELS = "E-PIC-007"
    UNKNOWN_COMPRESSION = "E-PIC-008"
    UNKNOWN_PIXEL_FORM = "E-PIC-009"
    NEEDS_TOO_MUCH_MEMORY = "E-PIC-010"
    TAKES_TOO_LONG = "E-PIC-011"
    DECODER_DIED = "E-PIC-012"
    NOT_A_REGULAR_FILE = "E-PIC-013"
    HARD_LINK = "E-PIC-014"
    UNREADABLE = "E-PIC-015"
    MISSING_ELEMENT = "E-PIC-016"


class FileKind(StrEnum):
    """A format that is accepted."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WebP"
    DICOM = "DICOM"


PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# (offset, bytes, name) of formats that people and attackers hand in. From the formats' own specifications.
_OTHER_SIGNATURES = (
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "BigTIFF"),
    (0, b"MM\0+", "BigTIFF"),
    (0, b"GIF8", "GIF"),
    (8, b"AVI ", "AVI video"),
    (8, b"WAVE", "WAV sound"),
    (0, b"BM", "BMP"),
    (0, b"%PDF", "PDF"),
    (0, b"%!", "PostScript or EPS"),
    (0, b"\xc5\xd0\xd3\xc6", "PostScript or EPS"),
    (0, b"8BPS", "Photoshop"),
    (0, b"\0\0\x01\0", "Windows icon"),
    (0, b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (4, b"ftyp", "HEIC, AVIF or MP4"),
    (0, b"\x7fELF", "a program (ELF)"),
    (0, b"MZ", "a program (Windows)"),
    (0, b"\xcf\xfa\xed\xfe", "a program (macOS)"),
    (0, b"\xca\xfe\xba\xbe", "a program (macOS or Java)"),
    (0, b"\0asm", "a program (WebAssembly)"),
    (0, b"#!", "a script"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"PK\x05\x06", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"Rar!", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\xd0\xcf\x11\xe0", "an old Office document"),
    (0, b"{\\rtf", "RTF"),
    (0, b"SQLite format 3", "an SQLite database"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"\x89HDF", "HDF5"),
    (0, b"\x80\x02", "a Python pickle"),
    (0, b"\x80\x03", "a Python pickle"),
    (0, b"\x80\x04", "a Python pickle"),
    (0, b"\x80\x05", "a Python pickle"),
    (344, b"n+1\0", "NIfTI"),
    (344, b"ni1\0", "NIfTI"),
    (0, b"NRRD", "NRRD"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM video"),
    (0, b"OggS", "Ogg"),
    (0, b"ID3", "MP3 sound"),
    (0, b"\xd7\xcd\xc6\x9a", "Windows metafile"),
    (0, b"\x01\0\0\0", "Windows metafile"),
    (0, b"\x8aMNG", "MNG"),
    (0, b"\x8bJNG", "JNG"),
    (0, b"qoif", "QOI"),
    (0, b"P5", "PNM"),
    (0, b"P6", "PNM"),
)


def file_kind(data: bytes) -> FileKind:
    """Tell PNG, JPEG, WebP and DICOM by their first bytes.

    The 128 bytes before DICOM's own mark may hold anything (PS3.10, 7.1) and are ignored. DICOM without them or
    without the mark is told by its first elements.

    Raises
    ------
    RejectedFile
        If the bytes are none of them (E-PIC-002), none at all (E-PIC-001) or too many (E-PIC-003).
    """
    if not data:
        raise refused(ImageProblem.EMPTY, "the file is empty. Give a PNG, JPEG, WebP or DICOM file.")
    if len(data) > MAX_FILE_BYTES:
        raise refused_size(len(data))
    if data.startswith(PNG_SIGNATURE):
        return FileKind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if data.startswith(b"RIFF") and data.startswith(b"WEBP", 8):
        return FileKind.WEBP
    if dataset_offset(data) is not None:
        return FileKind.DICOM
    reason = f"this looks like {_name_of_other(data)}, expected PNG, JPEG, WebP or DICOM. Convert it to PNG first."
    raise refused(ImageProblem.OTHER_FORMAT, reason)


def _name_of_other(data: bytes) -> str:
    for offset, signature, name in _OTHER_SIGNATURES:
        if data.startswith(signature, offset):
            return name
    text = data[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").replace(b"\0", b"").lower()
    if b"<svg" in text:
        return "SVG"
    if text.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body", b"<!--")):
        return "HTML"
    if text.startswith((b"<?xml", b"<!doctype")):
        return "XML"
    if text.startswith((b"{", b"[")):
        return "JSON"
    return "no image format known here"


def require_size(width_px: int, height_px: int) -> None:
    """Refuse what is too large or too small, before any pixel is decoded.

    Raises
    ------
    RejectedFile
        E-PIC-004 or E-PIC-005.
    """
    if max(width_px, height_px) > MAX_SIDE_PX or width_px * height_px > MAX_AREA_PX:
        limit = f"at most {MAX_SIDE_PX} a side and {MAX_AREA_PX // 1_000_000} million in all"
        reason = f"the image is {width_px} x {height_px} pixels, expected {limit}. Export it smaller."
        raise refused(ImageProblem.TOO_MANY_PIXELS, reason)
    if min(width_px, height_px) < MIN_SIDE_PX:
        reason = f"the image is {width_px} x {height_px} pixels, expected at least {MIN_SIDE_PX} a side."
        raise refused(ImageProblem.TOO_FEW_PIXELS, reason)


def refused(problem: ImageProblem, reason: str) -> RejectedFile:
    """Return the error of a refused file."""
    return RejectedFile(problem.value, reason)


def refused_size(size_bytes: int) -> RejectedFile:
    """Return the error of a file with too many bytes."""
    limit = MAX_FILE_BYTES // 1024**2
    reason = f"the file has {size_bytes / 1024**2:.0f} MB, expected at most {limit} MB. Export a single image."
    return refused(ImageProblem.FILE_TOO_LARGE, reason)


def refused_as_damaged(kind: FileKind) -> RejectedFile:
    """Return the error of a file whose bytes break its own format."""
    return refused(ImageProblem.DAMAGED, f"the {kind} file is damaged or cut short. Export or copy it again.")
