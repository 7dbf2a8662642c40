"""A sample case in the making: the JSON values of a MedPix record, and for each image what to draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ingest.sample.drawing import Drawing

FIRST_CASE = 9001
FIRST_IMAGE = 90001

MODALITIES = {
    "ct_brain": ("CT - noncontrast",),
    "ct_soft": ("CT - noncontrast",),
    "ct_lung": ("CT - noncontrast", "CT w/contrast (IV)"),
    "ct_bone": ("CT - noncontrast",),
    "ct_iv": ("CT w/contrast (IV)", "CT w/contrast (IV)", "CT - GI & IV Contrast"),
    "t1": ("MR - T1W - noncontrast",),
    "t1_gd": ("MR - T1W w/Gadolinium",),
    "t1_gd_fs": ("MR - T1W w/Gd (fat suppressed)",),
    "t2": ("MR - T2 weighted",),
    "flair": ("MR - FLAIR",),
    "stir": ("MR - STIR",),
}
"""Spellings of MedPix for each contrast."""


@dataclass
class SampleImage:
    """One image: the values of its description, and the drawing."""

    drawing: Drawing
    description: dict[str, str | None]
    location: str
    region: str

    @property
    def modality(self) -> str:
        """CT or MR, as the release's ``Type`` says it."""
        return "CT" if self.drawing.contrast.startswith("ct") else "MR"


@dataclass
class SampleCase:
    """One case of the sample: `number` 9001 is MPX9001."""

    number: int
    case: dict[str, str | None]
    topic: dict[str, str | None]
    images: list[SampleImage] = field(default_factory=list)

    @property
    def case_id(self) -> str:
        """The release's ``U_id``."""
        return f"MPX{self.number}"


def describe(
    *, acr: str, age: str, sex: str, caption: str, modality: str, plane: str, figure_part: str | None = None
) -> dict[str, Any]:
    """Return a ``Description`` with the release's keys in the release's order."""
    return {
        "ACR Codes": acr,
        "Age": age,
        "Caption": caption,
        "Figure Part": figure_part,
        "Modality": modality,
        "Plane": plane,
        "Sex": sex,
    }
