"""Words of laymen and of other languages, said in the terms of the archive."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from ingest.concepts.attributes import attribute_book
from ingest.concepts.diagnosis_families import families
from ingest.concepts.diagnosis_words import plain_words
from ingest.concepts.lexicon import concepts, phrase_book
from ingest.concepts.phrases import fold
from ingest.concepts.terms import (
    ALSO_ENGLISH,
    SMALL_WORDS,
    in_terms,
    is_english,
    language_of,
    spelled_terms,
    terms,
)
from ingest.sources.medpix2 import read_cases, read_release
from ingest.store.query_text import format_filter
from ingest.vocabulary import ConceptKind
from rag.search.query import Query
from rag.search.understanding import Understanding

FOREIGN = ("es", "it", "de", "fr")

# Words of meanings that are no concepts: who, how old, where; and parts of the body that the lexicon does not have.
_NO_CONCEPTS = """
    adolescent adult boy child children days elderly girl girls infant man month months newborn old older over patient
    than toddler under weeks woman year years young younger
    anterior axial bilateral coronal inferior lateral left lower medial of posterior right sagittal superior the upper
    achilles arm arterial artery blood carbon cartilage cervix clavicle congenital ear epicondylitis face facial gland
    joint leg ligament methanol monoxide nasal nerve normal overdose patella patellar placenta poisoning pressure
    salivary scapula sinus spinal sternum tendon thoracic tongue tooth type umbilical vein venous vessel
"""
NO_CONCEPTS = frozenset(_NO_CONCEPTS.split())

# English texts have these as a name, misspelt or by chance; the meaning is the same, or hardly anybody asks so.
IN_ENGLISH_BY_CHANCE = frozenset(
    {"dispnea", "donna", "exophthalmus", "ictus", "kopf", "meduloblastoma", "orbita", "roentgen", "stenose"}
)


def is_part(term: str) -> bool:
    return term.startswith("-") or term.endswith("-")


def meanings(language: str) -> set[str]:
    return {means for term, means in terms()[language].items() if not is_part(term)} - SMALL_WORDS


@cache
def phrases_of_families() -> frozenset[str]:
    plain = (" ".join(parts[0]) for family in families().values() for parts in family.phrases if len(parts) == 1)
    return frozenset((*families(), *plain))


def concept_of(meaning: str) -> str | None:
    """Return the one concept or disease that a meaning names, if it names one."""
    found = phrase_book(frozenset(ConceptKind)).find(fold(meaning))
    if len(found) == 1 and (found[0].start, found[0].end) == (0, len(meaning)) and found[0].value is not None:
        return found[0].value.concept_id
    plain = " ".join(plain_words(meaning))
    return plain if plain in phrases_of_families() else None


def words_unknown(meaning: str) -> set[str]:
    """Return the words of a meaning that are of no concept, disease or attribute."""
    left = list(meaning)
    for book in (phrase_book(frozenset(ConceptKind)), attribute_book()):
        for found in book.find(fold(meaning)):
            if found.value is not None:
                left[found.start : found.end] = " " * (found.end - found.start)
    return {word for word in "".join(left).split() if not word.isdigit()}


def concepts_said_in(*languages: str) -> set[str]:
    return set.intersection(*({concept_of(one) for one in meanings(language)} - {None} for language in languages))


def test_hundreds_of_concepts_have_a_phrase_in_spanish_italian_and_german():
    assert len(concepts_said_in("es", "it", "de")) >= 420
    assert len(concepts_said_in("fr")) >= 250
    assert len(terms()["en"]) >= 250


def test_what_a_phrase_means_is_known_to_the_lexicon():
    unknown = {
        means: words_unknown(means) - NO_CONCEPTS
        for table in terms().values()
        for means in table.values()
        if means not in SMALL_WORDS and concept_of(means) is None and words_unknown(means) - NO_CONCEPTS
    }
    assert unknown == {}


def test_what_is_said_in_the_terms_of_the_archive_stays_so():
    said = {means for language in terms() for means in meanings(language)}
    assert {means: in_terms(means).text for means in said if in_terms(means).text != means} == {}


def without_accents(term: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", term) if not unicodedata.combining(letter))


@pytest.mark.parametrize("language", FOREIGN)
def test_the_table_has_small_letters_and_no_spelling_that_follows_by_rule(language: str):
    table = terms()[language]
    assert all(term == unicodedata.normalize("NFC", term).lower() for term in table)
    accented = [term for term in table if without_accents(term) != term]
    assert [term for term in accented if table.get(without_accents(term)) == table[term]] == []


@cache
def archive_texts() -> tuple[str, ...]:
    """Return the texts of MedPix 2.0 where it is there, else the names of our lexicon."""
    if "CASEGRAPH_MEDPIX2" not in os.environ:
        return tuple(name for concept in concepts().values() for name in (concept.name, *concept.synonyms))
    cases = read_cases(read_release(Path(os.environ["CASEGRAPH_MEDPIX2"])))
    return tuple(text for case in cases for text in (case.title, *case.sections.values()) if text)


def words_in(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}


@pytest.mark.parametrize("language", FOREIGN)
def test_no_word_of_another_language_is_an_english_one(language: str):
    english = set().union(*map(words_in, archive_texts()))
    own = {
        word.casefold()
        for word, means in spelled_terms(language).items()
        if means not in SMALL_WORDS and not is_english(word.casefold(), means)
    }
    assert (own & english) - IN_ENGLISH_BY_CHANCE == set()


def test_no_text_of_the_archive_is_taken_for_another_language():
    taken = [text for text in archive_texts() if language_of(text) != "en"]
    assert [text for text in taken if not IN_ENGLISH_BY_CHANCE & words_in(text)] == []


def test_the_words_that_are_english_too_are_of_the_table():
    foreign = {word.casefold() for language in FOREIGN for word in spelled_terms(language)}
    assert foreign >= ALSO_ENGLISH


@pytest.mark.parametrize(
    "text",
    [
        "heart rate 90, os acromiale, cor pulmonale",
        "kind of mass, links and manner",
        "IM nail of the femur",
        "Tc-99m bone scan",
        "inferior vena cava, in utero",
        "ANCA vasculitis",
        "de novo mass en bloc",
    ],
)
def test_words_that_are_english_too_tell_no_language_alone(text: str):
    assert language_of(text) == "en"
    assert in_terms(text).text == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("higado graso", "fatty liver"),
        ("HÍGADO GRASO", "fatty liver"),
        (unicodedata.normalize("NFD", "hígado graso"), "fatty liver"),
        ("rinon en herradura", "horseshoe kidney"),
        ("Huefte", "hip"),
        ("Hufte", "hip"),
        ("Nachtschweiß", "night sweats"),
        ("Fieber und Nachtschweiss", "fever and night sweats"),
        ("fémur roto", "femur roto"),
    ],
)
def test_a_word_is_found_however_its_accents_are_typed(typed: str, meant: str):
    assert in_terms(typed).text == meant


@pytest.mark.parametrize("text", ["fıebre", "Kniſ", "ſchmerzen", "K", "İ fiebre", "ß", "ﬁebre con tos"])
def test_letters_that_fold_to_others_break_nothing(text: str):
    assert in_terms(text).text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Leberzyste", "liver cyst"),
        ("Schilddruesenknoten", "thyroid nodule"),
        ("Milzabszess", "spleen abscess"),
        ("Femurfraktur", "femur fracture"),
        ("Nierentumor", "renal tumor"),
        ("Nierensteine", "kidney stone"),
        ("nieren", "kidney"),
        ("Kopf-CT", "head ct"),
    ],
)
def test_german_compounds_are_read_by_their_parts_where_the_table_has_no_whole(typed: str, meant: str):
    assert in_terms(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("riñón izquierdo", "left kidney"),
        ("quiste renal derecho y dolor", "right renal cyst and pain"),
        ("massa nel rene destro", "mass in right kidney"),
        ("massa rene destro", "mass right kidney"),
        ("Tumor der rechten Niere", "tumor of right kidney"),
        ("Tumor rechte Niere", "tumor right kidney"),
        ("Pleuraerguss rechts", "right pleural effusion"),
        ("Pleuraerguss rechts mit Fieber", "right pleural effusion with fever"),
        ("épanchement pleural gauche", "left pleural effusion"),
        ("riñón xyz izquierdo", "kidney xyz left"),
        ("riñón, izquierdo", "kidney, left"),
        ("riñón\nizquierdo", "kidney\nleft"),
    ],
)
def test_a_side_or_an_adjective_stands_before_its_noun(typed: str, meant: str):
    assert in_terms(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("frattura dell'anca", "hip fracture"),
        ("massa dell’utero", "mass of uterus"),
        ("l'epatite acuta", "acute hepatitis"),
        ("tumeur de l'estomac", "tumor of stomach"),
        ("dolore dell'xyz", "pain of xyz"),
    ],
)
def test_what_is_elided_before_a_vowel_is_read_too(typed: str, meant: str):
    assert in_terms(typed).text == meant


def test_small_words_are_read_and_not_told():
    assert in_terms("fiebre sin tos en la mujer").said == (("fiebre", "fever"), ("tos", "cough"), ("mujer", "woman"))


def test_the_language_with_most_of_the_words_is_read_the_small_ones_deciding_between_equals():
    assert language_of("fracture du fémur") == "fr"
    assert language_of("dolor en la cadera") == "es"
    assert language_of("mass of the femur") == "en"


@pytest.mark.parametrize(
    ("question", "text", "where"),
    [
        ("fractura de muñeca en una mujer de 60 años", "wrist fracture", "age_years=50..70 sex=female"),
        (
            "resonancia de rodilla con rotura de menisco",
            "knee with meniscal tear",
            'modality=MR region="Spine and Muscles"',
        ),
        ("hematoma subdural crónico en un hombre mayor", "chronic subdural hematoma", "age_years=65.. sex=male"),
        ("niño de 5 años con dolor en fosa ilíaca derecha", "child with right lower quadrant pain", "age_years=0..15"),
        ("TAC de cabeza con hemorragia cerebral", "head with intracranial hemorrhage", "modality=CT region=Head"),
        ("raccolta di liquido nell'addome", "fluid collection in abdomen", ""),
        ("frattura dell'anca in una donna anziana", "hip fracture", "age_years=65.. sex=female"),
        ("TC del torace con nodulo polmonare", "thorax with lung nodule", "modality=CT region=Thorax"),
        ("ernia del disco lombare e mal di schiena", "lumbar herniated disc and back pain", ""),
        ("uomo di 50 anni con tosse ed emottisi", "cough and hemoptysis", "age_years=40..60 sex=male"),
        ("Raumforderung in der linken Niere", "mass in left kidney", ""),
        ("60-jährige Frau mit Rundherd im Oberlappen", "nodule in upper lobe of lung", "age_years=50..70 sex=female"),
        ("MRT des Knies mit Meniskusriss", "knee with meniscal tear", 'modality=MR region="Spine and Muscles"'),
        ("Nierentumor bei einem alten Mann", "renal tumor", "age_years=65.. sex=male"),
        ("Kind mit Bauchschmerzen und Fieber", "abdominal pain and fever", "age_years=..17.99"),
        ("tumeur du rein gauche chez une femme de 60 ans", "left renal tumor", "age_years=50..70 sex=female"),
    ],
)
def test_a_question_in_another_language_is_understood(question: str, text: str, where: str):
    read = Understanding({}).read(Query(question), lambda where: {"test:C1"})
    assert read.query.text == text
    assert " ".join(map(format_filter, read.conditions)) == where
