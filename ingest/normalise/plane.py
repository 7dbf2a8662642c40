"""Plane, view and depiction from MedPix's one `Plane` value and the modality text."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.normalise.modality import depiction_of_modality
from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.text import look_up
from ingest.vocabulary import Depiction, Plane, View


@dataclass(frozen=True)
class PlaneSpelling:
    """What one `Plane` value says; a slice or a radiograph is a scan."""

    plane: Plane | None = None
    view: View | None = None
    depiction: Depiction | None = Depiction.SCAN


SPELLINGS = {
    "axial": PlaneSpelling(Plane.AXIAL),
    "transverse": PlaneSpelling(Plane.AXIAL),
    "coronal": PlaneSpelling(Plane.CORONAL),
    "sagittal": PlaneSpelling(Plane.SAGITTAL),
    "oblique": PlaneSpelling(Plane.OBLIQUE),
    "ap": PlaneSpelling(view=View.AP),
    "pa": PlaneSpelling(view=View.PA),
    "lateral": PlaneSpelling(view=View.LATERAL),
    "frontal": PlaneSpelling(view=View.FRONTAL),
    "3d reconstruction": PlaneSpelling(depiction=Depiction.RECONSTRUCTION_3D),
    "multiple or montage": PlaneSpelling(depiction=Depiction.MONTAGE),
    "photograph": PlaneSpelling(depiction=Depiction.PHOTOGRAPH),
    "gross pathology": PlaneSpelling(depiction=Depiction.GROSS_PATHOLOGY),
    "drawing": PlaneSpelling(depiction=Depiction.DRAWING),
    "other view (see caption)": PlaneSpelling(),
    "nos - not specified": PlaneSpelling(depiction=None),
}

_SYNONYMS = {"transverse"}


def normalise_plane(raw: str | None) -> Normalised[Plane]:
    """Return the orientation of the slice; nothing where the value names a view or a kind of image."""
    spelled = look_up(raw, SPELLINGS)
    if spelled.value is None:
        return Normalised(raw, None, spelled.rule)
    plane = spelled.value.plane
    return Normalised(raw, plane, _rule(raw) if plane else Rule.NOT_SPECIFIED)


def normalise_view(raw: str | None) -> Normalised[View]:
    """Return the projection of a radiograph; nothing where the value names something else."""
    spelled = look_up(raw, SPELLINGS)
    if spelled.value is None:
        return Normalised(raw, None, spelled.rule)
    view = spelled.value.view
    return Normalised(raw, view, Rule.SPELLING if view else Rule.NOT_SPECIFIED)


def normalise_depiction(raw: str | None, modality_text: str | None) -> Normalised[Depiction]:
    """Return the kind of image, from the plane value or the modality text; two different ones are a conflict."""
    spelled = look_up(raw, SPELLINGS)
    from_plane = spelled.value.depiction if spelled.value else None
    from_modality = depiction_of_modality(modality_text)
    if from_modality is not None and from_plane in (None, Depiction.SCAN):
        return Normalised(modality_text, from_modality, Rule.SPELLING)
    if from_plane is None:
        return Normalised(raw, None, Rule.NOT_SPECIFIED if spelled.value else spelled.rule)
    conflict = from_modality is not None and from_modality is not from_plane
    return Normalised(raw, from_plane, Rule.SPELLING, conflict)


def _rule(raw: str | None) -> Rule:
    return Rule.SYNONYM if raw and raw.strip().casefold() in _SYNONYMS else Rule.SPELLING
