"""Small DICOM objects for tests, as a scanner would write them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from image_bytes import pixels
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from ingest.images.decoding import decode_image

CANARY = "ZEPPELIN^4711"


def shipped(name: str) -> bytes:
    """A sample file of the pydicom wheel."""
    return Path(str(get_testdata_file(name, download=False))).read_bytes()


def dataset_of(array: np.ndarray, photometric: str = "MONOCHROME2", **elements: Any) -> Dataset:
    """A small DICOM object around pixels, as a scanner would write it."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid(entropy_srcs=["casegraph"])
    dataset.PatientName = CANARY
    dataset.Modality = "CT"
    dataset.PhotometricInterpretation = photometric
    colours = photometric in ("RGB", "YBR_FULL")
    spatial = array.shape[-3:-1] if colours else array.shape[-2:]
    dataset.Rows, dataset.Columns = spatial
    dataset.SamplesPerPixel = 3 if colours else 1
    if colours:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = dataset.BitsStored = 8 * array.dtype.itemsize
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(array.dtype.kind == "i")
    dataset.PixelData = array.tobytes()
    for name, value in elements.items():
        setattr(dataset, name, value)
    return dataset


def written(dataset: Dataset) -> bytes:
    """The object as a file."""
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def shown(array: np.ndarray, photometric: str = "MONOCHROME2", **elements: Any) -> np.ndarray:
    """The pixels that are shown of such an object."""
    return pixels(decode_image(written(dataset_of(array, photometric, **elements))).png)


def notices(array: np.ndarray, photometric: str = "MONOCHROME2", **elements: Any) -> str:
    """What is said of such an object on the way to its image."""
    return " ".join(decode_image(written(dataset_of(array, photometric, **elements))).notices)
