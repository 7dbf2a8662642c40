from __future__ import annotations

import pytest

from ingest.normalise.normalised import Normalised, Rule
from ingest.normalise.plane import SPELLINGS, normalise_depiction, normalise_plane, normalise_view
from ingest.normalise.text import spelling_of
from ingest.vocabulary import Depiction, Plane, View


@pytest.mark.parametrize(
    ("raw", "plane", "view", "depiction"),
    [
        ("Axial", Plane.AXIAL, None, Depiction.SCAN),
        ("Transverse", Plane.AXIAL, None, Depiction.SCAN),
        ("Coronal", Plane.CORONAL, None, Depiction.SCAN),
        ("PA", None, View.PA, Depiction.SCAN),
        ("Lateral", None, View.LATERAL, Depiction.SCAN),
        ("3D Reconstruction", None, None, Depiction.RECONSTRUCTION_3D),
        ("Multiple or Montage", None, None, Depiction.MONTAGE),
        ("Gross Pathology", None, None, Depiction.GROSS_PATHOLOGY),
        ("Drawing", None, None, Depiction.DRAWING),
        ("NOS - Not specified", None, None, None),
        ("Saggital", None, None, None),
        (None, None, None, None),
    ],
)
def test_one_value_divides_into_plane_view_and_depiction(
    raw: str | None, plane: Plane | None, view: View | None, depiction: Depiction | None
) -> None:
    known = raw is not None and raw.casefold() in SPELLINGS
    unknown = Rule.MISSING if raw is None else Rule.UNKNOWN_VALUE
    rule = Rule.NOT_SPECIFIED if known else unknown
    named = Rule.SYNONYM if raw == "Transverse" else Rule.SPELLING
    assert normalise_plane(raw) == Normalised(raw, plane, named if plane else rule)
    assert normalise_view(raw) == Normalised(raw, view, Rule.SPELLING if view else rule)
    assert normalise_depiction(raw, None) == Normalised(raw, depiction, Rule.SPELLING if depiction else rule)
    assert normalise_depiction(raw, "CT - noncontrast").value is depiction


def test_a_synonym_says_so_and_an_unknown_value_too() -> None:
    assert normalise_plane(" TRANSVERSE ").rule is Rule.SYNONYM
    assert normalise_plane("Saggital").rule is Rule.UNKNOWN_VALUE
    assert normalise_depiction("Saggital", None).rule is Rule.UNKNOWN_VALUE


def test_the_modality_text_may_name_the_kind_of_image() -> None:
    for raw in ("Axial", None, "NOS - Not specified"):
        for text, depiction in (("MR - Montage", Depiction.MONTAGE), ("Drawing", Depiction.DRAWING)):
            assert normalise_depiction(raw, text) == Normalised(text, depiction, Rule.SPELLING)


def test_two_different_kinds_of_image_are_a_conflict() -> None:
    answer = normalise_depiction("Photograph", "CT - Montage")
    assert answer == Normalised("Photograph", Depiction.PHOTOGRAPH, Rule.SPELLING, conflict=True)
    assert not normalise_depiction("Multiple or Montage", "CT - Montage").conflict


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_keyed_as_it_is_looked_up(spelling: str) -> None:
    assert spelling_of(spelling) == spelling
