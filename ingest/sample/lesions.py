"""Lesions as the texts tell them: kind, place, side and size in centimetres, painted over the anatomy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.sample.anatomy import head
from ingest.sample.canvas import Canvas
from ingest.sample.lesion_painters import PAINTERS
from ingest.sample.views import VIEWS

HYDROCEPHALUS = "hydrocephalus"  # a kind that changes the anatomy itself
_VENTRICLES = {"head axial": head.draw_axial, "head coronal": head.draw_coronal, "head sagittal": head.draw_sagittal}


@dataclass(frozen=True)
class Lesion:
    """One lesion: what kind, at which site of the view, on which side of the patient, how large."""

    kind: str
    site: str
    size_cm: float
    side: str | None = None


def position_of(lesion: Lesion, view: str) -> tuple[float, float]:
    """Return where the lesion lies in body coordinates: the patient's right is on the image's left."""
    x, y = VIEWS[view].sites[lesion.site]
    return (-x if lesion.side == "right" and VIEWS[view].plane != "Sagittal" else x), y


def prepare(canvas: Canvas, lesions: Sequence[Lesion], view: str) -> None:
    """Paint the anatomy, with wide ventricles where there is hydrocephalus."""
    if any(lesion.kind == HYDROCEPHALUS for lesion in lesions):
        _VENTRICLES[view](canvas, ventricles=2.6)
    else:
        VIEWS[view].paint(canvas)


def paint_lesion(canvas: Canvas, lesion: Lesion, view: str) -> None:
    """Paint one lesion at its place and size."""
    radius = lesion.size_cm / 2 / canvas.half_width_cm
    x, y = position_of(lesion, view)
    if lesion.kind != HYDROCEPHALUS:
        PAINTERS[lesion.kind](canvas, x, y, radius, view)
