"""Lookup tables of DICOM: Modality LUT, VOI LUT and palettes have one form (PS3.3 C.11.1.1, C.11.2.1.1, C.7.6.3.1.5).

pydicom's `apply_modality_lut`, `apply_voi` and `apply_color_lut` are right for the plain forms and the tests compare
with them. They are not used here, since they fail or go wrong where devices differ: 8-bit entries with 16 bits each,
or packed in words; depths of 10 to 15 bits in a Modality LUT; a first value whose sign was written or read wrongly; an
odd number of bytes with its pad; more than 256 entries of 8 bits; input that is not of integers after a rescale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.images.depth import depth_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_MAX_ENTRIES = 65_536
_TURN = 65_536  # what a sign read wrongly is off by


class UnreadableTable(ValueError):
    """A lookup table without entries, or whose descriptor does not fit them."""


@dataclass(frozen=True)
class LookupTable:
    """Entries, the input that the first of them stands for, and the bits that an entry uses."""

    entries: np.ndarray
    first: int
    bits: int

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Look values up; what is below the first entry or above the last has theirs."""
        last = len(self.entries) - 1
        wide = np.int64 if values.dtype.itemsize > 2 else np.int32
        positions = np.rint(values) if values.dtype.kind == "f" else values.astype(wide)
        return self.entries[np.clip(positions - self._first_within(values), 0, last).astype(np.int32)]

    def _first_within(self, values: np.ndarray) -> int:
        """Return the first input, read with the sign with which the table meets most of the values' range."""
        low, high = int(values.min()), int(values.max())

        def shared(first: int) -> int:
            return min(high, first + len(self.entries) - 1) - max(low, first)

        return max((self.first, self.first - _TURN, self.first + _TURN), key=shared)


def read_table(item: Dataset, *, little_endian: bool) -> LookupTable:
    """Read the table of a Modality or VOI LUT Sequence item.

    Raises
    ------
    UnreadableTable
        If it has no descriptor of three values, or too few entries.
    """
    count, first, said_bits = read_descriptor(item.get("LUTDescriptor"))
    if item.get("LUTData") is None:
        raise UnreadableTable
    entries = read_entries(item["LUTData"].value, count, little_endian=little_endian)
    return LookupTable(entries, first, depth_of(int(entries.max()), said_bits))


def read_descriptor(value: Any) -> tuple[int, int, int]:
    """Return number of entries, first input and bits. Raises UnreadableTable."""
    try:
        count, first, bits = (int(part) for part in value)
    except (TypeError, ValueError):
        raise UnreadableTable from None
    count %= _TURN  # read with a sign
    return count or _MAX_ENTRIES, first, bits


def read_entries(value: Any, count: int, *, little_endian: bool) -> np.ndarray:
    """Return the entries, of one or two bytes each: their number and the length of the data decide which."""
    words = isinstance(value, bytes | bytearray)
    raw = bytes(value) if words else np.atleast_1d(np.asarray(value, dtype="<u2")).tobytes()
    if len(raw) >= 2 * count:
        return np.frombuffer(raw, "<u2" if little_endian or not words else ">u2", count).astype(np.uint16)
    if len(raw) < count:
        raise UnreadableTable
    if words and not little_endian:  # PS3.5 8.3: words are swapped, and so the bytes in them
        raw = np.frombuffer(raw[: len(raw) // 2 * 2], ">u2").astype("<u2").tobytes()
    return np.frombuffer(raw, np.uint8, min(count, len(raw))).astype(np.uint16)
