"""The name of the final diagnosis: the first sentence, without marks and lead."""

from __future__ import annotations

import pytest

from ingest.normalise.diagnosis import normalise_diagnosis
from ingest.normalise.normalised import Normalised, Rule


@pytest.mark.parametrize(
    ("raw", "name", "rule"),
    [
        ("Lung abscess", "Lung abscess", Rule.AS_WRITTEN),
        ("Lung abscess.", "Lung abscess", Rule.CLEANED),
        ("Lung   abscess ;,", "Lung abscess", Rule.CLEANED),
        ("Diagnosis: Lung abscess", "Lung abscess", Rule.CLEANED),
        ("FINAL DIAGNOSIS : Lung abscess", "Lung abscess", Rule.CLEANED),
        ("Case diagnosis: Lung abscess", "Lung abscess", Rule.CLEANED),
        ("Diagnosis: Diagnosis: x", "Diagnosis: x", Rule.CLEANED),
        ("1. Lung abscess\n2. Pneumonia", "Lung abscess", Rule.CLEANED),
        ("Lung abscess. Proven by biopsy.", "Lung abscess", Rule.CLEANED),
        ("-\n\n- Lung abscess", "Lung abscess", Rule.CLEANED),
        ("Diagnosis:\nLung abscess", "Lung abscess", Rule.CLEANED),
        ("M. tuberculosis", "M. tuberculosis", Rule.AS_WRITTEN),
        ("-.\n-", None, Rule.NULL_SPELLING),
    ],
)
def test_a_diagnosis_is_named_by_its_first_sentence(raw, name, rule):
    assert normalise_diagnosis(raw) == Normalised(raw, name, rule)


def test_a_missing_diagnosis_is_missing():
    assert normalise_diagnosis(None) == Normalised(None, None, Rule.MISSING)


def test_a_null_spelling_is_no_diagnosis():
    assert normalise_diagnosis("n/a").value is None
    assert normalise_diagnosis("n/a").raw == "n/a"
