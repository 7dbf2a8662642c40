"""What may be said of similar cases: a confirmation counts only in a case that has the diagnosis."""

from __future__ import annotations

import pytest

from ingest.vocabulary import Section
from rag.drafts.statements import Citation, DraftSection, Evidence, EvidenceKind, Origin, Statement, Subject
from rag.drafts.support import similar_cases_fault

GLIOMA = "Glioblastoma multiforme"


def row(kind, case_id, quote, name):
    citation = Citation(Origin.CASE, quote, case_id, Section.FINDINGS, None, 0, len(quote))
    return Evidence(f"{kind}:{case_id}", kind, name, citation)


def statement(text, *rows):
    return Statement(DraftSection.DIFFERENTIAL, Subject.SIMILAR_CASES, text, tuple(rows))


def diagnosis(case_id):
    return row(EvidenceKind.DIAGNOSIS, case_id, GLIOMA, GLIOMA)


def confirmation(case_id):
    return row(EvidenceKind.CONFIRMATION, case_id, "Histology", "Histology")


def test_a_confirmation_of_a_case_with_the_diagnosis_counts():
    said = f"{GLIOMA} is the diagnosis of 1 of 3 similar cases; confirmed in 1 of 3: Histology."
    assert similar_cases_fault(statement(said, diagnosis("a:1"), confirmation("a:1")), 3) is None


def test_a_confirmation_of_a_case_without_the_diagnosis_does_not_count():
    said = f"{GLIOMA} is the diagnosis of 1 of 3 similar cases; confirmed in 2 of 3: Histology."
    rows = (diagnosis("a:1"), confirmation("a:1"), confirmation("a:2"))
    assert similar_cases_fault(statement(said, *rows), 3) == "it counts 2 of 3, the cited cases are 1 of 3"


def test_no_confirmation_counts_where_no_cited_case_has_the_diagnosis():
    said = f"{GLIOMA} is the diagnosis of 1 of 3 similar cases; confirmed in 1 of 3: Histology."
    rows = (diagnosis("a:1"), confirmation("a:2"))
    assert similar_cases_fault(statement(said, *rows), 3) == "no cited sentence says so"


@pytest.mark.parametrize("count", [0, 2, 3])
def test_a_wrong_number_of_cases_is_a_fault(count):
    said = f"{GLIOMA} is the diagnosis of {count} of 3 similar cases."
    assert similar_cases_fault(statement(said, diagnosis("a:1")), 3) == (
        f"it counts {count} of 3, the cited cases are 1 of 3"
    )


def finding(case_id, quote):
    return row(EvidenceKind.FINDING, case_id, quote, "a finding")


def candidate(case_id, name=GLIOMA):
    return row(EvidenceKind.CANDIDATE, case_id, name, name)


EDEMA, NO_EDEMA = finding("a:1", "There is edema."), finding("a:2", "No edema.")
BY_USER = Evidence("E", EvidenceKind.WRITTEN, "x", Citation(Origin.USER, "Edema.", None, Section.FINDINGS, None, 0, 6))
UNCHECKED = "it has words or signs that cannot be checked"


@pytest.mark.parametrize(
    ("text", "rows", "fault"),
    [
        ("1 of 2 similar cases reports edema.", [EDEMA], None),
        ("1 of the 2 similar cases reports edema.", [EDEMA], None),
        ("2 of 2 SIMILAR CASES REPORT EDEMA.", [EDEMA, finding("a:2", "Edema.")], None),
        ("1 of 2 similar cases reports edema.", [EDEMA, NO_EDEMA], None),
        ("1 of 2 similar cases reports edema; 1 of 2 reports no edema.", [EDEMA, NO_EDEMA], None),
        ("1 of 2 similar cases reports no edema.", [EDEMA], "no cited sentence says so"),
        ("2 of 2 similar cases report edema.", [EDEMA], "it counts 2 of 2, the cited cases are 1 of 2"),
        ("1 of 3 similar cases reports edema.", [EDEMA], "it counts 1 of 3, the cited cases are 1 of 2"),
        (
            "1 of 2 similar cases reports edema; 2 of 2 report edema.",
            [EDEMA],
            "it counts 2 of 2, the cited cases are 1 of 2",
        ),
        ("1 of 2 similar cases reports edema. 1 of 2 reports no mass.", [EDEMA], "no cited sentence says so"),
        ("1 of 2 similar cases reports edema and mass.", [EDEMA, finding("a:2", "Mass.")], "no cited sentence says so"),
        ("1 of 2 similar cases reports edema and mass.", [EDEMA, finding("a:1", "Mass.")], None),
        ("1 of 2 similar cases reports no edema.", [EDEMA, finding("a:1", "No edema.")], "no cited sentence says so"),
        (
            "1 of 2 similar cases reports edema.",
            [EDEMA, BY_USER],
            "it says of similar cases what was said of this scan",
        ),
        ("1 of 2 cases reports edema.", [EDEMA], "it does not say that it speaks of similar cases"),
        ("1 of 2 similar cases reports edema on the left.", [EDEMA], "it names a side of another patient"),
        ("1 of 2 similar cases reports BILATERAL edema.", [EDEMA], "it names a side of another patient"),
        ("1 of 2 similar cases reports edema 3.", [EDEMA], "it has a number that is not a count of similar cases"),
        ("1 of 2 similar cases reports horrible edema.", [EDEMA], UNCHECKED),
        ("1 of 2 similar cases reports edema!", [EDEMA], UNCHECKED),
        ("1 of 2 similar cases: (edema) - ;.", [EDEMA], None),
        ("1 of 2 similar cases.", [EDEMA], "it says nothing that can be checked"),
        (f"{GLIOMA} is the diagnosis of 1 of 2 similar cases.", [diagnosis("a:1")], None),
        (f"{GLIOMA.upper()} is the diagnosis of 1 of 2 similar cases.", [diagnosis("a:1")], None),
        (f"{GLIOMA} is the diagnosis of 1 of 2 similar cases.", [candidate("a:1")], "no cited sentence says so"),
        (f"{GLIOMA} is considered in 1 of 2 similar cases.", [candidate("a:1"), diagnosis("a:2")], None),
        (f"1 of 2 similar cases considers {GLIOMA}.", [candidate("a:1")], None),
        (f"{GLIOMA} is in the differential of 1 of 2 similar cases.", [candidate("a:1"), diagnosis("a:1")], None),
        (f"{GLIOMA} is considered in 1 of 2 similar cases.", [diagnosis("a:1")], "no cited sentence says so"),
        (f"no {GLIOMA} in 1 of 2 similar cases.", [diagnosis("a:1")], "it denies what no cited sentence denies"),
        (
            f"{GLIOMA}s is the diagnosis of 1 of 2 similar cases.",
            [diagnosis("a:1")],
            "it has words or signs that cannot be checked",
        ),
        (
            f"{GLIOMA} and Meningioma are the diagnosis of 1 of 2 similar cases.",
            [diagnosis("a:1"), row(EvidenceKind.DIAGNOSIS, "a:2", "Meningioma", "Meningioma")],
            "it speaks of more than one diagnosis at once",
        ),
        (
            f"{GLIOMA} is the diagnosis of 1 of 2 similar cases.",
            [row(EvidenceKind.DIAGNOSIS, "a:1", "Another quote", GLIOMA)],
            "no cited sentence says so",
        ),
    ],
)
def test_each_thing_that_is_wrong_with_a_statement_is_told_and_what_is_right_stands(text, rows, fault):
    assert similar_cases_fault(statement(text, *rows), 2) == fault


@pytest.mark.parametrize("section", ["Indication", "Technique", "Findings", "Impression"])
def test_other_patients_have_no_place_in_the_sections_of_this_scan(section):
    said = Statement(DraftSection(section), Subject.SIMILAR_CASES, "1 of 2 similar cases reports edema.", (EDEMA,))
    assert similar_cases_fault(said, 2) == f"{section} is for what is said of this scan"


def test_the_longest_name_is_taken_first_and_spellings_of_one_diagnosis_are_one():
    rows = [diagnosis("a:1"), row(EvidenceKind.DIAGNOSIS, "a:2", "Glioblastoma", "Glioblastoma")]
    text = f"{GLIOMA} is the diagnosis of {{}} of 2 similar cases."
    assert similar_cases_fault(statement(text.format(2), *rows), 2) is None
    assert similar_cases_fault(statement(text.format(1), *rows), 2) == "it counts 1 of 2, the cited cases are 2 of 2"
