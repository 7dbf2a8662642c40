"""Which findings of similar cases are worth saying: those that enough of them report."""

from __future__ import annotations

from fractions import Fraction

import pytest
from search_cases import search_case

from ingest.vocabulary import Assertion, Modality
from rag.drafts.evidence import DraftRequest, gather_evidence
from rag.drafts.selection import MAX_FINDINGS, MIN_SUPPORT, RANK_OFFSET, Bar, select_evidence, supported_findings
from rag.drafts.statements import EvidenceKind

HERE, NOT_HERE = Assertion.PRESENT, Assertion.ABSENT


def test_support_is_the_weighted_share_of_the_cases():
    cases = [{"finding:edema": HERE}, {"finding:edema": NOT_HERE}, {"finding:mass": HERE}]
    weights = [Fraction(1, RANK_OFFSET + rank) for rank in (1, 2, 3)]
    edema, mass = float(weights[0] / sum(weights)), float(weights[2] / sum(weights))
    assert supported_findings(cases, Bar(least_support=edema - 1e-9)) == {"finding:edema": HERE}
    assert supported_findings(cases, Bar(least_support=edema + 1e-9)) == {}
    assert list(supported_findings(cases, Bar(least_support=mass - 1e-9))) == ["finding:edema", "finding:mass"]


def test_a_finding_with_just_enough_support_is_said():
    assert supported_findings([{"finding:edema": HERE}], Bar(least_support=1.0)) == {"finding:edema": HERE}


def test_the_better_supported_comes_first_and_of_equals_the_first_by_name():
    nearest = {"finding:mass": HERE, "finding:edema": HERE}
    assert list(supported_findings([nearest, {"finding:mass": HERE}])) == ["finding:mass", "finding:edema"]
    assert list(supported_findings([nearest])) == ["finding:edema", "finding:mass"]


def test_only_the_nearest_cases_count():
    cases = [{"finding:mass": HERE}, {"finding:edema": HERE}]
    assert supported_findings(cases, Bar(most_cases=1)) == {"finding:mass": HERE}
    assert supported_findings([]) == {}


def test_a_finding_leads_with_what_most_cases_say_of_it():
    cases = [{"finding:edema": said} for said in (HERE, NOT_HERE, NOT_HERE)]
    assert supported_findings(cases) == {"finding:edema": NOT_HERE}


@pytest.fixture
def twenty():
    """Return twenty cases: all with a mass, the ninth with edema, the tenth with a cyst."""
    texts = ["Mass."] * 20
    texts[8], texts[9] = "Mass. Edema.", "Mass. Cyst."
    return [search_case(number, "Glioma", text, caption="") for number, text in enumerate(texts, 1)]


def said(request, cases, modality=None):
    rows = select_evidence(gather_evidence(request, cases), [case.case_id for case in cases], modality)
    return {row.name for row in rows if row.kind is EvidenceKind.FINDING}


def test_what_one_case_of_twenty_reports_is_left_out_unless_the_user_wrote_of_it(twenty):
    assert MIN_SUPPORT > 1 / 20
    assert said(DraftRequest(), twenty) == {"mass"}
    assert said(DraftRequest(findings="No cyst."), twenty) == {"mass", "cyst"}


def test_a_finding_that_the_modality_cannot_show_is_left_out_unless_the_user_wrote_of_it(twenty):
    case = search_case(1, "Glioma", "Mass. Signal hyperintensity.", caption="")
    assert said(DraftRequest(), [case]) == {"mass", "signal hyperintensity"}
    assert said(DraftRequest(), [case], Modality.CT) == {"mass"}
    assert said(DraftRequest(findings="Signal hyperintensity."), [case], Modality.CT) == {
        "mass",
        "signal hyperintensity",
    }


def test_what_the_user_wrote_of_takes_no_room_from_the_others():
    words = ["mass", "edema", "cyst", "nodule", "fracture", "calcification", "hydrocephalus", "stenosis", "atelectasis"]
    case = search_case(1, "Glioma", ". ".join(word.capitalize() for word in words) + ".", caption="")
    assert said(DraftRequest(findings=f"{words[0]}."), [case]) == set(words)


def test_what_cases_deny_is_denied_by_those_that_are_kept():
    cases = [search_case(number, "Glioma", "No edema.", caption="") for number in (1, 2)]
    rows = select_evidence(gather_evidence(DraftRequest(), cases), [case.case_id for case in cases])
    findings = [row for row in rows if row.kind is EvidenceKind.FINDING]
    assert {row.assertion for row in findings} == {NOT_HERE}
    assert len(findings) == 2


def test_no_more_findings_than_a_reader_takes_in():
    words = ["mass", "edema", "cyst", "nodule", "fracture", "calcification", "hydrocephalus", "stenosis", "atelectasis"]
    case = search_case(1, "Glioma", ". ".join(word.capitalize() for word in words) + ".", caption="")
    assert len(said(DraftRequest(), [case])) == MAX_FINDINGS < len(words)
