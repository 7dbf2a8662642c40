"""A case whose text denies what its own diagnosis is waits for a person."""

from __future__ import annotations

import pytest
from case_factory import make_case

from ingest.annotation.annotate import annotate
from ingest.curation.contradictions import denied_diagnoses
from ingest.vocabulary import Section


def denied(diagnosis: str | None, text: str, section: Section = Section.FINDINGS) -> list[str]:
    case = annotate(make_case(1, diagnosis=diagnosis, sections={section: text}, annotations=()))
    return [mention.concept_id for mention in denied_diagnoses(case)]


@pytest.mark.parametrize(
    ("diagnosis", "text"),
    [
        ("Stress fracture of the tibia", "No fracture is seen."),
        ("Acute appendicitis", "There is no evidence of appendicitis."),
        ("Pulmonary embolus", "No pulmonary embolism."),  # another name of the same thing
    ],
)
def test_a_denied_finding_that_the_diagnosis_names_is_told(diagnosis, text):
    assert len(denied(diagnosis, text)) == 1


@pytest.mark.parametrize(
    ("diagnosis", "text"),
    [
        ("Stress fracture of the tibia", "A fracture is seen."),
        ("Stress fracture of the tibia", "No dislocation is seen."),
        ("Stress fracture of the tibia", "A fracture cannot be excluded."),
        ("Abdominal aortic aneurysm", "The ureters show no dilatation."),
        (None, "No fracture is seen."),
    ],
)
def test_what_is_there_uncertain_or_another_thing_is_no_contradiction(diagnosis, text):
    assert denied(diagnosis, text) == []


def test_each_finding_is_told_once():
    assert denied("Fracture", "No fracture is seen. There is no fracture.") == ["finding:fracture"]


def test_what_the_literature_denies_is_no_contradiction():
    text = "Patients with osteopenia often have no fracture."
    assert denied("Fracture", text, Section.DISCUSSION) == []
    assert denied("Fracture", "Our patient had no fracture.", Section.DISCUSSION) == ["finding:fracture"]
