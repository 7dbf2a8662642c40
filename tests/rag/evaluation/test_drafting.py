"""Drafts measured against the real findings of held-out cases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from search_cases import search_case
from tiny_models import write_bert_folder

from clip.bert_score import BertScorer
from clip.sentence_encoder import load_sentence_transformer
from ingest.errors import InputError
from ingest.vocabulary import Assertion, Section
from rag.drafts.draft import write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.statements import Subject
from rag.evaluation.draft_scores import (
    citation_scores,
    claims_of,
    claims_of_draft,
    finding_scores,
    has_wrong_subject,
    text_scores,
)
from rag.evaluation.drafting import DRAFT, NEAREST, RANDOM, evaluate_drafts
from rag.evaluation.held_out import hold_out, told_of

HERE, NOT_HERE, PERHAPS = Assertion.PRESENT, Assertion.ABSENT, Assertion.UNCERTAIN


@pytest.fixture
def cases(store):
    return [stored.case for stored in store.cases()]


def test_a_draft_is_told_images_history_age_and_sex_and_nothing_else(cases):
    marked = {section: f"secret{number}" for number, section in enumerate(Section) if section is not Section.CAPTION}
    case = replace(
        cases[0], sections={**marked, Section.HISTORY: "Headache of a glioblastoma."}, diagnosis="Glioblastoma"
    )
    request = told_of(case)
    assert request.findings is None
    assert request.exam is None
    assert (request.age_years, request.sex) == (case.patient.age_years, case.patient.sex)
    assert "Headache" in request.background
    assert "secret" not in request.background
    assert "glioblastoma" not in request.background.casefold()


def test_a_held_out_case_never_finds_itself_nor_what_is_no_candidate(search, cases):
    held = hold_out(search, cases[:6], cases, seed=1)
    assert [one.case.case_id for one in held] == [case.case_id for case in cases]
    for one in held:
        found = {hit.case_id for hit in one.hits}
        assert one.case.case_id not in found
        assert found <= {case.case_id for case in cases[:6]}


def test_claims_of_a_case_are_the_boldest_of_its_findings_section_only():
    case = search_case(1, "Glioma", "Possible edema. There is edema. No mass.", caption="A cyst.", history="Fracture.")
    assert claims_of(case) == {"finding:edema": HERE, "finding:mass": NOT_HERE}


def test_precision_recall_and_f1_are_those_of_counting():
    said = {"a": HERE, "b": HERE, "c": NOT_HERE, "d": PERHAPS}
    real = {"a": HERE, "b": NOT_HERE, "e": HERE}
    scores = finding_scores(said, real)
    assert scores["finding_precision"] == 1 / 4
    assert scores["finding_recall"] == 1 / 3
    assert scores["finding_f1"] == pytest.approx(2 * (1 / 4) * (1 / 3) / (1 / 4 + 1 / 3))
    assert scores["finding_f1_any_assertion"] == pytest.approx(2 * (2 / 4) * (2 / 3) / (2 / 4 + 2 / 3))
    assert set(finding_scores({}, real).values()) == {0.0}
    assert set(finding_scores(real, real).values()) == {1.0}


def test_rouge_l_is_the_longest_common_subsequence():
    said, real = "a mass with edema", "there is a large mass and edema"
    common = 3  # a, mass, edema
    precision, recall = common / 4, common / 7
    assert text_scores(said, real)["rouge_l"] == pytest.approx(2 * precision * recall / (precision + recall))
    meteor = pytest.approx(1 - 0.5 / 7**3)
    assert text_scores(real, real) == {
        "rouge_l": 1.0,
        "bleu": pytest.approx(1.0),
        "meteor_without_synonyms": meteor,
        "words": 7.0,
    }
    assert set(text_scores("", real).values()) == {0.0}


@pytest.fixture
def drafted(store, search, cases):
    request = told_of(cases[0])
    hits = hold_out(search, cases, cases[:1], seed=1)[0].hits[:4]
    return write_draft(request, hits, store), request, [store.get(hit.case_id).case for hit in hits]


def test_a_draft_leans_to_what_most_of_its_cases_say():
    cases = [search_case(n, "Glioma", text, caption="") for n, text in enumerate(("Edema.", "Edema.", "No edema."), 1)]
    from rag.drafts.compose import compose_statements
    from rag.drafts.draft import Draft
    from rag.drafts.evidence import gather_evidence

    statements = tuple(compose_statements(gather_evidence(DraftRequest(), cases), 3))
    assert any(said.text == "2 of 3 similar cases report edema; 1 of 3 reports no edema." for said in statements)
    assert claims_of_draft(Draft(statements, (), (), (), (), "x")) == {"finding:edema": HERE}


def test_an_extractive_draft_cites_everything_and_has_no_wrong_subject(drafted):
    draft, request, cases = drafted
    assert draft.statements
    scores = citation_scores(draft, request, cases)
    assert scores["cited"] == scores["citation_recall"] == 1.0
    assert scores["wrong_subject"] == 0.0


def test_a_citation_that_does_not_stand_or_speaks_of_something_else_is_counted(drafted):
    draft, request, cases = drafted
    first, second = (said for said in draft.statements[:2])
    row = first.evidence[0]
    moved = replace(first, evidence=(replace(row, citation=replace(row.citation, start=row.citation.start + 1)),))
    broken = replace(draft, statements=(moved, second))
    scores = citation_scores(broken, request, cases)
    assert scores["cited"] == scores["citation_recall"] == 0.5
    foreign = replace(first, evidence=(*first.evidence, *second.evidence))
    alone = citation_scores(replace(draft, statements=(first,)), request, cases)["citation_precision"]
    assert citation_scores(replace(draft, statements=(foreign,)), request, cases)["citation_precision"] <= alone == 1.0


def test_what_nobody_said_of_this_scan_has_a_wrong_subject(drafted):
    draft, request, _ = drafted
    said = next(item for item in draft.statements if item.subject is Subject.SIMILAR_CASES)
    assert not has_wrong_subject(said, request)
    assert has_wrong_subject(replace(said, subject=Subject.THIS_SCAN), request)
    assert has_wrong_subject(replace(said, text="There is edema."), request)
    mine = replace(said, subject=Subject.THIS_SCAN, text="No edema.")
    assert not has_wrong_subject(mine, DraftRequest(findings="Mass. No edema."))
    assert has_wrong_subject(replace(mine, text="Edema."), DraftRequest(findings="Mass. No edema."))


def test_drafts_and_copies_are_scored_on_the_same_cases(search, cases):
    report = evaluate_drafts(search, seed=3)
    assert report.drafted + report.without_findings == len(cases)
    assert set(report.writers) == {DRAFT, NEAREST, RANDOM}
    assert report.uncited == report.wrong_subjects == 0
    held = hold_out(search, cases, [case for case in cases if claims_of(case)], seed=3)
    by_id = {case.case_id: case for case in cases}
    copied = [finding_scores(claims_of(by_id[one.hits[0].case_id]), claims_of(one.case))["finding_f1"] for one in held]
    assert report.writers[NEAREST]["finding_f1"].value == pytest.approx(sum(copied) / len(copied))
    gain = report.writers[DRAFT]["finding_f1"].value - report.writers[NEAREST]["finding_f1"].value
    assert report.differences[f"minus {NEAREST}"]["finding_f1"].value == pytest.approx(gain)
    assert report == evaluate_drafts(search, seed=3)


def test_without_findings_to_compare_with_there_is_no_evaluation(search):
    with pytest.raises(InputError, match="none of 0 cases"):
        evaluate_drafts(search, asking=frozenset())


def test_a_language_model_compares_the_words_of_drafts_and_copies_where_one_is_named(search, cases, tmp_path):
    scorer = BertScorer(load_sentence_transformer(str(write_bert_folder(tmp_path / "bert"))))
    report = evaluate_drafts(search, bert_scorer=scorer, seed=3)
    held = hold_out(search, cases, [case for case in cases if claims_of(case)], seed=3)
    by_id = {case.case_id: case for case in cases}
    pairs = [(by_id[one.hits[0].case_id], one.case) for one in held]
    texts = [[case.sections[Section.FINDINGS] for case in side] for side in zip(*pairs, strict=True)]
    expected = [f1 for _, _, f1 in scorer.scores(*texts)]
    assert report.writers[NEAREST]["bert_f1"].value == pytest.approx(sum(expected) / len(expected))
    assert "bert_f1" in report.writers[DRAFT] and "bert_f1" in report.differences[f"minus {RANDOM}"]
    assert "bert_f1" not in evaluate_drafts(search, seed=3).writers[DRAFT]
