"""What the caption of an image says it is: modality, plane, view and kind of image.

A value is taken where a caption names one only: the caption of a figure of CT and MR panels names two, so the figure
has none. Modalities are those of DICOM; a radiograph is DX, whatever it was taken with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from ingest.vocabulary import Depiction, Modality, Plane, View

Value = TypeVar("Value")


@dataclass(frozen=True)
class CaptionedAs:
    """What a caption names, as far as it names one of each."""

    modality: Modality | None = None
    plane: Plane | None = None
    view: View | None = None
    depiction: Depiction | None = None


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])(?:{pattern})", re.IGNORECASE)


_MODALITIES = (
    (Modality.PT, _word(r"PET\b|FDG|positron emission")),
    (Modality.CT, _word(r"(?:CE|HR|MD|CB)?CTA?\b|computed tomogra|computeri[sz]ed tomogra|tomodensitometr")),
    (Modality.MR, _word(r"MRI\b|MRA\b|MRCP\b|MR\b|magnetic resonance|T[12]\W{0,2}w|T[12]WI|FLAIR"
        r"|diffusion[- ]weighted|STIR\b")),
    (Modality.US, _word(r"ultraso|sonogra|echocardiogra|echogra|endosonogra|doppler|US\b|EUS\b")),
    (Modality.MG, _word(r"mammogra")),
    (Modality.NM, _word(r"scintigra|SPECT\b|bone scan|radionuclide")),
    (Modality.RF, _word(r"fluoroscop|barium|contrast swallow|upper gastrointestinal series|urethrogra|cystogra"
        r"|esophagogra|oesophagogra")),
    (Modality.XA, _word(r"angiogra|arteriogra|aortogra|venogra|ventriculogra|DSA\b|digital subtraction")),
    (Modality.DX, _word(r"(?:chest )?radiogra|X[- ]?rays?\b|roentgen|plain film|orthopantomogra|panoramic|skiagram")),
    (Modality.ES, _word(r"(?:\w*endo|colono|broncho|gastro|cysto|laparo|laryngo|arthro|hystero)scop")),
    (Modality.ECG, _word(r"electrocardiogra|ECG\b|EKG\b")),
    (Modality.OP, _word(r"fundus|slit[- ]lamp|optical coherence|fluorescein angiogra|OCT\b")),
    (
        Modality.SM,
        _word(r"\w*histo(?:log|path)|photomicrogra|micrograph|microscop|h(?:a?)ematoxylin|H\s?&\s?E"
            r"|immuno(?:histo|stain)|cytolog|gram stain"),
    ),
    (
        Modality.XC,
        _word(
            r"photogra(?!ph of (?:tissue|histo))|clinical (?:picture|image|aspect|appearance|view)"
            r"|intra-?operative (?:view|image|picture|finding|photo|aspect)"
            r"|gross (?:specimen|appearance|pathology)|(?:surgical|resected|excised) specimen|macroscopic"
        ),
    ),
)  # fmt: skip
_PLANES = (
    (Plane.AXIAL, _word(r"axial|trans-?axial|transverse|cross[- ]sectional")),
    (Plane.CORONAL, _word(r"coronal")),
    (Plane.SAGITTAL, _word(r"(?:mid|para)?sagittal(?! (?:lesion|mass|meningioma|region|sinus))")),
)
_VIEWS = (
    (View.AP, _word(r"antero-?posterior|AP\b")),
    (View.PA, _word(r"postero-?anterior|PA\b(?= (?:view|chest|radio|projection))")),
    (
        View.LATERAL,
        _word(r"lateral (?:view|radiograph|chest|projection|X-ray|skull|spine)|(?:view|radiograph|X-ray)s? \(?lateral"),
    ),
    (View.FRONTAL, _word(r"frontal (?:view|radiograph|chest|projection)")),
)
_DRAWING = _word(
    r"schematic|diagram|drawing|illustration|pedigree|flow ?chart|sequence chromatogram|algorithm|timeline"
)
_RECONSTRUCTION = _word(
    r"(?:3|three)[- ]?D(?:imensional)?\b.{0,30}(?:reconstruct|render|reformat|CT)|volume[- ]rendered"
)
_GROSS = _word(
    r"gross (?:specimen|appearance|pathology|examination)|(?:surgical|resected|excised) specimen|macroscopic"
)
_OF_CT_OR_MR = re.compile(
    r"(?:CT|MR|magnetic resonance|tomogra\w*)[- ]+(?:\w+ )?(?:angio|arterio|veno)gra|angio-?CT", re.IGNORECASE
)
_SCANS = frozenset(
    {
        Modality.CT,
        Modality.MR,
        Modality.US,
        Modality.MG,
        Modality.NM,
        Modality.PT,
        Modality.XA,
        Modality.RF,
        Modality.DX,
    }
)


def captioned_as(caption: str) -> CaptionedAs:
    """Return what a caption says that the image is.

    Examples
    --------
    >>> captioned_as("Axial contrast-enhanced CT of the chest").modality.value
    'CT'
    >>> captioned_as("CT (a) and MRI (b) of the brain").modality is None
    True
    """
    modality = _modality(caption)
    plane = _only([plane for plane, pattern in _PLANES if pattern.search(caption)])
    radiograph = modality in (Modality.DX, Modality.XA, Modality.RF)
    view = _only([view for view, pattern in _VIEWS if pattern.search(caption)]) if radiograph else None
    return CaptionedAs(modality, plane, view, _depiction(caption, modality))


def _modality(caption: str) -> Modality | None:
    found = {modality for modality, pattern in _MODALITIES if pattern.search(caption)}
    if Modality.PT in found:  # a PET/CT is one examination
        found -= {Modality.CT}
    if _OF_CT_OR_MR.search(caption) and found & {Modality.CT, Modality.MR}:
        found -= {Modality.XA}
    if Modality.SM in found:  # "microphotograph"
        found -= {Modality.XC}
    return _only(sorted(found))


def _only(values: Sequence[Value]) -> Value | None:
    return values[0] if len(values) == 1 else None


def _depiction(caption: str, modality: Modality | None) -> Depiction | None:
    if _DRAWING.search(caption) and modality is None:
        return Depiction.DRAWING
    if _RECONSTRUCTION.search(caption):
        return Depiction.RECONSTRUCTION_3D
    if _GROSS.search(caption):
        return Depiction.GROSS_PATHOLOGY
    if modality in (Modality.XC, Modality.ES):
        return Depiction.PHOTOGRAPH
    return Depiction.SCAN if modality in _SCANS else None
