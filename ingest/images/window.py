"""Grey values of DICOM as levels from 0 to 255: VOI LUT or window, PS3.3 C.11.2, else an automatic window.

The formulas are those of pydicom's `apply_windowing`, which the tests compare with. It is not called here: it answers
in the range of the stored values, takes four times the memory, and refuses widths and functions that occur.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.grey_scale import VoiFunction, Window
from ingest.images.depth import to_grey
from ingest.images.lookup import UnreadableTable, read_table

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MAX_WINDOWS = 16  # what a menu holds; scanners write one to three
_PERCENTILES = (1, 99)
_NAME = re.compile(r"[\w +/().-]{1,32}")  # a word or two; what is longer may tell of a patient


def levels_of(
    values: np.ndarray, padding: np.ndarray | None, source: Dataset, notices: list[str], *, little_endian: bool
) -> np.ndarray:
    """Return the levels that a viewer shows on opening the image.

    The first table of a VOI LUT Sequence goes before the first window, as in pydicom; a window that cannot be
    used is said in `notices`, as is the automatic one in its place.

    Parameters
    ----------
    values : ndarray
        Rescaled values.
    padding : ndarray of bool, optional
        Which of them are no part of the image; they do not count for the automatic window.
    source : Dataset
        Where the VOI elements stand.
    """
    tables = source.get("VOILUTSequence") or []
    if tables:
        try:
            table = read_table(tables[0], little_endian=little_endian)
        except (UnreadableTable, AttributeError, TypeError, ValueError):
            notices.append("The VOI LUT of the DICOM header cannot be read and is not applied.")
        else:
            _tell_alternatives("VOI LUTs", len(tables), notices)
            return to_grey(table(values).astype(np.float32), 0, 2**table.bits - 1)
    window = _read_window(source, notices)
    return _automatic(values, padding) if window is None else windowed(values, window)


def windowed(values: np.ndarray, window: Window) -> np.ndarray:
    """Return the levels through a window: C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2, from 0 to 255."""
    centre, width = window.centre, window.width
    if window.function is VoiFunction.SIGMOID:
        with np.errstate(over="ignore"):  # far below the window: 0
            levels = 255 / (1 + np.exp(-4 * (values - centre) / width))
        return np.clip(levels + 0.5, 0, 255).astype(np.uint8)
    if window.function is VoiFunction.LINEAR:
        centre, width = centre - 0.5, width - 1
    if width == 0:  # a threshold
        return np.where(values > centre, 255, 0).astype(np.uint8)
    return to_grey(values, centre - width / 2, centre + width / 2)


def windows_of(values: np.ndarray, padding: np.ndarray | None, source: Dataset) -> tuple[Window, ...]:
    """Return the windows of the header that can be used, by their explanations (0028,1055), else the automatic one."""
    told = tuple(_usable_windows(source))[:MAX_WINDOWS]
    return told or tuple(_automatic_window(values, padding))


def _usable_windows(source: Dataset) -> Iterator[Window]:
    pairs = zip(*(_numbers(source, name) for name in ("WindowCenter", "WindowWidth")), strict=False)
    names = _texts(source.get("WindowCenterWidthExplanation"))
    for number, (centre, width) in enumerate(pairs):
        said = names[number].strip() if number < len(names) else ""
        name = said if _NAME.fullmatch(said) else f"Window {number + 1}"
        if np.isfinite([centre, width]).all() and width > 0:
            yield _exact_below_one(Window(centre, width, _function(source, []), name))


def _exact_below_one(window: Window) -> Window:
    """Return a window that LINEAR, which takes one from the width, can be applied to."""
    if window.function is VoiFunction.LINEAR and window.width < 1:
        return replace(window, function=VoiFunction.LINEAR_EXACT)
    return window


def _automatic_window(values: np.ndarray, padding: np.ndarray | None) -> Iterator[Window]:
    low, high = _automatic_ends(values, padding)
    if high > low:
        yield Window((low + high) / 2, high - low, VoiFunction.LINEAR_EXACT, "Automatic")


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(part) for part in value]


def _read_window(source: Dataset, notices: list[str]) -> Window | None:
    centre, width = (_numbers(source, name) for name in ("WindowCenter", "WindowWidth"))
    function = _function(source, notices)
    if not centre and not width:
        notices.append(f"The DICOM header gives no window; {_AUTOMATIC}")
        return None
    if not centre or not width or not np.isfinite([centre[0], width[0]]).all():
        notices.append(f"The window of the DICOM header is not a pair of numbers; {_AUTOMATIC}")
        return None
    if width[0] <= 0:
        notices.append(f"The window width of the DICOM header is {width[0]:g}, expected more than 0; {_AUTOMATIC}")
        return None
    _tell_alternatives("windows", min(len(centre), len(width)), notices)
    if function is VoiFunction.LINEAR and width[0] < 1:
        notices.append(f"The window width {width[0]:g} is below 1, which LINEAR forbids; it is read as LINEAR_EXACT.")
    return _exact_below_one(Window(centre[0], width[0], function))


_AUTOMATIC = "the image is shown from the 1st to the 99th percentile of its values."


def _function(source: Dataset, notices: list[str]) -> VoiFunction:
    name = str(source.get("VOILUTFunction") or VoiFunction.LINEAR).strip().upper()
    if name not in set(map(str, VoiFunction)):
        notices.append("The VOI LUT Function of the DICOM header is unknown; the window is read as LINEAR.")
        return VoiFunction.LINEAR
    return VoiFunction(name)


def _tell_alternatives(what: str, count: int, notices: list[str]) -> None:
    if count > 1:
        notices.append(f"The DICOM header has {count} {what}; the first is shown.")


def _automatic(values: np.ndarray, padding: np.ndarray | None) -> np.ndarray:
    return to_grey(values, *_automatic_ends(values, padding))


def _automatic_ends(values: np.ndarray, padding: np.ndarray | None) -> tuple[float, float]:
    counted = values if padding is None or padding.all() else values[~padding]
    low, high = np.percentile(counted, _PERCENTILES)
    if low == high:  # a small bright object on nothing
        low, high = counted.min(), counted.max()
    return float(low), float(high)


def _numbers(source: Dataset, name: str) -> list[float]:
    """Return the numbers of an element; NaN in place of one that is none."""
    try:
        return numbers(source.get(name))
    except (TypeError, ValueError):  # pydicom reads the text when it is asked for
        return [float("nan")]


def numbers(value: Any) -> list[float]:
    """Return one, several or no numbers. Raises ValueError where one is none."""
    if value is None or value == "":
        return []
    if isinstance(value, bytes):  # an element whose type its writer did not know
        value = value.decode("ascii").rstrip("\0")
    if isinstance(value, str):
        return [float(part) for part in value.split("\\") if part.strip()]
    return [float(part) for part in value if part not in (None, "")] if isinstance(value, Iterable) else [float(value)]
