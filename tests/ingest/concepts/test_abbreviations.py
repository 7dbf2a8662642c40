"""Abbreviations with two meanings, read by the words around them."""

from __future__ import annotations

import pytest

from ingest.concepts.abbreviations import abbreviation_senses, in_context, without_explained_abbreviations
from ingest.concepts.diagnosis_words import american, read_diagnoses
from ingest.concepts.terms import in_terms, terms


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("AML with leukemia", "acute myeloid leukemia with leukemia"),
        ("aml of the kidney", "angiomyolipoma of the kidney"),
        ("AML", "angiomyolipoma"),
        ("MS with left atrial enlargement", "mitral stenosis with left atrial enlargement"),
        ("MS of the spine", "multiple sclerosis of the spine"),
        ("mitral stenosis (MS)", "mitral stenosis"),
        ("MS (mitral stenosis)", "mitral stenosis"),
        ("angiomyolipoma (AML)", "angiomyolipoma"),
        ("mass (MS)", "mass (multiple sclerosis)"),
        ("PCP overdose", "phencyclidine overdose"),
        ("PCP in HIV", "pneumocystis jiroveci pneumonia in HIV"),
        ("PE with pleural effusion", "pulmonary embolism with pleural effusion"),
        ("PE blunting the costophrenic angle", "pleural effusion blunting the costophrenic angle"),
        ("PE, valve and heart", "pulmonary embolism, valve and heart"),
        ("GCT of the testis", "germ cell tumor of the testis"),
        ("GCT", "giant cell tumor"),
        ("RA of the hand", "rheumatoid arthritis of the hand"),
        ("RA mass", "RA mass"),
        ("CP angle mass", "cerebellopontine angle mass"),
        ("OA with oesophageal pouch", "esophageal atresia with oesophageal pouch"),
        ("TS with coarctation and a tuber", "TS with coarctation and a tuber"),
        ("UC-related colitis", "UC-related colitis"),
        ("Ms with a valve", "multiple sclerosis with a valve"),
        ("as seen in the spine", "as seen in the spine"),
        ("ALL CASES OF LEUKEMIA", "ALL CASES OF LEUKEMIA"),
        ("MS OF THE HEART", "mitral stenosis OF THE HEART"),
    ],
)
def test_the_words_around_decide_what_an_abbreviation_means_else_the_table(typed: str, meant: str) -> None:
    assert in_terms(typed).text == meant


def test_what_an_abbreviation_is_read_as_is_said() -> None:
    assert in_terms("broken hip, AS of the spine").said == (
        ("AS", "ankylosing spondylitis"),
        ("broken hip", "hip fracture"),
    )


def test_what_a_bracket_says_more_is_kept() -> None:
    for text in ("renal mass (II)", "AVM (left)", "mass (CT)"):
        assert without_explained_abbreviations(text) == text


def test_each_abbreviation_of_the_table_has_rival_senses_with_words_of_their_own() -> None:
    for short, senses in abbreviation_senses().items():
        assert short.isupper()
        assert len({sense.means for sense in senses}) == len(senses) > 1
        for sense in senses:
            assert all(word == american(word.casefold()) for word in sense.beside)
            others = {word for other in senses if other is not sense for word in other.beside}
            assert set(sense.beside) - others


def test_a_sense_of_another_table_is_one_of_these() -> None:
    written_out = read_diagnoses()["abbreviations"]
    for short, senses in abbreviation_senses().items():
        usual = terms()["en"].get(short.casefold()) or written_out.get(short)
        assert usual is None or usual in {sense.means for sense in senses}


@pytest.mark.parametrize("text", ["", "Mİ", "mı of the heart"])
def test_no_other_letters_are_taken_for_an_abbreviation(text: str) -> None:
    assert in_context(text, ()) == (text, [])
