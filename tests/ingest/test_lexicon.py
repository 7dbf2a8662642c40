"""The lexicon is consistent with itself and with the codes that pydicom ships."""

from collections import defaultdict

import pytest

from ingest.annotate import KINDS_OF_SECTION, annotate_text
from ingest.lexicon import concepts, plural
from ingest.phrases import fold
from ingest.vocabulary import ConceptKind, Section

SECTION_OF_KIND = {
    ConceptKind.FINDING: Section.FINDINGS,
    ConceptKind.ANATOMY: Section.FINDINGS,
    ConceptKind.TREATMENT: Section.TREATMENT,
    ConceptKind.EXAM: Section.EXAM,
}


def test_there_are_as_many_concepts_as_promised():
    counts = {kind: sum(concept.kind is kind for concept in concepts().values()) for kind in ConceptKind}
    assert counts[ConceptKind.FINDING] >= 120
    assert counts[ConceptKind.ANATOMY] >= 90
    assert counts[ConceptKind.TREATMENT] >= 40
    assert counts[ConceptKind.EXAM] >= 30


def test_ids_say_their_kind():
    assert all(key == c.concept_id and key.startswith(f"{c.kind}:") for key, c in concepts().items())
    assert "finding:ring-enhancement" in concepts()


def test_no_phrase_belongs_to_two_concepts():
    owners = defaultdict(set)
    for concept in concepts().values():
        for form in concept.forms:
            owners[fold(form).text].add(concept.concept_id)
    assert {form: ids for form, ids in owners.items() if len(ids) > 1} == {}


def test_part_of_names_concepts_that_exist_and_has_no_cycle():
    for concept in concepts().values():
        seen, rest = {concept.concept_id}, list(concept.part_of)
        while rest:
            whole = concepts()[rest.pop()]
            assert whole.kind is concept.kind is ConceptKind.ANATOMY
            assert whole.concept_id not in seen or len(concept.part_of) > 1
            seen.add(whole.concept_id)
            rest += whole.part_of


def test_a_part_lies_in_the_region_of_its_whole():
    for concept in concepts().values():
        for whole in (concepts()[key] for key in concept.part_of):
            assert whole.region is None or concept.region is whole.region, concept.concept_id


@pytest.mark.parametrize("concept", concepts().values(), ids=lambda concept: concept.concept_id)
def test_each_form_of_a_concept_annotates_to_it(concept):
    section = SECTION_OF_KIND[concept.kind]
    for form in concept.forms:
        for text in (form, form.upper(), f"({form})"):
            annotations = annotate_text(text, section)
            assert [a.concept_id for a in annotations] == [concept.concept_id], form
            assert text[annotations[0].start : annotations[0].end] in (form, form.upper())


def test_every_code_stands_in_the_dictionary_of_pydicom():
    from pydicom.sr._concepts_dict import concepts as schemes

    known = {scheme: {code for codes in names.values() for code in codes} for scheme, names in schemes.items()}
    coded = [concept for concept in concepts().values() if concept.codes]
    assert len(coded) > 120
    for concept in coded:
        for scheme, code in concept.codes.items():
            assert code in known[scheme], concept.concept_id


def test_no_two_concepts_share_a_code():
    codes = [code for concept in concepts().values() for code in concept.codes.items()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("singular", "expected"),
    [
        ("cyst", "cysts"),
        ("mass", "masses"),
        ("metastasis", "metastases"),
        ("biopsy", "biopsies"),
        ("x-ray", "x-rays"),
        ("abscess", "abscesses"),
        ("arch", "arches"),
    ],
)
def test_plurals_follow_one_rule(singular, expected):
    assert plural(singular) == expected


def test_every_section_that_is_annotated_knows_its_kinds():
    assert set(KINDS_OF_SECTION) == {
        Section.HISTORY,
        Section.EXAM,
        Section.FINDINGS,
        Section.DISCUSSION,
        Section.TREATMENT,
        Section.CAPTION,
    }
