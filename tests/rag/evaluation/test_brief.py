"""A case asks in brief by the names of its rarest findings and symptoms, its answer masked."""

from __future__ import annotations

from search_cases import search_case

from rag.evaluation.brief import brief_question, how_often

CASES = [
    search_case(1, "Abscess", "Ring enhancing mass with edema. No hydrocephalus.", history="Fever and headache."),
    search_case(2, "Glioma", "Mass with edema.", history="Headache."),
    search_case(3, "Edema of the brain", "Mass with edema.", history="Denies fever."),
]


def test_the_rarest_findings_and_symptoms_ask_by_name_and_what_is_denied_does_not():
    frequent = how_often(CASES)
    assert frequent["finding:mass"] == 3
    assert "finding:hydrocephalus" not in frequent
    assert brief_question(CASES[0], frequent) == "ring enhancement, edema, mass, fever, headache"
    assert brief_question(CASES[2], frequent) == "mass"  # its answer, edema, is masked
