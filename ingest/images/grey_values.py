"""The grey values of a DICOM frame as an image of codes, so that a viewer can show them through any window.

A code has 16 bits. The image has the form of all that are stored, 8-bit RGB: red is the high byte of the code, green
the low one, blue is 255 where there is padding. Integers, up to 65 536 of them, keep their values exactly; others are
told apart to a part in 65 535 of their range. Where pixels are made square, values are interpolated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingest.grey_scale import GreyScale, Window

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MAX_CODE = 65_535
MAX_AREA_PX = 3072 * 3072  # coding one takes 2.5 s of the 5 s that the decoder's child has, a larger one too long
# For Hounsfield units, in common use at workstations; those of one maker differ a little from those of the next.
USUAL_CT_WINDOWS = (
    Window(40, 80, name="brain"),
    Window(75, 215, name="subdural"),
    Window(500, 2000, name="bone"),
    Window(-600, 1500, name="lung"),
    Window(60, 400, name="abdomen"),
    Window(50, 350, name="mediastinum"),
)


@dataclass(frozen=True, eq=False)
class GreyFrame:
    """The values of a frame: as stored, rescaled, which are padding, and how they are shown."""

    stored: np.ndarray
    values: np.ndarray
    padding: np.ndarray | None
    inverted: bool
    hounsfield: bool
    windows: tuple[Window, ...]


def grey_values(frame: GreyFrame, size: tuple[int, int], notices: list[str]) -> tuple[Image.Image, GreyScale] | None:
    """Return the image of the codes, of a width and height, and what they mean; None where nothing can be windowed."""
    if max(frame.values.size, size[0] * size[1]) > MAX_AREA_PX:
        notices.append(f"The image has more than {MAX_AREA_PX / 1e6:.0f} million pixels: its window cannot be changed.")
        return None
    coded = _coded(frame)
    if coded is None:
        return None
    codes, slope, intercept = coded
    usual = USUAL_CT_WINDOWS if frame.hounsfield else ()
    windows = {(one.centre, one.width, one.function): one for one in reversed((*frame.windows, *usual))}
    scale = GreyScale(slope, intercept, frame.inverted, frame.hounsfield, tuple(reversed(windows.values())))
    return Image.fromarray(_as_rgb(codes, frame.padding, size)), scale


def is_hounsfield(dataset: Dataset, transformation: Dataset) -> bool:
    """Tell whether rescaled values are Hounsfield units (PS3.3 C.8.2.1.1.2, C.11.1.1.2): of CT, but of no localizer."""
    if str(dataset.get("Modality") or "").strip() != "CT" or dataset.get("ModalityLUTSequence"):
        return False
    kind = str(transformation.get("RescaleType") or "HU").strip().upper()
    localizer = "LOCALIZER" in {str(part).strip().upper() for part in _parts(dataset.get("ImageType"))}
    return kind == "HU" and transformation.get("RescaleIntercept") is not None and not localizer


def _parts(value: object) -> list[object]:
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]


def _coded(frame: GreyFrame) -> tuple[NDArray[np.uint16], float, float] | None:
    """Return codes, slope and intercept; None where all values are one, or one is beyond all measure."""
    exact = frame.values if frame.values.dtype.kind in "iu" else frame.stored
    if exact.dtype.kind in "iu":
        counted, meant = _counted(exact, frame.padding), _counted(frame.values, frame.padding)
        ends = int(counted.argmin()), int(counted.argmax())
        low, high = int(counted[ends[0]]), int(counted[ends[1]])
        if 0 < high - low <= MAX_CODE:
            first, last = float(meant[ends[0]]), float(meant[ends[1]])
            codes = np.clip(exact.astype(np.int64) - low, 0, MAX_CODE).astype(np.uint16)
            return _if_usable(codes, (last - first) / (high - low), first)
    counted = _counted(frame.values, frame.padding)
    first, last = float(counted.min()), float(counted.max())
    slope = (last - first) / MAX_CODE
    if not 0 < slope < np.inf:
        return None
    codes = np.clip((frame.values - first) / slope + 0.5, 0, MAX_CODE).astype(np.uint16)
    return _if_usable(codes, slope, first)


def _counted(values: np.ndarray, padding: np.ndarray | None) -> np.ndarray:
    return values.ravel() if padding is None else values[~padding]


def _if_usable(
    codes: NDArray[np.uint16], slope: float, intercept: float
) -> tuple[NDArray[np.uint16], float, float] | None:
    return (codes, slope, intercept) if slope and np.isfinite([slope, intercept]).all() else None


def _as_rgb(codes: NDArray[np.uint16], padding: np.ndarray | None, size: tuple[int, int]) -> NDArray[np.uint8]:
    absent = np.zeros(codes.shape, np.uint8) if padding is None else padding.astype(np.uint8) * 255
    if size != codes.shape[::-1]:
        between = Image.fromarray(codes.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
        codes = np.rint(np.asarray(between)).astype(np.uint16)
        absent = np.asarray(Image.fromarray(absent).resize(size, Image.Resampling.NEAREST))
    return np.dstack([(codes >> 8).astype(np.uint8), (codes & 255).astype(np.uint8), absent])
