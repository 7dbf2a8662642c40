"""The panels of a compound figure, as boxes in its pixels, compared with what its caption names.

A figure is cut where gutters or edges part it. Where the caption names another number of panels than are found, the
figure is kept whole: a wrong panel would carry another panel's caption, the whole figure carries all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ingest.images.borders import without_border
from ingest.images.boxes import Box
from ingest.images.cutting import CuttingRule, cut
from ingest.images.fitting import cut_further

USUAL = CuttingRule(side=0.1, both=0.4, line=0.2, further=0.08)
STRICTER = (
    CuttingRule(0.2, 0.5, 0.25, 0.12),
    CuttingRule(0.3, 0.6, 0.4, 0.25),
    CuttingRule(0.3, 0.6, 0.5, 0.4, min_cells=99),
    CuttingRule(0.3, 0.9, 0.8, 0.8, min_cells=99),
)
MIN_FIGURE_PX = 64  # smaller, nothing in it could be called a panel


class Confidence(StrEnum):
    """How much speaks for the panels of a figure."""

    AGREED = "gutters and caption agree"
    FITTED = "gutters were chosen to agree with the caption"
    GUTTERS = "gutters alone"
    WHOLE = "kept whole"


@dataclass(frozen=True)
class Panel:
    """One panel of a figure.

    `caption_index` is the place, from 0, of the caption's panel that it is; two panels that the caption names as one
    (a1 and a2 of "(a)") share it. None where the caption's panels are not known.
    """

    box: Box
    caption_index: int | None = None


@dataclass(frozen=True)
class Panels:
    """What a figure was cut into, in reading order: one panel, without its plain border, where it was not.

    `reason` says why a figure is kept whole although its gutters or its caption speak of several panels.
    """

    panels: tuple[Panel, ...]
    confidence: Confidence
    reason: str | None = None

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Return where the panels are."""
        return tuple(panel.box for panel in self.panels)


def panels_of(image: np.ndarray, caption_panels: int | None = None) -> Panels:
    """Cut a figure into its panels.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width) or (height, width, 3)
        The decoded figure.
    caption_panels : int, optional
        How many panels the caption names; 1 where it says that there is one, None where it does not say.

    Returns
    -------
    Panels
        The panels if caption and gutters agree, or the caption does not say; else the whole figure and why.

    Raises
    ------
    ValueError
        If the image has another shape or type, or the caption names fewer than one panel.
    """
    levels = _levels(image)
    if caption_panels is not None and caption_panels < 1:
        raise ValueError(f"caption_panels is {caption_panels}, expected at least 1, or None if it is not known.")
    whole = Box(0, 0, levels.shape[1], levels.shape[0])
    cuttable = min(levels.shape) >= MIN_FIGURE_PX
    found = cut(levels, whole, USUAL) if cuttable else [whole]
    if caption_panels is None or len(found) == caption_panels:
        return _found(levels, whole, found, caption_panels)
    fitted = _fitted(levels, whole, found, caption_panels) if cuttable else None
    if fitted is not None:
        return fitted
    reason = f"The caption names {_panels(caption_panels)}, the gutters show {_panels(len(found))}."
    return _whole(levels, whole, reason)


def _levels(image: np.ndarray) -> np.ndarray:
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        raise ValueError(
            f"the image is {image.dtype} of shape {image.shape}, expected uint8, grey or RGB. Decode it first."
        )
    return image if image.ndim == 2 else image.mean(axis=2).round().astype(np.uint8)


def _found(levels: np.ndarray, whole: Box, boxes: list[Box], caption_panels: int | None) -> Panels:
    if len(boxes) == 1:
        return _whole(levels, whole, None)
    if caption_panels is None:
        return Panels(tuple(map(Panel, boxes)), Confidence.GUTTERS)
    return Panels(tuple(Panel(box, i) for i, box in enumerate(boxes)), Confidence.AGREED)


def _fitted(levels: np.ndarray, whole: Box, found: list[Box], count: int) -> Panels | None:
    """Return the panels that agree with the caption under another rule, if there are."""
    if count == 1:
        return None
    fewer = found
    for rule in STRICTER if len(found) > count else ():
        fewer = cut(levels, whole, rule)
        if len(fewer) <= count:
            break
    rows = _rows(found)
    if len(fewer) != count and len(found) > count == len(rows):  # a1 a2 / b1 b2 for (a) and (b)
        return Panels(tuple(Panel(box, i) for i, row in enumerate(rows) for box in row), Confidence.FITTED)
    boxes = cut_further(levels, fewer, count)
    if len(boxes) != count:
        return None
    return Panels(tuple(Panel(box, i) for i, box in enumerate(boxes)), Confidence.FITTED)


def _rows(boxes: list[Box]) -> list[list[Box]]:
    """Return the panels by rows: those that begin above the middle of the row's first."""
    rows: list[list[Box]] = []
    for box in boxes:
        if rows and box.top < (rows[-1][0].top + rows[-1][0].bottom) / 2:
            rows[-1].append(box)
        else:
            rows.append([box])
    return rows


def _whole(levels: np.ndarray, whole: Box, reason: str | None) -> Panels:
    return Panels((Panel(without_border(levels, whole)),), Confidence.WHOLE, reason)


def _panels(count: int) -> str:
    return "one panel" if count == 1 else f"{count} panels"
