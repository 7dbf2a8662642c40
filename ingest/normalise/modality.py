"""Modality, technique and depiction from MedPix's one modality text.

The table holds every spelling of the release of 2024-06-21 that we have seen. `Type` (CT or MR) agrees with all of
them but "Drawing", which is no scan at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.text import look_up
from ingest.vocabulary import Depiction, Modality


@dataclass(frozen=True)
class ModalitySpelling:
    """What one spelling says: equipment, technique, and sometimes what kind of image it is."""

    modality: Modality
    technique: tuple[str, ...] = ()
    depiction: Depiction | None = None


_CT, _MR = Modality.CT, Modality.MR
_T1, _GADOLINIUM = "T1 weighted", "contrast (gadolinium)"

SPELLINGS = {
    "ct": ModalitySpelling(_CT),
    "ct - noncontrast": ModalitySpelling(_CT, ("noncontrast",)),
    "ct w/contrast (iv)": ModalitySpelling(_CT, ("contrast (IV)",)),
    "ct - gi & iv contrast": ModalitySpelling(_CT, ("contrast (IV)", "contrast (GI)")),
    "ct - gi contrast": ModalitySpelling(_CT, ("contrast (GI)",)),
    "ct - montage": ModalitySpelling(_CT, (), Depiction.MONTAGE),
    "ct - montage of images": ModalitySpelling(_CT, (), Depiction.MONTAGE),
    "cta - ct angiography": ModalitySpelling(_CT, ("angiography",)),
    "virtual colonoscopy": ModalitySpelling(_CT, ("virtual colonoscopy",)),
    "mr": ModalitySpelling(_MR),
    "mri": ModalitySpelling(_MR),
    "mr - t2 weighted": ModalitySpelling(_MR, ("T2 weighted",)),
    "mr - t1w - noncontrast": ModalitySpelling(_MR, (_T1, "noncontrast")),
    "mr - t1w w/gadolinium": ModalitySpelling(_MR, (_T1, _GADOLINIUM)),
    "mr - t1w w/gd (fat suppressed)": ModalitySpelling(_MR, (_T1, _GADOLINIUM, "fat suppressed")),
    "mr - flair": ModalitySpelling(_MR, ("FLAIR",)),
    "mra - mr angiography/venography": ModalitySpelling(_MR, ("angiography",)),
    "mr t2* gradient,gre,mpgr,swan,swi": ModalitySpelling(_MR, ("T2* weighted",)),
    "mr - other pulse seq.": ModalitySpelling(_MR, ("other pulse sequence",)),
    "mr - dwi diffusion weighted": ModalitySpelling(_MR, ("diffusion weighted",)),
    "mr - adc map (app diff coeff)": ModalitySpelling(_MR, ("ADC map",)),
    "mr - pdw proton density": ModalitySpelling(_MR, ("proton density weighted",)),
    "mr - fiesta": ModalitySpelling(_MR, ("FIESTA",)),
    "mr - stir": ModalitySpelling(_MR, ("STIR",)),
    "mr - montage": ModalitySpelling(_MR, (), Depiction.MONTAGE),
    "mr - montage of images": ModalitySpelling(_MR, (), Depiction.MONTAGE),
    "mrs - spectroscopy": ModalitySpelling(_MR, ("spectroscopy",)),
    "drawing": ModalitySpelling(Modality.OT, (), Depiction.DRAWING),
}

TYPES = {"ct": _CT, "mr": _MR}
"""The values of `Type`."""

LISTS = {"TAC": "CT", "MRI": "MR"}
"""The lists of images in a case document, and the `Type` of what they list; TAC is Italian for CT."""


def normalise_modality(raw: str | None, type_text: str | None) -> Normalised[Modality]:
    """Return the modality; where its text is missing or unknown, the one that `Type` says.

    A conflict means that `Type` says another one.
    """
    spelled = look_up(raw, SPELLINGS)
    kind = look_up(type_text, TYPES).value
    if spelled.value is None:
        return Normalised(raw, kind, Rule.FROM_TYPE) if kind else Normalised(raw, None, spelled.rule)
    modality = spelled.value.modality
    return Normalised(raw, modality, spelled.rule, conflict=kind is not None and kind is not modality)


def normalise_technique(raw: str | None) -> Normalised[tuple[str, ...]]:
    """Return contrast and pulse sequence, in the order of the text; nothing where it names none."""
    spelled = look_up(raw, SPELLINGS)
    if spelled.value is None:
        return Normalised(raw, None, spelled.rule)
    technique = spelled.value.technique
    return Normalised(raw, technique or None, spelled.rule if technique else Rule.NOT_SPECIFIED)


def depiction_of_modality(raw: str | None) -> Depiction | None:
    """Return the kind of image that a modality text names, such as a montage."""
    spelled = look_up(raw, SPELLINGS).value
    return spelled.depiction if spelled else None
