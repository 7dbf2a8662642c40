from __future__ import annotations

import pytest

from ingest.normalise.caption import CaptionedAs, captioned_as
from ingest.vocabulary import Depiction, Modality, Plane, View


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Axial contrast-enhanced CT.", CaptionedAs(Modality.CT, Plane.AXIAL, None, Depiction.SCAN)),
        ("Sagittal T2-weighted image.", CaptionedAs(Modality.MR, Plane.SAGITTAL, None, Depiction.SCAN)),
        ("Anteroposterior radiograph of the knee.", CaptionedAs(Modality.DX, None, View.AP, Depiction.SCAN)),
        ("FDG PET/CT.", CaptionedAs(Modality.PT, None, None, Depiction.SCAN)),
        ("CT angiography of the neck.", CaptionedAs(Modality.CT, None, None, Depiction.SCAN)),
        ("Coronary angiogram.", CaptionedAs(Modality.XA, None, None, Depiction.SCAN)),
        ("Photomicrograph, hematoxylin and eosin.", CaptionedAs(Modality.SM)),
        ("Clinical photograph of the hand.", CaptionedAs(Modality.XC, None, None, Depiction.PHOTOGRAPH)),
        ("Schematic of the protein.", CaptionedAs(depiction=Depiction.DRAWING)),
        ("CT (a) and MRI (b), axial and coronal.", CaptionedAs()),
        ("A parasagittal lesion.", CaptionedAs()),
    ],
)
def test_a_caption_says_what_the_image_is_where_it_names_one_thing(caption: str, expected: CaptionedAs) -> None:
    assert captioned_as(caption) == expected
