"""Words that judge somebody's health are told from words for what an image is of."""

import pytest

from ingest.concepts.judgement import judgement_in
from ingest.concepts.lexicon import concepts
from ingest.vocabulary import ConceptKind, Depiction, Modality, Plane, Region, View

JUDGING = (
    "stroke",
    "tumour",
    "brain tumors",
    "normal brain",
    "no fracture",
    "MR of a brain abscess",
    "Krebs",
    "heart attack",
    "multiple sclerosis",
    "DVT",
    "a healthy child",
    "hemorrhages",
    "Hirntumor oder nicht, benign",
)
NOT_JUDGING = ("cat", "MR of the brain", "CT of the chest", "X-ray of a hand", "T2 weighted", "CT with contrast (IV)")


@pytest.mark.parametrize("text", JUDGING)
def test_names_of_diseases_and_findings_and_words_of_health_judge(text: str):
    assert judgement_in(text)


@pytest.mark.parametrize("text", NOT_JUDGING)
def test_what_an_image_is_of_does_not_judge(text: str):
    assert judgement_in(text) is None


def test_no_label_of_the_vocabulary_and_no_part_of_the_body_judges():
    labels = [str(label) for kind in (Modality, Plane, View, Depiction, Region) for label in kind]
    anatomy = [form for concept in concepts().values() if concept.kind is ConceptKind.ANATOMY for form in concept.forms]
    assert [text for text in (*labels, *anatomy) if judgement_in(text)] == []


def test_every_finding_of_the_lexicon_judges():
    findings = [concept.name for concept in concepts().values() if concept.kind is ConceptKind.FINDING]
    assert [name for name in findings if not judgement_in(name)] == []
