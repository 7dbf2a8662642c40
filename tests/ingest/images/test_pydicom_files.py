"""Every file with pixels that pydicom ships, beside pydicom's own way from stored values to what is displayed."""

import logging
import warnings
from pathlib import Path

import gdcm
import numpy as np
import pydicom
import pytest
from image_bytes import pixels
from pydicom.errors import InvalidDicomError
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut
from pydicom.pixels.utils import pixel_array

from ingest.errors import RejectedFile
from ingest.images.decoder import Decoder
from ingest.images.rules import MIN_SIDE_PX

FOLDER = Path(str(pydicom.__file__)).parent / "data" / "test_files"
REFUSED = {
    "JPEG2000-embedded-sequence-delimiter.dcm": "E-PIC-006: pydicom with these decoders cannot read it either",
    "MR_truncated.dcm": "E-PIC-006: rows are missing",
    "meta_missing_tsyntax.dcm": "E-PIC-016: it has no Rows",
    "nested_priv_SQ.dcm": "E-PIC-016: it has no Rows",
}
JPEG_OF_12_BITS = ("JPEG-lossy.dcm", "JPGExtended.dcm")  # pydicom's own plugins leave them out


def files_with_pixels():
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                dataset = pydicom.dcmread(path, force=True)
            except (ValueError, InvalidDicomError, NotImplementedError, OSError):
                continue  # not DICOM
            if "PixelData" in dataset:
                yield path


PATHS = list(files_with_pixels())


@pytest.fixture(scope="module")
def decoder():
    with Decoder(children=1) as one:
        yield one


def read_by_gdcm(path):
    """Read the stored values of a grey file by GDCM's own reader of files."""
    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    assert reader.Read()
    columns, rows = reader.GetImage().GetDimensions()
    return np.frombuffer(reader.GetImage().GetBuffer().encode("utf-8", "surrogateescape"), "<u2").reshape(rows, columns)


def grey_reference(dataset, stored):
    """Modality LUT, then VOI LUT or window; without one, the percentiles that docs/reference/errors.md promises."""
    values = apply_modality_lut(stored, dataset)
    if dataset.get("WindowCenter") is None and not dataset.get("VOILUTSequence"):
        low, high = np.percentile(values, [1, 99])
        low, high = (low, high) if low < high else (values.min(), values.max())
        return np.clip((values - low) / max(high - low, 1e-9), 0, 1) * 255
    bits, signed = dataset.BitsStored, dataset.PixelRepresentation
    ends = np.array([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] if signed else [0, 2**bits - 1], dtype=float)
    low, high = ends * float(dataset.get("RescaleSlope", 1)) + float(dataset.get("RescaleIntercept", 0))
    return (apply_voi_lut(values, dataset).astype(float) - low) / (high - low) * 255


def reference(path):
    dataset = pydicom.dcmread(path, force=True)
    frame = int(dataset.get("NumberOfFrames") or 1) // 2
    stored = read_by_gdcm(path) if path.name in JPEG_OF_12_BITS else pixel_array(dataset, index=frame)
    form = dataset.PhotometricInterpretation
    if form.startswith("MONOCHROME"):
        levels = grey_reference(dataset, stored)
        return 255 - levels if form == "MONOCHROME1" else levels
    if form == "PALETTE COLOR":
        stored = apply_color_lut(stored, dataset)
        return stored / (255 if stored.dtype == np.uint8 else 257)
    return stored / (2.0**dataset.BitsStored - 1) * 255


def image_of(decoder, path):
    """The image, its three channels apart, before it was made square."""
    image = decoder.decode(path.read_bytes())
    levels = pixels(image.png).astype(float)
    return image, levels if levels.ndim == 3 else np.stack([levels] * 3, axis=-1)


@pytest.mark.parametrize("path", [path for path in PATHS if path.name not in REFUSED], ids=lambda path: path.name)
def test_each_file_that_pydicom_ships_is_shown_as_pydicom_shows_it(decoder, path, caplog):
    caplog.set_level(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = pydicom.dcmread(path, force=True)
        if min(header.Rows, header.Columns) < MIN_SIDE_PX:
            with pytest.raises(RejectedFile, match="E-PIC-005"):
                decoder.decode(path.read_bytes())
            return
        expected = reference(path)
    image, levels = image_of(decoder, path)
    if any("resampled" in notice for notice in image.notices):
        assert levels.shape[:2] != expected.shape[:2]
        assert abs(levels.mean() - expected.mean()) < 3
        return
    expected = expected if expected.ndim == 3 else np.stack([expected] * 3, axis=-1)
    assert np.abs(levels - expected).max() <= 1


@pytest.mark.parametrize("name", REFUSED)
def test_each_file_that_is_refused_says_why(decoder, name):
    (path,) = [path for path in PATHS if path.name == name]
    with pytest.raises(RejectedFile, match=r"^E-PIC-\d+: ") as refused:
        decoder.decode(path.read_bytes())
    assert refused.value.code == REFUSED[name].partition(":")[0]
