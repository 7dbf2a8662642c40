"""Where sentences end in clinical text."""

from __future__ import annotations

import pytest

from ingest.annotation.annotate import annotate_text
from ingest.annotation.sentences import sentence_ends
from ingest.vocabulary import Section


def sentences(text: str) -> list[str]:
    ends = sentence_ends(text)
    return [text[start:end].strip() for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Edema is seen.No mass", ["Edema is seen.", "No mass"]),
        ("Seen in image 2. No mass.", ["Seen in image 2.", "No mass."]),
        ("Measures 4.\nNo mass.", ["Measures 4.", "No mass."]),
    ],
)
def test_where_sentences_end(text, expected):
    assert [said for said in sentences(text) if said] == expected


def test_the_lateral_mass_of_the_atlas_is_no_mass():
    found = annotate_text("Fracture with displacement of the right lateral mass of C1.", Section.FINDINGS)
    assert "finding:fracture" in {mention.concept_id for mention in found}
    assert "finding:mass" not in {mention.concept_id for mention in found}
