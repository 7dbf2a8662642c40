"""Stored grey values of DICOM: which are padding, and what they mean (Modality LUT or rescale, PS3.3 C.11.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ingest.images.lookup import UnreadableTable, read_table
from ingest.images.window import numbers

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_PADDING = (
    ("PixelPaddingValue", "PixelPaddingRangeLimit"),
    ("FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit"),
    ("DoubleFloatPixelPaddingValue", "DoubleFloatPixelPaddingRangeLimit"),
)


def padding_of(dataset: Dataset, stored: np.ndarray) -> np.ndarray | None:
    """Return which values are padding (C.7.5.1.1.2) or no number; None where none is, or all are."""
    mask = ~np.isfinite(stored) if stored.dtype.kind == "f" else np.zeros(stored.shape, np.bool_)
    for value_name, limit_name in _PADDING:
        ends = [_stored_number(dataset, name, stored) for name in (value_name, limit_name)]
        known = [end for end in ends if end is not None]
        if ends[0] is not None:
            mask |= (stored >= min(known)) & (stored <= max(known))
    return mask if mask.any() and not mask.all() else None


def _stored_number(dataset: Dataset, name: str, stored: np.ndarray) -> float | None:
    """Return the number of an element in the range of stored values: its sign is often written wrongly."""
    try:
        number = next(iter(numbers(dataset.get(name))), None)
    except (TypeError, ValueError):
        return None
    if number is None or stored.dtype.kind == "f" or "BitsStored" not in dataset:
        return number
    turn = 2 ** int(dataset.BitsStored)
    lowest = -(turn // 2) if stored.dtype.kind == "i" else 0
    return (number - lowest) % turn + lowest


def rescaled(
    dataset: Dataset, transformation: Dataset, stored: np.ndarray, notices: list[str], *, little_endian: bool
) -> np.ndarray:
    """Return the values that the window is given in: by the Modality LUT, else slope and intercept, else as stored.

    pydicom's `apply_modality_lut` rescales only where both slope and intercept are there; each has a usual value.
    """
    tables = dataset.get("ModalityLUTSequence") or []
    if tables:
        try:
            return read_table(tables[0], little_endian=little_endian)(stored)
        except (UnreadableTable, AttributeError, TypeError, ValueError):
            notices.append("The Modality LUT of the DICOM header cannot be read and is not applied.")
            return stored
    wide = np.float64 if stored.dtype.itemsize > 2 else np.float32
    slope = _factor(transformation, "RescaleSlope", notices) or 1.0
    intercept = _factor(transformation, "RescaleIntercept", notices) or 0.0
    return np.nan_to_num(stored.astype(wide) * wide(slope) + wide(intercept))


def _factor(source: Dataset, name: str, notices: list[str]) -> float | None:
    """Return a finite number; None where there is none."""
    try:
        number = next(iter(numbers(source.get(name))), None)
    except (TypeError, ValueError):
        number = float("nan")
    if number is None or np.isfinite(number):
        return number
    notices.append(f"The {name} of the DICOM header is not a number and is not applied.")
    return None
