"""Every view that the sample images know: which anatomy is painted, its plane, its size and where things lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ingest.sample.anatomy import abdomen, chest, head, limbs, pelvis, spine
from ingest.sample.canvas import Canvas, Point


@dataclass(frozen=True)
class DrawnView:
    """One anatomy in one plane.

    `half_width_cm` is what one unit of body coordinates measures; `sites` are the places of lesions, given for the
    patient's left where the body has two sides.
    """

    paint: Callable[[Canvas], None]
    plane: str
    half_width_cm: float
    sites: Mapping[str, Point]


VIEWS: Mapping[str, DrawnView] = {
    "head axial": DrawnView(head.draw_axial, "Axial", 10, head.AXIAL_SITES),
    "head coronal": DrawnView(head.draw_coronal, "Coronal", 11, head.CORONAL_SITES),
    "head sagittal": DrawnView(head.draw_sagittal, "Sagittal", 11, head.SAGITTAL_SITES),
    "chest axial": DrawnView(chest.draw_axial, "Axial", 18, chest.AXIAL_SITES),
    "chest coronal": DrawnView(chest.draw_coronal, "Coronal", 22, chest.CORONAL_SITES),
    "chest sagittal": DrawnView(chest.draw_sagittal, "Sagittal", 20, chest.SAGITTAL_SITES),
    "abdomen axial": DrawnView(abdomen.draw_axial, "Axial", 18, abdomen.AXIAL_SITES),
    "abdomen coronal": DrawnView(abdomen.draw_coronal, "Coronal", 22, abdomen.CORONAL_SITES),
    "kidney axial": DrawnView(abdomen.draw_kidney_axial, "Axial", 18, abdomen.KIDNEY_AXIAL_SITES),
    "spine sagittal": DrawnView(spine.draw_sagittal, "Sagittal", 14, spine.SAGITTAL_SITES),
    "cervical sagittal": DrawnView(spine.draw_cervical_sagittal, "Sagittal", 11, spine.CERVICAL_SITES),
    "spine axial": DrawnView(spine.draw_axial, "Axial", 8, spine.AXIAL_SITES),
    "thigh axial": DrawnView(limbs.draw_thigh_axial, "Axial", 11, limbs.THIGH_SITES),
    "knee coronal": DrawnView(limbs.draw_knee_coronal, "Coronal", 9, limbs.KNEE_CORONAL_SITES),
    "knee sagittal": DrawnView(limbs.draw_knee_sagittal, "Sagittal", 9, limbs.KNEE_SAGITTAL_SITES),
    "shoulder coronal": DrawnView(limbs.draw_shoulder_coronal, "Coronal", 9, limbs.SHOULDER_SITES),
    "pelvis axial": DrawnView(pelvis.draw_axial, "Axial", 19, pelvis.AXIAL_SITES),
    "pelvis sagittal": DrawnView(pelvis.draw_sagittal, "Sagittal", 14, pelvis.SAGITTAL_SITES),
    "pelvis coronal": DrawnView(pelvis.draw_coronal, "Coronal", 20, pelvis.CORONAL_SITES),
}
