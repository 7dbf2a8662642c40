"""PALETTE COLOR of DICOM: indices into three tables (PS3.3 C.7.6.3.1.5, C.7.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ingest.images.depth import depth_of, to_levels
from ingest.images.lookup import LookupTable, UnreadableTable, read_descriptor, read_entries

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_CHANNELS = ("Red", "Green", "Blue")


def coloured(dataset: Dataset, indices: np.ndarray, *, little_endian: bool) -> np.ndarray:
    """Return the colours of indices, 8 bits a channel.

    All three tables have one depth. Entries of 8 bits in 16 are told by their values, whatever the descriptor says.
    """
    if "SegmentedRedPaletteColorLookupTableData" in dataset:
        tables = _segmented(dataset)
    else:
        tables = [_table(dataset, channel, little_endian=little_endian) for channel in _CHANNELS]
    largest = max(int(table.entries.max()) for table in tables)
    bits = depth_of(largest, 16 if largest > 255 else 8)
    return np.stack([to_levels(table(indices), bits) for table in tables], axis=-1)


def _table(dataset: Dataset, channel: str, *, little_endian: bool) -> LookupTable:
    count, first, bits = read_descriptor(dataset.get(f"{channel}PaletteColorLookupTableDescriptor"))
    data = dataset.get(f"{channel}PaletteColorLookupTableData")
    if data is None:
        raise UnreadableTable
    return LookupTable(read_entries(data, count, little_endian=little_endian), first, bits)


def _segmented(dataset: Dataset) -> list[LookupTable]:
    """Expand segmented tables (C.7.9.2) with pydicom, by looking every index up once."""
    from pydicom.pixels.processing import apply_color_lut

    count, first, bits = read_descriptor(dataset.get("RedPaletteColorLookupTableDescriptor"))
    every_index = np.arange(first, first + count, dtype=np.int32)
    colours = apply_color_lut(every_index, dataset)
    return [LookupTable(colours[:, channel].astype(np.uint16), first, bits) for channel in range(3)]
