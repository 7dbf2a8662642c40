"""What speaks for and against a diagnosis in a draft: the reasons of `ask`, cited, and checked in what is cited."""

from __future__ import annotations

from dataclasses import replace

import pytest
from search_cases import search_case

from ingest.vocabulary import Sex
from kg.questions.differential import Candidate, FindingEvidence
from rag.ask_reasons import Basis, grounds_for
from rag.drafts.citations import check_statements
from rag.drafts.compose import RankedDifferential, compose_statements
from rag.drafts.evidence import DraftRequest, gather_evidence
from rag.drafts.reasons import MAX_REASONS, bears_out, reason_statements
from rag.drafts.statements import DraftSection, Subject

GLIOMA = "diagnosis:glioma"
CASES = [
    search_case(1, "Glioma", "Mass. Edema is seen.", age=41.0),
    search_case(2, "Glioma", "Edema. No hemorrhage.", age=42.0),
    search_case(3, "Glioma", "No edema. No hemorrhage.", age=43.0),
]
OTHER = search_case(4, "Meningioma", "Edema.")
BY_ID = {case.case_id: case for case in (*CASES, OTHER)}
IDS = tuple(case.case_id for case in CASES)
REQUEST = DraftRequest(findings="Edema. Hemorrhage.", age_years=80.0, sex=Sex.MALE)


def evidence(finding, ratio, *, shown=(), ruled_out=(), wanted=True, usual=0.25, **more):
    name = finding.partition(":")[2]
    return FindingEvidence(finding, name, wanted, tuple(shown), tuple(ruled_out), (), usual, ratio, **more)


EDEMA = evidence("finding:edema", 2.0, shown=IDS[:2], ruled_out=IDS[2:])
HEMORRHAGE = evidence("finding:hemorrhage", 0.5, ruled_out=IDS[1:])
PNEUMONIA = evidence("finding:pneumonia", 0.4, usual=0.5)


def grounds(*pieces, request=REQUEST):
    candidate = Candidate(f"Diagnosis:{GLIOMA}", "Glioma", 1.0, IDS, (), pieces, "")
    return grounds_for(
        GLIOMA,
        candidate,
        CASES,
        having=CASES[:1],
        considering=[],
        similar=1,
        age_years=request.age_years,
        sex=request.sex,
    )


def reasons(*pieces, **more):
    return list(reason_statements("Glioma", grounds(*pieces, **more), BY_ID))


def check(statement, request=REQUEST, similar=CASES[:1], others=(*CASES, OTHER)):
    kept, dropped = check_statements([statement], request, similar, others)
    assert len(kept) + len(dropped) == 1
    return dropped[0].reason if dropped else None


def test_reasons_are_those_of_ask_and_cite_the_sentences_of_their_cases():
    found = reasons(EDEMA, HEMORRHAGE, PNEUMONIA)
    assert [statement.text for statement in found] == [
        "For Glioma, edema: 2 of 3 cases with it show it, 25% of all cases do.",
        "Against Glioma, the 3 cases with it are 41 to 43 years old, this patient is 80 years old.",
        "Against Glioma, pneumonia: 0 of 3 cases with it show it, 50% of all cases do.",
    ]
    assert {(said.section, said.subject) for said in found} == {(DraftSection.DIFFERENTIAL, Subject.WITH_DIAGNOSIS)}
    quotes = [[citation.quote for citation in said.citations] for said in found]
    assert quotes[:2] == [["Edema is seen.", "Edema."], ["Glioma"] * 3]
    assert [check(statement) for statement in found] == [None, None, None]


def test_what_rules_it_out_is_cited_where_it_is_denied():
    (_, _, ruled_out) = reasons(EDEMA, HEMORRHAGE)
    assert ruled_out.text == "Against Glioma, hemorrhage: 2 of 3 cases with it rule it out."
    assert [citation.quote for citation in ruled_out.citations] == ["No hemorrhage.", "No hemorrhage."]
    assert check(ruled_out) is None


def test_no_more_reasons_than_a_reader_weighs_and_the_strongest_first():
    weaker = [evidence(f"finding:{name}", 1.3, shown=IDS[:1]) for name in ("mass", "lesion")]
    (first, second, *_) = reasons(*weaker, EDEMA)
    assert "edema" in first.text
    assert sum(said.text.startswith("For") for said in reasons(*weaker, EDEMA)) == MAX_REASONS == 2
    assert second.text.startswith("For")


def test_what_no_sentence_of_its_cases_says_is_no_reason_of_a_draft():
    assert reasons(evidence("finding:cyst", 2.0, shown=IDS[:1]), request=DraftRequest()) == []


def test_what_texts_describe_is_cited_there_and_not_of_the_patient():
    told = search_case(5, "Glioma", "Mass.", discussion="Gliomas typically show calcification in adults.")
    described = evidence("finding:calcification", 1.0, described_in=(told.case_id,), described_ratio=3.0)
    found = list(reason_statements("Glioma", grounds(described, request=DraftRequest()), {told.case_id: told}))
    assert [said.text for said in found] == ["For Glioma, calcification: described of it in the text of 1 case."]
    assert found[0].citations[0].quote == "Gliomas typically show calcification in adults."
    assert check(found[0], DraftRequest(), others=(told,)) is None


@pytest.fixture
def edema():
    return reasons(EDEMA)[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("For Glioma, edema: 3 of 3 cases with it show it, 25% of all cases do.", "does not say what its reason says"),
        ("Against Glioma, edema: 2 of 3 cases with it show it, 25% of all cases do.", "does not say what its reason"),
        ("For Meningioma, edema: 2 of 3 cases with it show it, 25% of all cases do.", "does not say what its reason"),
    ],
)
def test_a_reason_says_what_its_cases_were_counted_for(edema, text, reason):
    assert reason in check(replace(edema, text=text))


def test_a_reason_cites_every_case_that_it_counts_and_no_other(edema):
    assert "does not cite the cases" in check(replace(edema, evidence=edema.evidence[:1]))
    other = next(reason_statements("Glioma", grounds(replace(EDEMA, shown_in=(OTHER.case_id,))), BY_ID))
    assert "does not have the diagnosis" in check(other)


def test_a_reason_counts_as_many_cases_as_it_cites(edema):
    ground = edema.ground
    three = replace(ground, reason=replace(ground.reason, text=ground.reason.text.replace("2 of 3", "3 of 3")))
    assert "it counts 3" in check(replace(edema, ground=three, text=edema.text.replace("2 of 3", "3 of 3")))


def test_a_sentence_that_says_otherwise_bears_no_reason_out(edema):
    other = replace(edema.evidence[0], citation=reasons(EDEMA, HEMORRHAGE)[2].evidence[0].citation)
    assert not bears_out(other, edema.ground)
    assert bears_out(edema.evidence[0], edema.ground)


def test_an_age_that_speaks_against_it_is_that_of_this_patient():
    age = next(said for said in reasons(EDEMA) if said.ground.basis is Basis.PATIENT)
    assert check(age) is None
    assert check(age, replace(REQUEST, age_years=42.0)) == "its cases and this patient say otherwise"


def test_only_a_reason_may_cite_cases_that_were_not_found_for_the_scan(edema):
    assert "not found for this scan" in check(replace(edema, ground=None))
    assert check(replace(edema, ground=None), similar=CASES) == "it is no reason for or against a diagnosis"
    assert "not found for this scan" in check(edema, others=())


def test_a_reason_stands_under_the_differential(edema):
    assert "is not for reasons" in check(replace(edema, section=DraftSection.SIMILAR_CASES))


def test_in_a_draft_each_diagnosis_is_followed_by_its_reasons():
    rows = gather_evidence(REQUEST, [CASES[0], OTHER])
    ranked = RankedDifferential(["diagnosis:meningioma", GLIOMA], {GLIOMA: grounds(EDEMA)}, BY_ID)
    composed = compose_statements(rows, 2, ranked)
    said = [one.text for one in composed if one.section is DraftSection.DIFFERENTIAL]
    assert [text.split()[0] for text in said[:4]] == ["Meningioma", "Glioma", "For", "Against"]
    kept, dropped = check_statements(composed, REQUEST, [CASES[0], OTHER], CASES)
    assert (len(kept), dropped) == (len(composed), [])
