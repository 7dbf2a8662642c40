"""Which findings a reader means by a word."""

import pytest

from ingest.concepts.finding_names import MAX_FINDINGS, finding_named, findings_like
from ingest.concepts.lexicon import concepts
from ingest.vocabulary import ConceptKind

FINDINGS = [concept for concept in concepts().values() if concept.kind is ConceptKind.FINDING]


def test_every_form_of_a_finding_names_one_that_has_it():
    for concept in FINDINGS:
        for form in concept.forms:
            named = finding_named(form.upper())
            assert named is not None and form.casefold() in {other.casefold() for other in named.forms}


@pytest.mark.parametrize(("word", "name"), [("oedema", "edema"), ("  Bleed ", "hemorrhage"), ("masses", "mass")])
def test_a_synonym_a_spelling_and_a_plural_name_the_finding(word: str, name: str):
    found = finding_named(word)
    assert found is not None and found.name == name


@pytest.mark.parametrize(
    ("word", "name"),
    [("edma", "edema"), ("haemorage", "hemorrhage"), ("fractur", "fracture"), ("pneumotorax", "pneumothorax")],
)
def test_a_slip_is_answered_with_the_finding_that_was_meant(word: str, name: str):
    assert finding_named(word) is None
    assert findings_like(word)[0].name == name


def test_part_of_a_name_is_answered_with_those_that_have_it():
    assert "fluid collection" in [concept.name for concept in findings_like("collection")]


@pytest.mark.parametrize("word", ["", "  ", "xyzzy", "asdfqwer zxcv"])
def test_what_nothing_is_spelt_like_is_answered_with_nothing(word: str):
    assert finding_named(word) is None and findings_like(word) == []


def test_no_finding_is_suggested_twice_and_never_too_many():
    for concept in FINDINGS:
        near = [one.concept_id for one in findings_like(concept.name[:-1])]
        assert len(near) == len(set(near)) <= MAX_FINDINGS
