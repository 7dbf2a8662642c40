"""What an unknown case shows at each step."""

import json
from dataclasses import asdict

from case_factory import make_case, make_image

from ingest.case import Case, Topic
from ingest.vocabulary import Section
from rag.teaching.unknown import RevealStep, choices_of, fits_teaching, reveal


def glioblastoma(**changes) -> Case:
    sections = {
        Section.TITLE: "Glioblastoma multiforme",
        Section.HISTORY: "Headache for a month.",
        Section.EXAM: "Left arm drift.",
        Section.FINDINGS: "Ring-enhancing mass, consistent with GBM.",
        Section.DISCUSSION: "Glioblastoma is the commonest glioma.",
    }
    image = make_image("medpix2:MPX1_synpic1", caption="T1 of a glioblastoma.")
    values = {
        "sections": sections,
        "diagnosis": "Glioblastoma multiforme",
        "topic": Topic("Glioblastoma"),
        "differential_diagnosis": ("Glioblastoma", "Abscess", "Lymphoma"),
        "images": (image,),
    }
    return make_case(**(values | changes))


def test_each_step_shows_what_those_before_it_do_and_no_more():
    shown = [reveal(glioblastoma(), step) for step in RevealStep]
    assert [one.history is not None for one in shown] == [False, True, True, True, True]
    assert [one.exam is not None for one in shown] == [False, True, True, True, True]
    assert [one.age_years is not None for one in shown] == [False, True, True, True, True]
    assert [one.findings is not None for one in shown] == [False, False, True, True, True]
    assert [one.images[0].caption is not None for one in shown] == [False, False, True, True, True]
    assert [bool(one.choices) for one in shown] == [False, False, False, True, True]
    assert [one.answer is not None for one in shown] == [False, False, False, False, True]


def test_nothing_that_is_shown_names_the_diagnosis_before_the_differential():
    for step in (RevealStep.IMAGE, RevealStep.HISTORY, RevealStep.FINDINGS):
        shown = asdict(reveal(glioblastoma(), step))
        said = json.dumps({**shown, "images": [{**i, "image": None} for i in shown["images"]]}).casefold()
        assert not any(name in said for name in ("glioblastoma", "gbm", "glioma", "multiforme")), said


def test_the_diagnosis_brings_the_texts_as_they_are_written():
    shown = reveal(glioblastoma(), RevealStep.DIAGNOSIS)
    assert shown.findings == "Ring-enhancing mass, consistent with GBM."
    assert shown.images[0].caption == "T1 of a glioblastoma."
    assert shown.answer is not None
    assert shown.answer.differential_diagnosis == ("Glioblastoma", "Abscess", "Lymphoma")


def test_the_differential_is_a_choice_by_the_alphabet_and_not_the_order_that_tells():
    assert choices_of(glioblastoma()) == ("Abscess", "Glioblastoma", "Lymphoma")
    assert choices_of(glioblastoma(differential_diagnosis=("Glioblastoma",))) == ()
    assert choices_of(glioblastoma(differential_diagnosis=("GBM", "Glioma"))) == ()
    assert choices_of(glioblastoma(differential_diagnosis=())) == ()


def test_a_case_without_diagnosis_or_without_pixels_is_not_asked():
    assert fits_teaching(glioblastoma())
    assert not fits_teaching(glioblastoma(diagnosis=None))
    assert not fits_teaching(glioblastoma(images=()))
    assert not fits_teaching(glioblastoma(images=(make_image("a", object_key=None),)))
