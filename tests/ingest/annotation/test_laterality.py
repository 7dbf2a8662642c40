"""On which side a finding is: words, lists, scopes, and sides that belong to something else. The texts are our own."""

from __future__ import annotations

import time

import pytest

from ingest.annotation.annotate import annotate_text
from ingest.vocabulary import ConceptKind, Section

L, R, B = "left", "right", "bilateral"
MAX_SECONDS = 2.0  # the slowest takes .8 of a processor that is shared; one that goes back takes minutes


def sides(text: str) -> dict[str, str | None]:
    """Return each finding of a text, as written, with its side."""
    mentions = annotate_text(text, Section.FINDINGS)
    return {text[m.start : m.end]: m.laterality for m in mentions if m.kind is ConceptKind.FINDING}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LLE edema", {"edema": L}),
        ("A nodule in the RUL.", {"nodule": R}),
        ("RUQ ultrasound: a cyst", {"cyst": None}),
        ("A mass of the L. MCA region", {"mass": L}),
        ("A cyst of the parotid region on the R.", {"cyst": R}),
        ("Effusions (R>L)", {"Effusions": B}),
        ("Effusions, L > R.", {"Effusions": B}),
        ("Right worse than left effusions", {"effusions": B}),
        ("L and R effusions", {"effusions": B}),
        ("A mass at 12:00 in the right breast", {"mass": R}),
        ("Lymphadenopathy of both hila", {"Lymphadenopathy": B}),
        ("Both CT scans show a mass.", {"mass": None}),
        ("Both lesions enhance.", {"lesions": None, "enhance": None}),
        ("Stenosis of both segments of the left renal artery", {"Stenosis": L}),
        ("Edema on both sides of the neck", {"Edema": B}),
    ],
)
def test_a_side_is_told_by_words_and_abbreviations(text, expected):
    assert sides(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Right lower lobe and left upper lobe opacities", {"opacities": B}),
        ("Opacities in the right lower lobe and the left upper lobe", {"Opacities": B}),
        ("A mass in the right kidney and left renal cyst", {"mass": R, "cyst": L}),
        ("Two nodules, one in the left lung and the other in the right lung", {"nodules": B}),
        ("The mass in the right kidney is large and the left kidney is normal.", {"mass": R}),
        ("Edema and swelling of the left thalamus", {"Edema": L, "swelling": L}),
        ("Renal cyst and swelling of the left ankle", {"cyst": None, "swelling": L}),
        ("Effusion and a nodule in the left lung", {"Effusion": None, "nodule": L}),
        ("Swelling and pain in the left ankle", {"Swelling": L}),
        ("Edema in the gray and white matter of the right frontal lobe", {"Edema": R}),
        ("A mass with irregular margins in the left lung", {"mass": L}),
        ("A mass, measuring 3 cm, in the left lung", {"mass": L}),
        ("A mass arising from and surrounding the right kidney", {"mass": R}),
        ("A hematoma, right occipital lobe.", {"hematoma": R}),
        ("A mass, left pleural effusion", {"mass": None, "pleural effusion": L}),
        ("Bilaterally, there are nodules.", {"nodules": B}),
        (
            "A filling defect in the left carotid artery, consistent with a thrombus",
            {"filling defect": L, "thrombus": L},
        ),
        ("A lesion in the left kidney, confirming a lymphoma", {"lesion": L, "lymphoma": L}),
        ("Emphysema extending along the left chest", {"Emphysema": L}),
        ("A cyst extending from the right kidney", {"cyst": R}),
    ],
)
def test_a_side_is_shared_by_those_it_is_said_of(text, expected):
    assert sides(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MR image of the left knee shows edema of the femur and a cyst.", {"edema": L, "cyst": L}),
        ("CT at the level of the left renal vein shows no thrombus and no mass.", {"thrombus": None, "mass": None}),
        ("Right carotid angiogram shows a large aneurysm.", {"aneurysm": R}),
        ("Right kidney: a mass, several cysts.", {"mass": R, "cysts": R}),
        ("Left temporal bone - canals are dilated", {"dilated": L}),
        ("The right kidney shows a mass, a stone, and a cyst.", {"mass": R, "stone": R, "cyst": R}),
        ("The right lung shows a mass, but there is ascites.", {"mass": R, "ascites": None}),
        ("Right knee with an effusion", {"effusion": R}),
        ("Left renal mass with calcification", {"mass": L, "calcification": None}),
        ("Left renal mass without calcification", {"mass": L, "calcification": None}),
    ],
)
def test_a_heading_or_a_subject_tells_the_side_of_what_follows(text, expected):
    assert sides(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Left lateral decubitus view: an effusion", {"effusion": None}),
        ("Left image: a mass", {"mass": None}),
        ("A mass is seen in the image on the right.", {"mass": None}),
        ("Enlargement of the right kidney compared with the left", {"Enlargement": R}),
        ("The right ventricle is larger than the left, with a thrombus", {"thrombus": None}),
        ("The mass displaces the left kidney.", {"mass": None, "displaces": L}),
        ("A mass compressing the left kidney", {"mass": None, "compressing": L}),
        ("A stricture just distal to the left subclavian artery", {"stricture": None}),
        ("Left arm weakness and an infarct", {"infarct": None}),
        ("Left infarct and contralateral edema", {"infarct": L, "edema": None}),
        ("Right chest tube and a nodule", {"nodule": None}),
        ("Right mastectomy and a nodule", {"nodule": None}),
        ("A tumor, then bilateral mastectomy", {"tumor": None}),
        ("The aorta and left kidney are displaced.", {"displaced": None}),
        ("Left renal mass and midline shift to the right", {"mass": L, "midline shift": R}),
        ("Left hematoma and midline shift", {"hematoma": L, "midline shift": None}),
        ("Right hilar adenopathy and pneumomediastinum", {"hilar adenopathy": R, "pneumomediastinum": None}),
        ("A hematoma with extension to the left ventricular wall", {"hematoma": None, "extension to": L}),
        ("A right hematoma extending into both lungs", {"hematoma": R, "extending into": B}),
        ("Right aorta with an aberrant left subclavian artery", {"aberrant left subclavian artery": L}),
    ],
)
def test_a_side_of_something_else_is_not_the_side_of_the_finding(text, expected):
    assert sides(text) == expected


@pytest.mark.parametrize(
    "unit",
    [
        *("left mass with ", "left and right ", "mass, right lobe. ", "both of the left ", "one in the left, ", "L>R "),
        *("mass in the right ---", "left mass -", "left (", "left, measuring ", "image of the left knee shows mass "),
        *("right:", "in the left lung, ", "left mastectomy ", "mass and edema of the left lung "),
    ],
)
def test_t34_texts_full_of_sides_take_linear_time(unit):
    text = unit * (50_000 // len(unit))
    annotate_text("warm", Section.FINDINGS)
    begun = time.process_time()
    annotate_text(text, Section.FINDINGS)
    assert time.process_time() - begun < MAX_SECONDS
