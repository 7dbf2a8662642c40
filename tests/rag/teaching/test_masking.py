"""Texts of unknown cases hide what names their answer."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from case_factory import make_case
from telling import told

from ingest.case import Case, Topic
from ingest.sources.medpix2 import read_cases, read_release
from ingest.vocabulary import Section
from rag.teaching.masking import HIDDEN, hidden
from rag.teaching.unknown import RevealStep, reveal


def of(diagnosis: str, **more) -> Case:
    return make_case(diagnosis=diagnosis, sections={Section.TITLE: diagnosis}, topic=Topic(diagnosis), **more)


@pytest.mark.parametrize(
    ("diagnosis", "text", "expected"),
    [
        ("Glioblastoma", "Ring-enhancing mass, likely GBM.", f"Ring-enhancing mass, likely {HIDDEN}."),
        ("Glioblastoma", "Suspicious for high grade glioma.", f"Suspicious for high grade {HIDDEN}."),
        ("Multiple sclerosis", "Known MS. Plaques in the brain.", f"Known {HIDDEN}. Plaques in the brain."),
        ("Osteochondritis dissecans", "Both lesions c/w OCD.", f"Both lesions c/w {HIDDEN}."),
        ("Right MCA infarction", "Infarcts in the right MCA territory.", f"{HIDDEN} in the right MCA territory."),
        ("Meningioma", "Extra-axial mass with a dural tail.", "Extra-axial mass with a dural tail."),
        ("Renal cell carcinoma", "Mass of the left kidney on CT.", "Mass of the left kidney on CT."),
        ("Osteochondritis dissecans", "Two OCDs are seen.", f"Two {HIDDEN} are seen."),
        ("Multiple sclerosis", "Echo time of 90 ms.", "Echo time of 90 ms."),
        ("Mitral regurgitation", "Seen on MR.", "Seen on MR."),
        ("Arachnoid cyst", "ARACHNOID CYSTS, arachnoid cyst", HIDDEN),
    ],
)
def test_what_names_the_answer_is_hidden_and_the_rest_stays(diagnosis: str, text: str, expected: str):
    masked = hidden(text, of(diagnosis))
    assert masked == expected


def test_what_only_the_diagnosis_of_the_text_names_is_hidden_too():
    case = make_case(diagnosis=None, sections={Section.DIAGNOSIS: "Sarcoidosis"}, topic=Topic())
    assert hidden("Sarcoidosis of the lung.", case) == f"{HIDDEN} of the lung."


def test_a_text_without_the_answer_stays_as_it_is():
    text = "  Two\nlines, 1.5 x 2 cm; no effusion.  "
    assert hidden(text, of("Glioblastoma")) == text
    assert hidden("", of("Glioblastoma")) == ""


def shown_text(case: Case, step: RevealStep) -> str:
    shown = reveal(case, step)
    said = [text for image in shown.images for text in (image.says, image.caption)]
    return "\n".join(filter(None, [*said, shown.history, shown.exam, shown.findings]))


def cases_of(folder: Path) -> list[Case]:
    read = [case for case in read_cases(read_release(folder)) if case.diagnosis]
    assert any(told(case, text) for case in read for text in case.sections.values())
    return [replace(case, images=tuple(replace(i, object_key="there") for i in case.images)) for case in read]


def test_no_sample_case_is_told_before_its_diagnosis(sample_release: Path):
    cases = cases_of(sample_release)
    assert [case.case_id for case in cases if told(case, shown_text(case, RevealStep.FINDINGS))] == []
    assert any(HIDDEN in shown_text(case, RevealStep.FINDINGS) for case in cases)


@pytest.mark.skipif("CASEGRAPH_MEDPIX2" not in os.environ, reason="needs MedPix 2.0: set CASEGRAPH_MEDPIX2")
def test_no_real_case_is_told_before_its_diagnosis():
    cases = cases_of(Path(os.environ["CASEGRAPH_MEDPIX2"]))
    assert len(cases) > 500
    assert [case.case_id for case in cases if told(case, shown_text(case, RevealStep.FINDINGS))] == []
    whole = "".join(shown_text(case, RevealStep.FINDINGS) for case in cases)
    share = len(re.findall(re.escape(HIDDEN), whole)) / len(whole.split())
    assert share < 0.05  # what is hidden is not the case
