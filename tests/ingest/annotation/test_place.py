"""A finding is in the anatomy of its own clause."""

from __future__ import annotations

import pytest

from ingest.annotation.annotate import annotate_text
from ingest.vocabulary import ConceptKind, Section


def placed(text: str) -> dict[str, str | None]:
    """Return each finding of a text, as written, with its place."""
    mentions = annotate_text(text, Section.FINDINGS)
    findings = (mention for mention in mentions if mention.kind is ConceptKind.FINDING)
    return {text[m.start : m.end]: m.place and m.place.partition(":")[2] for m in findings}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There is a mass in the left kidney.", {"mass": "kidney"}),
        ("Left renal mass.", {"mass": "kidney"}),
        ("The liver contains several cysts.", {"cysts": "liver"}),
        ("Liver: several cysts, no mass.", {"cysts": "liver", "mass": "liver"}),
        (
            "In the left frontal lobe, there is an enhancing mass.",
            {"enhancing": "frontal-lobe", "mass": "frontal-lobe"},
        ),
        ("Mass is seen in the superior segment of the right lower lobe.", {"Mass": "lower-lobe-of-lung"}),
        ("A mass adjacent to the kidney.", {"mass": None}),
        ("Mass. The kidney is normal.", {"Mass": None}),
        ("Pleural effusion.", {"Pleural effusion": "pleura"}),
        ("Cyst in the liver; nodule in the lung.", {"Cyst": "liver", "nodule": "lung"}),
        ("A mass.", {"mass": None}),
    ],
)
def test_a_finding_is_in_the_anatomy_of_its_clause(text, expected):
    assert placed(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A mass in the kidney with extension into the liver", {"mass": "kidney", "extension into": "liver"}),
        ("A renal mass extends into the muscle.", {"mass": "kidney", "extends into": "muscle"}),
        ("A suprasellar mass with extension to the right", {"mass": "suprasellar-region", "extension to": None}),
        ("A mass in the left kidney and an ulcer", {"mass": "kidney", "ulcer": None}),
        ("A mass in the left kidney and associated stenosis", {"mass": "kidney", "stenosis": "kidney"}),
        ("Thickening and stenosis of the colon", {"Thickening": "colon", "stenosis": "colon"}),
        ("Displacement of the fissure and stenosis of the bronchus", {"Displacement": None, "stenosis": "bronchus"}),
        ("Enhancement of the mass in the liver", {"Enhancement": "liver", "mass": "liver"}),
        ("No mass, no abscess, normal liver", {"mass": None, "abscess": None}),
        ("A cyst posterior to the liver with necrosis", {"cyst": None, "necrosis": None}),
        ("Metastases from prostate cancer", {"Metastases": None, "cancer": "prostate"}),
        ("Pericardial or pleural effusion", {"pleural effusion": "pleura"}),
        ("In the neck, there is a soft tissue mass.", {"soft tissue mass": "neck"}),
        ("Hemorrhage in the thalamus with midline shift", {"Hemorrhage": "thalamus", "midline shift": None}),
        ("The mass is isointense to muscle.", {"mass": None, "isointense": None}),
        ("Edema in the medial head of the gastrocnemius", {"Edema": None}),
        ("Edema of the head", {"Edema": "head"}),
        ("Lung windows show an abscess.", {"abscess": None}),
        ("A finger-like cyst", {"cyst": None}),
        ("The kidney has a mass, and compression of the duct is seen.", {"mass": "kidney", "compression": None}),
    ],
)
def test_a_finding_is_not_in_the_anatomy_of_something_else(text, expected):
    assert placed(text) == expected


def test_anatomy_is_in_no_place():
    places = [
        a.place for a in annotate_text("Mass in the left kidney", Section.FINDINGS) if a.kind is ConceptKind.ANATOMY
    ]
    assert places == [None]
