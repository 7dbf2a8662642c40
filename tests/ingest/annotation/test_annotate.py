"""A case gets its annotations, each with a span that slices the text to the mention."""

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.annotation.annotate import ANNOTATOR, annotate, annotate_text
from ingest.case import Annotation, Case, Image, Patient, parse_case, to_document
from ingest.concepts.lexicon import concepts
from ingest.concepts.phrases import fold
from ingest.vocabulary import Assertion, ConceptKind, Section

SECTIONS = {
    Section.TITLE: "Abscess of the brain",
    Section.HISTORY: "History of surgery. Now headache.",
    Section.FINDINGS: "CT shows a ring-enhancing mass in the left frontal lobe, no hydrocephalus.",
    Section.DIAGNOSIS: "Abscess",
    Section.DIFFERENTIAL_DIAGNOSIS: "Metastasis",
    Section.TREATMENT: "Drainage and antibiotics.",
    Section.TOPIC_DISCUSSION: "An abscess shows edema.",
}


@pytest.fixture
def case():
    image = Image(image_id="own:1_a", caption="Œdema? İ No mass effect; right pleural effusion")
    return Case(case_id="own:1", source="own", patient=Patient("own:1"), sections=SECTIONS, images=(image,))


def test_every_span_slices_the_text_to_a_form_of_its_concept(case):
    annotations = annotate(case).annotations
    assert len(annotations) >= 10
    for annotation in annotations:
        text = case.text_of(annotation.section, annotation.image_id)
        mention = text[annotation.start : annotation.end]
        forms = {fold(form).text for form in concepts()[annotation.concept_id].forms}
        assert fold(mention).text in forms


def test_a_case_is_read_where_it_speaks_of_the_patient(case):
    annotations = annotate(case).annotations
    assert {a.concept_id for a in annotations if not a.of_patient} == {"finding:abscess", "finding:edema"}
    found = {(str(a.section), a.concept_id, str(a.assertion)) for a in annotations if a.of_patient}
    assert found == {
        ("history", "treatment:surgery", "historical"),
        ("history", "clinical:headache", "present"),
        ("findings", "exam:computed-tomography", "present"),
        ("findings", "finding:ring-enhancement", "present"),
        ("findings", "finding:mass", "present"),
        ("findings", "anatomy:frontal-lobe", "present"),
        ("findings", "finding:hydrocephalus", "absent"),
        ("treatment", "treatment:drainage", "present"),
        ("treatment", "treatment:antibiotics", "present"),
        ("caption", "finding:mass-effect", "absent"),
        ("caption", "finding:pleural-effusion", "present"),
    }


def test_an_annotation_of_a_caption_names_its_image(case):
    captions = [a for a in annotate(case).annotations if a.section is Section.CAPTION]
    assert {a.image_id for a in captions} == {"own:1_a"}


def test_annotating_again_changes_nothing_and_keeps_what_people_said(case):
    by_hand = Annotation(
        "finding:cyst", ConceptKind.FINDING, Assertion.PRESENT, Section.FINDINGS, 0, 2, annotator="person/a"
    )
    once = annotate(replace(case, annotations=(by_hand,)))
    assert annotate(once) == once
    assert by_hand in once.annotations
    assert {a.annotator for a in once.annotations} == {"person/a", ANNOTATOR}


def test_an_annotated_case_survives_the_way_through_a_document(case):
    annotated = annotate(case)
    assert parse_case(json.loads(json.dumps(to_document(annotated)))) == annotated


def test_mention_ids_are_unique_within_a_case(case):
    ids = [annotation.mention_id for annotation in annotate(case).annotations]
    assert len(ids) == len(set(ids))


def test_british_spelling_and_plural_mean_the_same():
    text = "Oedema, haemorrhage, tumours and metastases of the oesophagus; haematomas"
    assert [a.concept_id for a in annotate_text(text, Section.FINDINGS)] == [
        "finding:edema",
        "finding:hemorrhage",
        "finding:tumor",
        "finding:metastasis",
        "anatomy:esophagus",
        "finding:hematoma",
    ]


def test_what_only_looks_like_a_finding_is_none():
    assert annotate_text("Body mass index 30, standard deviation, massive", Section.FINDINGS) == []


PIECES = [
    "no ",
    "mass",
    "left ",
    "İ",
    "ß",
    "ring-enhancing",
    "\u00a0",
    "\n",
    " edema",
    ". ",
    "(",
    ")",
    "’",
    "but ",
    "😀",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)), st.sampled_from(Section))
def test_any_text_is_annotated_with_true_spans(text, section):
    last = 0
    for annotation in annotate_text(text, section):
        assert last <= annotation.start < annotation.end <= len(text)
        forms = concepts()[annotation.concept_id].forms
        assert fold(text[annotation.start : annotation.end]).text in {fold(form).text for form in forms}
        last = annotation.end


def test_real_cases_have_findings_of_every_assertion():
    folder = os.environ.get("CASEGRAPH_MEDPIX2")
    if not folder:
        pytest.skip("CASEGRAPH_MEDPIX2 does not name a folder with MedPix 2.0")
    train = set(json.loads((Path(folder) / "splits.json").read_text())["train_1"])
    counts = Counter(
        annotation.assertion
        for topic in json.loads((Path(folder) / "Case_topic.json").read_text())
        if topic["U_id"] in train
        for annotation in annotate_text(topic["Case"].get("Findings") or "", Section.FINDINGS)
    )
    assert counts[Assertion.PRESENT] > 1000
    assert counts[Assertion.ABSENT] > 50
    assert counts[Assertion.UNCERTAIN] > 20
