"""No word of the answer is left in the question, and nothing else of the case is ever read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_cases import search_case

from ingest.annotation.annotate import annotate
from ingest.sources.medpix2 import read_cases, read_release
from ingest.vocabulary import Section
from rag.evaluation.masking import masked_question, without_words
from rag.search.words import words_of


@pytest.fixture(scope="module")
def sample_cases(sample_release):
    return [annotate(case) for case in read_cases(read_release(sample_release))]


def answer_of(case):
    return " ".join(filter(None, (case.diagnosis, case.sections.get(Section.TITLE), case.topic.title)))


def test_no_word_of_diagnosis_title_or_topic_is_left_in_any_question(sample_cases):
    changed = 0
    for case in sample_cases:
        question = masked_question(case)
        left = set(words_of(f"{question.text}\n{question.background}"))
        assert not left & set(words_of(answer_of(case))), case.case_id
        changed += question.text != case.sections.get(Section.FINDINGS, "")
    assert changed, "no sample case has a word of its answer in its findings: the test shows nothing"


@given(st.text(max_size=200), st.lists(st.sampled_from(["mass", "Cysts", "glioblastoma", "of", "MRI"]), max_size=4))
def test_no_form_of_a_word_survives_masking(text, names):
    answer = frozenset(words_of(" ".join(names)))
    told = f"{text} masses CYSTIC, glioblastoma's mri-of {' '.join(names)}"
    assert not set(words_of(without_words(told, answer))) & answer


def test_what_is_not_masked_stays_as_it_is():
    case = search_case(1, "Lung abscess", "Thick-walled cavity, 3 cm; lungs clear. No effusion.", history="Cough.")
    question = masked_question(case)
    assert question.text == "Thick-walled cavity, 3 cm;   clear. No effusion."
    assert question.background == "Cough."


def test_nothing_but_history_exam_and_findings_changes_the_question(sample_cases):
    for case in sample_cases[:20]:
        others = {section: "SECRET" for section in Section if section not in ASKING | NAMING}
        told = replace(
            case,
            sections={**others, **{s: t for s, t in case.sections.items() if s in ASKING | NAMING}},
            images=tuple(replace(image, caption="SECRET", acr_code="SECRET") for image in case.images),
            differential_diagnosis=("SECRET",),
            confirmation="SECRET",
            annotations=(),
        )
        assert masked_question(told) == masked_question(case)


ASKING = {Section.HISTORY, Section.EXAM, Section.FINDINGS}
NAMING = {Section.TITLE, Section.DIAGNOSIS, Section.TOPIC_TITLE}
