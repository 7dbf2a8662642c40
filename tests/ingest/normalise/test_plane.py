from __future__ import annotations

import pytest

from ingest.normalise.normalised import Rule
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
    assert normalise_plane(raw).value is plane
    assert normalise_view(raw).value is view
    assert normalise_depiction(raw, "CT - noncontrast").value is depiction


def test_a_synonym_says_so_and_an_unknown_value_too() -> None:
    assert normalise_plane("Transverse").rule is Rule.SYNONYM
    assert normalise_plane("Saggital").rule is Rule.UNKNOWN_VALUE
    assert normalise_depiction("Saggital", None).rule is Rule.UNKNOWN_VALUE


def test_the_modality_text_may_name_the_kind_of_picture() -> None:
    assert normalise_depiction("Axial", "MR - Montage").value is Depiction.MONTAGE
    assert normalise_depiction(None, "Drawing").value is Depiction.DRAWING


def test_two_different_kinds_of_picture_are_a_conflict() -> None:
    answer = normalise_depiction("Photograph", "CT - Montage")
    assert (answer.value, answer.conflict) == (Depiction.PHOTOGRAPH, True)
    assert not normalise_depiction("Multiple or Montage", "CT - Montage").conflict


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_keyed_as_it_is_looked_up(spelling: str) -> None:
    assert spelling_of(spelling) == spelling
