from __future__ import annotations

import pytest

from ingest.normalise.modality import SPELLINGS, depiction_of_modality, normalise_modality, normalise_technique
from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.text import spelling_of
from ingest.vocabulary import Depiction, Modality


@pytest.mark.parametrize(
    ("raw", "modality", "technique"),
    [
        ("CT w/contrast (IV)", Modality.CT, ("contrast (IV)",)),
        ("CT - noncontrast", Modality.CT, ("noncontrast",)),
        ("CT - GI & IV Contrast", Modality.CT, ("contrast (IV)", "contrast (GI)")),
        ("MR - T1W w/Gd (fat suppressed)", Modality.MR, ("T1 weighted", "contrast (gadolinium)", "fat suppressed")),
        ("MRI", Modality.MR, None),
        (" MR - Montage of Images", Modality.MR, None),
        ("Virtual Colonoscopy", Modality.CT, ("virtual colonoscopy",)),
        ("Drawing", Modality.OT, None),
    ],
)
def test_a_modality_text_gives_modality_and_technique(
    raw: str, modality: Modality, technique: tuple[str, ...] | None
) -> None:
    assert normalise_modality(raw, None) == Normalised(raw, modality, Rule.SPELLING)
    rule = Rule.SPELLING if technique else Rule.NOT_SPECIFIED
    assert normalise_technique(raw) == Normalised(raw, technique, rule)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_keyed_as_it_is_looked_up(spelling: str) -> None:
    assert spelling_of(spelling) == spelling
    assert normalise_modality(f"  {spelling.upper()}\u00a0", None).value is SPELLINGS[spelling].modality


def test_a_type_that_says_another_modality_is_a_conflict() -> None:
    assert normalise_modality("CT - noncontrast", "MR").conflict
    assert not normalise_modality("CT - noncontrast", "CT").conflict


def test_an_unknown_modality_is_not_guessed_but_the_type_is_known() -> None:
    assert normalise_modality("CT (dual energy)", None) == normalise_modality("CT (dual energy)", "XX")
    assert normalise_modality("CT (dual energy)", None).rule is Rule.UNKNOWN_VALUE
    assert normalise_modality("CT (dual energy)", None) == Normalised("CT (dual energy)", None, Rule.UNKNOWN_VALUE)
    assert normalise_modality("CT (dual energy)", "CT") == Normalised("CT (dual energy)", Modality.CT, Rule.FROM_TYPE)
    assert normalise_technique("CT (dual energy)") == Normalised("CT (dual energy)", None, Rule.UNKNOWN_VALUE)


def test_a_montage_is_a_depiction_of_either_modality() -> None:
    assert depiction_of_modality("CT - Montage") is Depiction.MONTAGE
    assert depiction_of_modality("CT - noncontrast") is None
    assert depiction_of_modality("no such text") is None
