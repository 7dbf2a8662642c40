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
