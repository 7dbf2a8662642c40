"""What a draft is called in a list."""

from __future__ import annotations

import pytest

from rag.drafts.titles import title_of

CLASSIFIED = {
    "text": "MR, head (by the classifier).",
    "citations": [
        {"origin": "classifier", "quote": "Modality: MR (magnetic resonance), probability 0.98."},
        {"origin": "classifier", "quote": "Plane: not sure, most likely axial, probability 0.41."},
        {"origin": "classifier", "quote": "Region: Head, probability 0.85."},
    ],
}


def said(text):
    return {"text": text, "citations": [{"origin": "user", "quote": text}]}


def called(**sections):
    return title_of({"sections": [{"section": name, "statements": items} for name, items in sections.items()]})


@pytest.mark.parametrize(
    ("sections", "title"),
    [
        ({"Indication": [said("Headache."), said("Fever.")], "Findings": [said("Mass.")]}, "Headache. Fever"),
        ({"Indication": [], "Findings": [said("Mass in the\n left lobe.")]}, "Mass in the left lobe"),
        ({"Indication": [said("Headache.")], "Technique": [CLASSIFIED]}, "Headache · MR Head"),
        ({"Technique": [said("CT of the head")], "Findings": [said("Mass.")]}, "Mass · CT of the head"),
        ({"Technique": [CLASSIFIED]}, "nothing written of this scan · MR Head"),
        ({"Findings": [said("word " * 40)]}, f"{'word ' * 11}…"),
    ],
)
def test_a_draft_is_called_after_its_indication_else_its_findings_and_how_the_scan_was_made(sections, title):
    assert called(**sections) == title
