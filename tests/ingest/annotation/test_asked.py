"""A question for a finding at a place and on a side is read, and answered by the mentions that say so."""

from __future__ import annotations

import pytest

from ingest.annotation.annotate import annotate_text
from ingest.annotation.asked import AskedFinding, answers, asked_findings
from ingest.vocabulary import Assertion, ConceptKind, Laterality, Section

L, R, B = Laterality.LEFT, Laterality.RIGHT, Laterality.BILATERAL


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("mass in the left kidney", [("mass", "kidney", L, "present")]),
        ("Left renal mass", [("mass", "kidney", L, "present")]),
        ("cases with no edema of the frontal lobe", [("edema", "frontal-lobe", None, "absent")]),
        ("Which cases have bilateral pleural effusions?", [("pleural-effusion", "pleura", B, "present")]),
        ("Rt hip fracture", [("fracture", "hip", R, "present")]),
        ("L frontal lobe mass", [("mass", "frontal-lobe", L, "present")]),
        ("possible fracture of the femur", [("fracture", "femur", None, "uncertain")]),
        ("mass", [("mass", None, None, "present")]),
        (
            "mass of the liver; no ascites",
            [("mass", "liver", None, "present"), ("ascites", None, None, "absent")],
        ),
        (
            "mass in the left kidney and a nodule in the right lung",
            [("mass", "kidney", L, "present"), ("nodule", "lung", R, "present")],
        ),
        ("Is there a cyst? In the right kidney", [("cyst", "kidney", R, "present")]),
        ("What is the weather?", []),
        ("", []),
    ],
)
def test_a_question_is_read(question, expected):
    read = [
        (a.concept_id.partition(":")[2], a.place and a.place.partition(":")[2], a.laterality, str(a.assertion))
        for a in asked_findings(question)
    ]
    assert read == expected


@pytest.mark.parametrize(
    ("text", "question", "answered"),
    [
        ("There is a mass in the left kidney.", "mass in the left kidney", True),
        ("There is a mass in the right kidney.", "mass in the left kidney", False),
        ("There is a mass in the left lung.", "mass in the left kidney", False),
        ("There is a mass.", "mass in the left kidney", False),  # it may be anywhere
        ("No mass in the left kidney.", "mass in the left kidney", False),
        ("No mass in the left kidney.", "no mass in the left kidney", True),
        ("Masses in both kidneys.", "mass in the left kidney", True),
        ("Mass in the left frontal lobe.", "mass in the brain", True),  # a part of it
        ("Mass in the brain.", "mass in the frontal lobe", False),
        ("Left subdural hematoma.", "hemorrhage", True),  # a kind of it
        ("No subdural hematoma.", "no hemorrhage", False),  # but no denial of every kind
    ],
)
def test_a_mention_answers_only_what_it_says(text, question, answered):
    [asked] = asked_findings(question)
    mentions = [m for m in annotate_text(text, Section.FINDINGS) if m.kind is ConceptKind.FINDING]
    assert any(answers(mention, asked) for mention in mentions) is answered


def test_what_the_literature_says_of_a_disease_answers_nothing_of_a_case():
    [mention, *_] = annotate_text("A mass in the kidney is often cystic.", Section.DISCUSSION)
    assert not answers(mention, AskedFinding("finding:mass"))
    assert answers(annotate_text("Our patient had a mass.", Section.DISCUSSION)[0], AskedFinding("finding:mass"))
    assert AskedFinding("finding:mass").assertion is Assertion.PRESENT
