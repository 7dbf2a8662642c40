"""Where the user says how the scan was made."""

from __future__ import annotations

import pytest

from rag.drafts.draft import DraftRequest
from rag.drafts.evidence import gather_evidence
from rag.drafts.statements import EvidenceKind
from rag.drafts.technique import classifier_sentence, technique_end

MODALITY, PLANE = "Modality: MR (magnetic resonance), probability 0.98.", "Plane: axial, probability 0.95."
REGION = "Region: Reproductive and Urinary System, probability 0.85."
UNSURE = "Modality: not sure, most likely MR (magnetic resonance), probability 0.41."
DEPICTION = "Depiction: scan, probability 0.97."


@pytest.mark.parametrize(
    ("quotes", "sentence"),
    [
        ((REGION, DEPICTION, PLANE, MODALITY), "MR, axial, reproductive and urinary system (by the classifier)."),
        ((UNSURE, PLANE), "Axial (by the classifier)."),
        ((UNSURE, DEPICTION), "The classifier is not sure how the scan was made."),
        (("Plane: none, probability 0.9.", MODALITY), "MR (by the classifier)."),
    ],
)
def test_a_report_states_modality_plane_and_region_where_the_classifier_is_sure(quotes, sentence):
    assert classifier_sentence(quotes) == sentence


@pytest.mark.parametrize(
    ("sentence", "technique"),
    [
        ("CT of the head: hypodensity on the right.", "CT of the head"),
        ("Axial T2-weighted MR of the brain with contrast.", "Axial T2-weighted MR of the brain with contrast."),
        ("Radiographs of both hands", "Radiographs of both hands"),
        ("MR: mass.", "MR"),
        ("CT shows a mass.", None),
        ("Normal CT of the head.", None),
        ("No change on CT.", None),
        ("There is a CT.", None),
        ("Mass on CT.", None),
        ("T2: bright lesion.", None),
        ("Findings: mass.", None),
        ("Hypodensity of the right MCA territory.", None),
        (f"CT {'very ' * 12}long.", None),
        ("", None),
    ],
)
def test_a_heading_or_a_short_sentence_names_a_modality_and_no_finding(sentence: str, technique: str | None):
    assert (sentence[: technique_end(sentence)] or None) == technique


def written(findings: str) -> list[tuple[EvidenceKind, str]]:
    rows = gather_evidence(DraftRequest(findings=findings), [])
    assert all(findings[row.citation.start : row.citation.end] == row.citation.quote for row in rows)
    return [(row.kind, row.citation.quote) for row in rows]


def test_only_what_stands_first_is_the_technique_and_every_word_is_cited_once():
    assert written("CT of the head:  mass. MR of the brain: edema.") == [
        (EvidenceKind.TECHNIQUE, "CT of the head"),
        (EvidenceKind.WRITTEN, "mass."),
        (EvidenceKind.WRITTEN, "MR of the brain: edema."),
    ]
    assert written("CT of the head. Mass.") == [
        (EvidenceKind.TECHNIQUE, "CT of the head."),
        (EvidenceKind.WRITTEN, "Mass."),
    ]
    assert written("Mass on CT. Edema.") == [
        (EvidenceKind.WRITTEN, "Mass on CT."),
        (EvidenceKind.WRITTEN, "Edema."),
    ]
    assert written("  ") == []
