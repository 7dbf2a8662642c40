"""What a sentence of a discussion says of the disease is not held to be this patient's."""

from __future__ import annotations

import pytest

from ingest.annotation.annotate import annotate_text
from ingest.annotation.subject import speaks_of_literature
from ingest.vocabulary import AnnotationSubject, Assertion, Section, Setting


@pytest.mark.parametrize(
    "sentence",
    [
        "Gliomas are often cystic.",
        "Patients with gout may present with a mass.",
        "Liver metastases occur in 20% of cases.",
        "Meningioma is a tumor of the meninges.",
        "If the patient has hydrocephalus, a shunt is placed.",
    ],
)
def test_general_sentences_of_a_discussion_are_of_the_literature(sentence):
    assert speaks_of_literature(sentence, Section.DISCUSSION)


@pytest.mark.parametrize(
    "sentence",
    [
        "In our patient the glioma was cystic.",
        "This 4 year old boy had hydrocephalus.",
        "MRI showed a mass with edema.",
        "Her headaches have resolved and she has no edema.",
        "Metastases were also considered in this clinical setting.",
    ],
)
def test_sentences_about_this_patient_are_of_the_patient(sentence):
    assert not speaks_of_literature(sentence, Section.DISCUSSION)


@pytest.mark.parametrize(
    ("sentence", "section", "literature"),
    [
        ("Treatment is surgical resection of the tumor.", Section.TREATMENT, True),
        ("Surgical resection of the tumor.", Section.TREATMENT, False),
        ("The patient underwent resection of the tumor.", Section.TREATMENT, False),
        ("Glioblastoma is usually seen as a heterogeneous mass.", Section.FINDINGS, True),
        ("CT may demonstrate hemorrhage if there is a laceration.", Section.CAPTION, True),
        ("This mass is usually of low signal.", Section.CAPTION, False),
        ("A heterogeneous mass is seen.", Section.FINDINGS, False),
        ("Edema is often seen by patients.", Section.HISTORY, False),
    ],
)
def test_other_sections_are_of_the_patient_but_for_their_textbook_sentences(sentence, section, literature):
    assert speaks_of_literature(sentence, section) is literature


def test_the_literature_is_asserted_as_it_is_written():
    text = "Glioma is a tumor with edema. In our patient a cyst was found, and no edema."
    read = [
        (text[a.start : a.end], a.subject, a.assertion)
        for a in annotate_text(text, Section.DISCUSSION)
        if a.concept_id.startswith("finding:")
    ]
    literature, patient = AnnotationSubject.LITERATURE, AnnotationSubject.PATIENT
    assert read == [
        ("Glioma", literature, Assertion.PRESENT),
        ("tumor", literature, Assertion.PRESENT),
        ("edema", literature, Assertion.PRESENT),
        ("cyst", patient, Assertion.PRESENT),
        ("edema", patient, Assertion.ABSENT),
    ]


@pytest.mark.parametrize(
    ("section", "setting"),
    [
        (Section.HISTORY, Setting.CLINICAL),
        (Section.EXAM, Setting.CLINICAL),
        (Section.FINDINGS, Setting.IMAGING),
        (Section.CAPTION, Setting.IMAGING),
        (Section.DISCUSSION, None),
    ],
)
def test_a_finding_says_whether_it_was_made_in_images(section, setting):
    [mention] = annotate_text("The patient had a mass.", section)
    assert mention.setting is setting
