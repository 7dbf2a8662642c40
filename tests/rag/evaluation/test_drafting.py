"""Drafts measured against the real findings of held-out cases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from search_cases import Images, search_case
from tiny_models import write_bert_folder

from clip.bert_score import BertScorer
from clip.classification.classify import Prediction
from clip.sentence_encoder import load_sentence_transformer
from ingest.errors import EngineUnreachable, InputError
from ingest.vocabulary import Assertion, Region, Section
from rag.drafting import DraftArchive, draft_from
from rag.drafts.draft import write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.statements import Subject
from rag.evaluation.draft_scores import (
    citation_scores,
    claims_of,
    claims_of_draft,
    finding_scores,
    has_wrong_subject,
    region_scores,
    text_scores,
)
from rag.evaluation.drafting import DRAFT, NEAREST, RANDOM, DraftingWith, drafts_without, evaluate_drafts
from rag.evaluation.held_out import others_than, told_of

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


def no_graph():
    raise EngineUnreachable("the graph at x did not answer.")


WITH = DraftingWith(Images().read, no_graph)
HEAD = Prediction("region", "Head", 0.97, {"Head": 0.97}, sure=True)


def test_a_held_out_case_never_stands_on_itself_nor_on_what_is_no_candidate(search, cases):
    among = {case.case_id for case in cases[:6]}
    drafted = drafts_without(search, WITH, cases, cases[:6], among, seed=1)
    assert [one.case.case_id for one in drafted] == [case.case_id for case in cases]
    for one in drafted:
        cited = {row.case_id for said in one.draft.statements for row in said.evidence if row.case_id}
        found = {similar.case_id for similar in one.draft.similar_cases}
        assert found
        assert cited | found <= among - {one.case.case_id}


def test_what_is_measured_is_what_a_workspace_drafts(search, store, cases):
    asking = cases[0]
    (measured,) = drafts_without(search, WITH, [asking], cases, seed=1)
    archive = DraftArchive(store, search.search, no_graph)
    images = [image.object_key.encode() for image in asking.images]
    shipped = draft_from(archive, told_of(asking), images=images, where=others_than(asking, None))
    assert measured.draft.statements == shipped.statements
    assert measured.draft.similar_cases == shipped.similar_cases
    assert measured.draft.statements


def test_the_classifier_that_never_saw_the_case_is_asked_of_its_first_image(search, cases):
    seen = []

    def classify(png):
        seen.append(png)
        return {"region": HEAD}

    chest = search.store.get("test:C6").case
    (one,) = drafts_without(search, replace(WITH, classify=classify), [chest], cases, seed=1)
    assert seen == [chest.images[0].object_key.encode()]
    regions = {
        image.region for found in one.draft.similar_cases for image in search.store.get(found.case_id).case.images
    }
    assert regions == {Region.HEAD}


def test_an_entry_of_another_region_is_one_whose_cases_all_lie_there(cases):
    by_id = {case.short_id: case for case in cases}
    head, chest, belly = by_id["C1"], by_id["C6"], by_id["C9"]
    entries = [[head, chest], [chest], [chest, belly], [head]]
    assert region_scores(entries, head) == {"differential_other_region": 0.5}
    assert region_scores(entries[:1], head) == {"differential_other_region": 0.0}
    assert region_scores([[]], head) == region_scores([], head) == {}
    nowhere = replace(chest, images=())
    assert region_scores([[nowhere]], head) == {"differential_other_region": 0.0}
    assert region_scores([[chest]], nowhere) == {}


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
    query = replace(request.query(k=4), where=others_than(cases[0], None))
    hits = search.search(query).hits
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
    report = evaluate_drafts(search, WITH, seed=3)
    assert report.drafted + report.without_findings == len(cases)
    assert set(report.writers) == {DRAFT, NEAREST, RANDOM}
    assert report.uncited == report.wrong_subjects == 0
    drafted = drafts_without(search, WITH, [case for case in cases if claims_of(case)], cases, seed=3)
    nearest = [search.store.get(one.draft.similar_cases[0].case_id).case for one in drafted]
    copied = [
        finding_scores(claims_of(near), claims_of(one.case))["finding_f1"]
        for near, one in zip(nearest, drafted, strict=True)
    ]
    real = [finding_scores(claims_of_draft(one.draft), claims_of(one.case))["finding_f1"] for one in drafted]
    assert report.writers[DRAFT]["finding_f1"].value == pytest.approx(sum(real) / len(real))
    assert report.writers[DRAFT]["differential_other_region"].value < 1
    assert set(report.writers[RANDOM]) >= {"differential_other_region"}
    assert report.writers[NEAREST]["finding_f1"].value == pytest.approx(sum(copied) / len(copied))
    gain = report.writers[DRAFT]["finding_f1"].value - report.writers[NEAREST]["finding_f1"].value
    assert report.differences[f"minus {NEAREST}"]["finding_f1"].value == pytest.approx(gain)
    assert report == evaluate_drafts(search, WITH, seed=3)


def test_without_findings_to_compare_with_there_is_no_evaluation(search):
    with pytest.raises(InputError, match="none of 0 cases"):
        evaluate_drafts(search, WITH, asking=frozenset())


def test_a_language_model_compares_the_words_of_drafts_and_copies_where_one_is_named(search, cases, tmp_path):
    scorer = BertScorer(load_sentence_transformer(str(write_bert_folder(tmp_path / "bert"))))
    report = evaluate_drafts(search, WITH, bert_scorer=scorer, seed=3)
    drafted = drafts_without(search, WITH, [case for case in cases if claims_of(case)], cases, seed=3)
    pairs = [(search.store.get(one.draft.similar_cases[0].case_id).case, one.case) for one in drafted]
    texts = [[case.sections[Section.FINDINGS] for case in side] for side in zip(*pairs, strict=True)]
    expected = [f1 for _, _, f1 in scorer.scores(*texts)]
    assert report.writers[NEAREST]["bert_f1"].value == pytest.approx(sum(expected) / len(expected))
    assert "bert_f1" in report.writers[DRAFT] and "bert_f1" in report.differences[f"minus {RANDOM}"]
    assert "bert_f1" not in evaluate_drafts(search, WITH, seed=3).writers[DRAFT]
