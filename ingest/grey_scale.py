"""What a DICOM header says of an image beside its pixels: windows to look at its grey values through, size of a pixel.

The values themselves are kept as an image of codes (`ingest.images.grey_values`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class VoiFunction(StrEnum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True)
class Window:
    """Centre and width in rescaled values, the function between its ends, and what the window is called."""

    centre: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR
    name: str = ""


@dataclass(frozen=True)
class GreyScale:
    """What the codes of an image mean.

    Attributes
    ----------
    slope, intercept : float
        Of a code's value: ``slope * code + intercept``.
    inverted : bool
        Whether the smallest values are shown white.
    hounsfield : bool
        Whether the values are Hounsfield units.
    windows : tuple of Window
        To choose from; the image as stored is seen through the first, unless a VOI LUT was applied.
    """

    slope: float
    intercept: float
    inverted: bool
    hounsfield: bool
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class GreyValues:
    """The grey values of a stored image: where the image of their codes is kept, and what these mean."""

    object_key: str
    scale: GreyScale


@dataclass(frozen=True)
class PixelSize:
    """How long a side of a pixel is: in the patient, or at the detector, where things are larger."""

    side_mm: float
    at_detector: bool = False
