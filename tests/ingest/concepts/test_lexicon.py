"""The lexicon is consistent with itself and with the code tables of pydicom and simple_icd_10_cm."""

from collections import defaultdict

import pytest

from ingest.annotation.annotate import KINDS_OF_SECTION, annotate_text
from ingest.concepts.lexicon import concepts, plural, with_broader
from ingest.concepts.phrases import fold
from ingest.vocabulary import Assertion, ConceptKind, Section, Setting

SECTION_OF_KIND = {
    ConceptKind.FINDING: Section.FINDINGS,
    ConceptKind.ANATOMY: Section.FINDINGS,
    ConceptKind.TREATMENT: Section.TREATMENT,
    ConceptKind.EXAM: Section.EXAM,
    ConceptKind.CLINICAL: Section.HISTORY,
}


def test_there_are_as_many_concepts_as_promised():
    counts = {kind: sum(concept.kind is kind for concept in concepts().values()) for kind in ConceptKind}
    assert counts[ConceptKind.FINDING] >= 320
    assert counts[ConceptKind.ANATOMY] >= 90
    assert counts[ConceptKind.TREATMENT] >= 40
    assert counts[ConceptKind.EXAM] >= 30
    assert counts[ConceptKind.CLINICAL] >= 200


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


def test_a_part_lies_in_the_region_of_its_whole_or_is_filed_under_several():
    for concept in concepts().values():
        for whole in (concepts()[key] for key in concept.part_of):
            assert whole.region is None or concept.region in (None, whole.region), concept.concept_id
    unfiled = {
        c.concept_id for c in concepts().values() if c.region is None and any(concepts()[w].region for w in c.part_of)
    }
    named = ("axilla", "diaphragm", "esophagus", "inferior-vena-cava", "retroperitoneum")
    assert unfiled == {f"anatomy:{name}" for name in named}


@pytest.mark.parametrize("concept", concepts().values(), ids=lambda concept: concept.concept_id)
def test_each_form_of_a_concept_annotates_to_it(concept):
    section = SECTION_OF_KIND[concept.kind]
    for form in concept.forms:
        for text in (form, form.upper(), f"({form})"):
            annotations = [a for a in annotate_text(text, section) if a.kind is concept.kind]
            assert [a.concept_id for a in annotations] == [concept.concept_id], form
            assert text[annotations[0].start : annotations[0].end] in (form, form.upper())


def test_every_snomed_code_stands_in_the_dictionary_of_pydicom():
    from pydicom.sr._concepts_dict import concepts as schemes

    known = {code for codes in schemes["SCT"].values() for code in codes}
    coded = {concept.concept_id: concept.codes["SCT"] for concept in concepts().values() if "SCT" in concept.codes}
    assert len(coded) > 150
    assert {concept_id for concept_id, code in coded.items() if code not in known} == set()


def test_every_icd_code_stands_in_the_tables_of_simple_icd_10_cm():
    import simple_icd_10_cm

    coded = {c.concept_id: c.codes["I10C"] for c in concepts().values() if "I10C" in c.codes}
    assert len(coded) > 60
    unknown = {i: code for i, code in coded.items() if not simple_icd_10_cm.is_category_or_subcategory(code)}
    assert unknown == {}  # a chapter or a block ("A00-A09") is no diagnosis


# Where the description of the code says it in other words than ours; all others share a word with it.
SAYS_IT_OTHERWISE = {
    "finding:appendicolith": "Appendicular concretions",
    "finding:empyema": "Pyothorax",
    "finding:gallstone": "Cholelithiasis",
    "finding:kidney-stone": "Calculus of kidney and ureter",
    "finding:metastasis": "Secondary malignant neoplasm of unspecified site",
    "finding:proptosis": "Unspecified exophthalmos",
    "finding:asbestosis": "Pneumoconiosis due to asbestos and other mineral fibers",
}


def test_an_icd_code_is_described_in_the_words_of_its_concept():
    import simple_icd_10_cm

    for concept in concepts().values():
        if code := concept.codes.get("I10C"):
            described = simple_icd_10_cm.get_description(code)
            said = {word[:5].casefold() for form in concept.forms for word in form.split()}
            shared = said & {word[:5].casefold() for word in described.replace("-", " ").split()}
            assert SAYS_IT_OTHERWISE.get(concept.concept_id) == described or shared, (concept.concept_id, described)


def test_a_concept_has_codes_of_known_schemes_only():
    assert {scheme for concept in concepts().values() for scheme in concept.codes} == {"SCT", "I10C"}


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
        Section.TOPIC_DISCUSSION,
        Section.CAPTION,
    }


@pytest.mark.parametrize(
    ("text", "concept_id", "assertion"),
    [
        ("The patient is afebrile.", "clinical:fever", Assertion.ABSENT),
        ("Febrile to 39 C.", "clinical:fever", Assertion.PRESENT),
        ("A non-smoker with cough.", "clinical:smoking", Assertion.ABSENT),
        ("Sclerae anicteric.", "clinical:jaundice", Assertion.ABSENT),
        ("Haemoptysis for a week.", "clinical:hemoptysis", Assertion.PRESENT),
        ("Denies fever, chills, or night sweats.", "clinical:night-sweats", Assertion.ABSENT),
        ("No medical history, presents with headache.", "clinical:headache", Assertion.PRESENT),
        ("No chest pain after tooth extraction.", "clinical:dental-procedure", Assertion.PRESENT),
        ("History of breast cancer.", "clinical:known-breast-cancer", Assertion.HISTORICAL),
        ("No known malignancy.", "clinical:known-cancer", Assertion.ABSENT),
        ("No previous surgery.", "clinical:surgical-history", Assertion.ABSENT),
        ("RLQ pain with vomiting.", "clinical:right-lower-quadrant-pain", Assertion.PRESENT),
    ],
)
def test_symptoms_and_risks_are_read_with_their_assertion(text, concept_id, assertion):
    found = {a.concept_id: a.assertion for a in annotate_text(text, Section.HISTORY)}
    assert found[concept_id] is assertion


def test_a_symptom_is_no_finding_of_images_and_hides_no_place():
    found = annotate_text("Right hip pain", Section.HISTORY)
    assert [a.concept_id for a in found] == ["clinical:hip-pain", "anatomy:hip"]
    assert {a.setting for a in found} == {Setting.CLINICAL}
    assert not [a for a in annotate_text("Right hip pain, fever", Section.FINDINGS) if a.kind is ConceptKind.CLINICAL]


def test_a_narrower_symptom_is_of_its_kind():
    assert "clinical:abdominal-pain" in with_broader("clinical:right-lower-quadrant-pain")
    assert "clinical:known-cancer" in with_broader("clinical:known-lung-cancer")
