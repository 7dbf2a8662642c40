"""Scores of drafts against counting by hand, from statements written by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from search_cases import search_case

from ingest.vocabulary import Assertion, Section
from rag.drafts.draft import Draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.statements import (
    Citation,
    DraftSection,
    Dropped,
    Evidence,
    EvidenceKind,
    Origin,
    Statement,
    Subject,
)
from rag.evaluation.draft_scores import (
    citation_scores,
    claims_of,
    claims_of_draft,
    finding_scores,
    findings_text,
    has_wrong_subject,
    text_scores,
    with_bert,
)

HERE, NOT_HERE, PERHAPS = Assertion.PRESENT, Assertion.ABSENT, Assertion.UNCERTAIN
EDEMA, MASS = "finding:edema", "finding:mass"
FINDINGS = "Edema is seen. No mass. Effusion."
CASE = search_case(1, "Lung abscess", FINDINGS)
REQUEST = DraftRequest(findings="Edema is seen. No mass.")


def row(quote, *, case=CASE, start=None, concept=None, assertion=HERE, kind=EvidenceKind.FINDING, name="x"):
    text = case.sections[Section.FINDINGS]
    begin = text.index(quote) if start is None else start
    cited = Citation(Origin.CASE, quote, case.case_id, Section.FINDINGS, None, begin, begin + len(quote))
    return Evidence("E1", kind, name, cited, concept, assertion)


def written(quote, start=0):
    cited = Citation(Origin.USER, quote, None, Section.FINDINGS, None, start, start + len(quote))
    return Evidence("E2", EvidenceKind.WRITTEN, quote, cited)


SURE = "Modality: MR (magnetic resonance), probability 0.98."


def predicted(quote):
    return Evidence("E3", EvidenceKind.PREDICTION, "modality", Citation(Origin.CLASSIFIER, quote))


def said(text, *evidence, subject=Subject.SIMILAR_CASES, section=DraftSection.SIMILAR_CASES):
    return Statement(section, subject, text, evidence)


def draft_of(*statements, dropped=()):
    return Draft(tuple(statements), tuple(dropped), similar_cases=(), evidence=(), notices=(), author="")


def test_finding_scores_are_shares_of_what_was_said_and_of_what_is_so():
    real = {"a": HERE, "b": NOT_HERE, "c": HERE}
    assert finding_scores({"a": HERE, "b": HERE}, real) == pytest.approx(
        {"finding_precision": 1 / 2, "finding_recall": 1 / 3, "finding_f1": 2 / 5, "finding_f1_any_assertion": 4 / 5}
    )
    assert finding_scores({}, real) == dict.fromkeys(
        ("finding_precision", "finding_recall", "finding_f1", "finding_f1_any_assertion"), 0.0
    )
    assert set(finding_scores(real, real).values()) == {1.0}


def test_a_case_claims_what_its_findings_section_says_and_nothing_else():
    assert claims_of(CASE) == {EDEMA: HERE, MASS: NOT_HERE, "finding:effusion": HERE}
    elsewhere = replace(CASE, annotations=tuple(replace(a, section=Section.DISCUSSION) for a in CASE.annotations))
    assert claims_of(elsewhere) == {}


def test_a_draft_leans_to_what_most_cases_of_a_statement_say():
    many, few = [row("Edema is seen.", concept=EDEMA)] * 2, [row("No mass.", concept=EDEMA, assertion=NOT_HERE)]
    text = "1 of 3 similar cases reports no edema; 2 of 3 report edema."
    assert claims_of_draft(draft_of(said(text, *few, *many))) == {EDEMA: HERE}
    assert claims_of_draft(draft_of(said(text, *few, *few, *many[:1]))) == {EDEMA: NOT_HERE}
    other = [replace(one, kind=EvidenceKind.DIAGNOSIS) for one in many]
    assert claims_of_draft(draft_of(said(text, *few, *other))) == {EDEMA: NOT_HERE}
    nameless = [replace(one, concept_id=None) for one in many]
    assert claims_of_draft(draft_of(said(text, *few, *nameless))) == {EDEMA: NOT_HERE}


def test_the_first_statement_on_a_finding_counts_and_that_of_this_scan_over_the_others():
    similar_no = said("2 of 3 similar cases report no edema.", row("Edema is seen.", concept=EDEMA, assertion=NOT_HERE))
    similar_yes = said("1 of 3 similar cases reports edema.", row("Edema is seen.", concept=EDEMA))
    own = said("Edema is seen.", written("Edema is seen."), subject=Subject.THIS_SCAN)
    assert claims_of_draft(draft_of(similar_no, similar_yes)) == {EDEMA: NOT_HERE}
    assert claims_of_draft(draft_of(similar_no, own)) == {EDEMA: HERE}
    assert claims_of_draft(draft_of(own, similar_no)) == {EDEMA: HERE}
    both = said("No mass.", written("No mass."), subject=Subject.THIS_SCAN)
    assert claims_of_draft(draft_of(own, both)) == {EDEMA: HERE, MASS: NOT_HERE}


def test_only_statements_under_findings_are_claims_and_findings_text():
    impression = said("1 of 1 similar case reports edema.", row("Edema is seen."), section=DraftSection.IMPRESSION)
    first, second = said("First.", row("Edema is seen.")), said("Second.", row("Edema is seen."))
    assert claims_of_draft(draft_of(impression)) == {}
    assert findings_text(draft_of(first, impression, second)) == "First. Second."


def test_text_scores_are_one_for_the_same_text_and_know_which_text_is_which():
    same = text_scores("a mass in the left lung", "a mass in the left lung")
    assert same.pop("meteor_without_synonyms") == pytest.approx(1 - 0.5 * (1 / 6) ** 3)  # one chunk of six words
    assert same == pytest.approx({"rouge_l": 1.0, "bleu": 1.0, "words": 6.0})
    short = text_scores("a mass", "a mass in the left lung")
    assert short["words"] == 2.0
    assert short["rouge_l"] == pytest.approx(2 * 1 * (2 / 6) / (1 + 2 / 6))
    assert short["bleu"] == pytest.approx(2.718281828 ** (1 - 6 / 2), rel=1e-6)  # all n-grams right, brevity penalty
    assert text_scores("a mass in the left lung", "a mass")["bleu"] < 1


@pytest.mark.parametrize(
    ("said", "real", "precision", "recall", "fragmentation"),
    [
        ("a mass", "a mass in the left lung", 1, 2 / 6, 1 / 2),  # "a mass" is one chunk of two words
        ("A MASS.", "a mass in the left lung", 1, 2 / 6, 1 / 2),  # capitals and marks are no words
        ("a mass in the left lung", "a mass", 2 / 6, 1, 1 / 2),
        ("lung left the in mass a", "a mass in the left lung", 1, 1, 6 / 6),  # no two words keep their order
        ("masses are seen in the lungs", "The lung shows a mass.", 3 / 6, 3 / 5, 2 / 3),  # by stem: masses, lungs
    ],
)
def test_meteor_is_the_mean_of_precision_and_recall_less_what_is_broken_up(
    said, real, precision, recall, fragmentation
):
    mean = 10 * precision * recall / (recall + 9 * precision)
    found = text_scores(said, real)["meteor_without_synonyms"]
    assert found == pytest.approx(mean * (1 - 0.5 * fragmentation**3))


def test_meteor_knows_no_synonyms_and_asks_for_no_data():
    assert text_scores("tumour", "tumor")["meteor_without_synonyms"] == 0
    assert text_scores("", "a mass")["meteor_without_synonyms"] == 0
    assert text_scores("a car", "an automobile")["meteor_without_synonyms"] == 0


def test_bert_scores_stand_beside_the_others_in_order():
    class Scorer:
        def scores(self, texts, references):
            return [
                (float(len(text)), float(len(reference)), 0.5)
                for text, reference in zip(texts, references, strict=True)
            ]

    assert with_bert(Scorer(), [{"words": 1.0}, {"words": 2.0}], ["a", "bb"], ["ccc", "dddd"]) == [
        {"words": 1.0, "bert_precision": 1.0, "bert_recall": 3.0, "bert_f1": 0.5},
        {"words": 2.0, "bert_precision": 2.0, "bert_recall": 4.0, "bert_f1": 0.5},
    ]


GOOD = said("1 of 1 similar case reports edema.", row("Edema is seen.", concept=EDEMA))
OWN = said("No mass.", written("No mass.", 15), subject=Subject.THIS_SCAN, section=DraftSection.FINDINGS)


def scores(*statements, dropped=()):
    return citation_scores(draft_of(*statements, dropped=dropped), REQUEST, [CASE])


def test_a_draft_of_good_statements_cites_well():
    assert scores(GOOD, OWN) == {"cited": 1.0, "citation_recall": 1.0, "citation_precision": 1.0, "wrong_subject": 0.0}


def test_an_empty_draft_has_no_share_of_anything():
    assert set(scores().values()) == {0.0}


def test_what_was_dropped_counts_against_recall():
    gone = Dropped(DraftSection.FINDINGS, Subject.SIMILAR_CASES, "x", "y")
    assert scores(GOOD, OWN, dropped=[gone, gone])["citation_recall"] == 2 / 4


@pytest.mark.parametrize(
    ("evidence", "cited"),
    [
        ((), 0.0),
        ((row("Edema is seen.", start=1),), 0.0),
        ((row("Edema is seen."), row("No mass.", start=0)), 0.0),
        ((written("Edema is seen.", 0),), 1.0),
        ((written("Edema is seen.", 1),), 0.0),
        ((predicted("MR"),), 1.0),
        ((predicted("MR"), row("No mass.", start=0)), 0.0),
        ((Evidence("E", EvidenceKind.FINDING, "x", Citation(Origin.USER, "")),), 0.0),
        ((row("Edema is seen.", case=replace(CASE, case_id="test:C9")),), 0.0),
    ],
)
def test_a_statement_is_cited_where_each_of_its_citations_stands_word_for_word(evidence, cited):
    assert scores(said("1 of 1 similar case reports edema.", *evidence))["cited"] == cited


def test_precision_is_the_share_of_citations_that_alone_support_a_part():
    text = "1 of 2 similar cases reports edema; 1 of 2 reports no mass."
    assert scores(said(text, row("Edema is seen."), row("No mass."), row("Effusion.")))["citation_precision"] == 2 / 3
    named = said(
        "1 of 1 similar case: LUNG ABSCESS.", row("Effusion.", kind=EvidenceKind.DIAGNOSIS, name="Lung abscess")
    )
    together = said(
        "1 of 1 similar case: Cerebral infarct.",
        row("Effusion.", kind=EvidenceKind.DIAGNOSIS, name="Acute infarct of the brain"),
    )
    assert scores(together)["citation_precision"] == 1.0
    quoted = said("1 similar case says: Effusion.", row("Effusion.", kind=EvidenceKind.CONFIRMATION, name="other"))
    neither = said("1 similar case.", row("Effusion.", kind=EvidenceKind.CONFIRMATION, name="other"))
    assert scores(named, quoted, neither)["citation_precision"] == 2 / 3


def test_the_number_of_statements_of_a_wrong_subject_is_counted():
    silent = said("1 of 1 reports edema.", row("Edema is seen."))
    assert scores(GOOD, silent, silent)["wrong_subject"] == 2.0


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        (said("A SIMILAR case has it."), False),
        (said("One case has it."), True),
        (said("no MASS.", written("No mass."), subject=Subject.THIS_SCAN), False),
        (said("Edema is seen. No mass.", subject=Subject.THIS_SCAN), False),
        (said("mass.", subject=Subject.THIS_SCAN), True),
        (said("Effusion.", row("Effusion."), subject=Subject.THIS_SCAN), True),
        (said("mr (by the classifier).", predicted(SURE), subject=Subject.THIS_SCAN), False),
        (said("No mass. MR (by the classifier).", predicted(SURE), subject=Subject.THIS_SCAN), False),
        (said("CT (by the classifier).", predicted(SURE), subject=Subject.THIS_SCAN), True),
        (said("No mass. Edema is seen.", subject=Subject.THIS_SCAN), True),
    ],
)
def test_of_this_scan_only_whole_known_sentences_in_their_order_may_be_said(statement, wrong):
    assert has_wrong_subject(statement, REQUEST) is wrong


def test_nothing_is_known_of_a_scan_of_which_nothing_was_written():
    assert has_wrong_subject(said("No mass.", subject=Subject.THIS_SCAN), DraftRequest())
