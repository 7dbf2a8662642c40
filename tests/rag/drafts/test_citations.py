"""Each reason for which a statement may not stand, one at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from search_cases import search_case

from ingest.vocabulary import Section
from rag.drafts.citations import check_statements
from rag.drafts.evidence import DraftRequest
from rag.drafts.statements import Citation, DraftSection, Dropped, Evidence, EvidenceKind, Origin, Statement, Subject

FINDINGS = "Edema is seen. No mass."
CASES = [search_case(1, "Lung abscess", FINDINGS), search_case(2, "Pneumonia", "Opacity.")]
REQUEST = DraftRequest(findings="Effusion on the left. No mass.")
ID, QUOTE = "test:C1", "Edema is seen."
OF_CASE = Citation(Origin.CASE, QUOTE, ID, Section.FINDINGS, None, 0, len(QUOTE))
OWN = "Effusion on the left."
OF_USER = Citation(Origin.USER, OWN, None, Section.FINDINGS, None, 0, len(OWN))
SECOND = Citation(Origin.USER, "No mass.", None, Section.FINDINGS, None, 22, 30)
SEEN = Citation(Origin.CLASSIFIER, "Modality: MR (magnetic resonance), probability 0.98.")
EDEMA = "1 of 2 similar cases reports edema."


def said(text, *citations, subject=Subject.SIMILAR_CASES, section=DraftSection.SIMILAR_CASES):
    rows = tuple(Evidence(f"E{n}", EvidenceKind.FINDING, "x", one) for n, one in enumerate(citations))
    return Statement(section, subject, text, rows)


def fault(statement, request=REQUEST, cases=CASES):
    kept, dropped = check_statements([statement], request, cases)
    if kept:
        assert (kept, dropped) == ([statement], [])
        return None
    [only] = dropped
    assert only == Dropped(statement.section, statement.subject, statement.text, only.reason)
    return only.reason


def this_scan(text, *citations, section=DraftSection.FINDINGS):
    return said(text, *citations, subject=Subject.THIS_SCAN, section=section)


NOT_THERE = "the cited text does not stand where the citation says"
WORD_FOR_WORD = "of this scan it may only repeat the cited sentence word for word"
AS_CLASSIFIED = "of the classifier it may only say modality, plane and region as the cited answers give them"
CLASSIFIED = "what the classifier says belongs under Technique"
NO_TECHNIQUE = "only how the scan was made belongs under Technique"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (said(EDEMA, OF_CASE), None),
        (said(EDEMA), "it cites nothing that was retrieved"),
        (said(EDEMA, replace(OF_CASE, case_id="test:C9")), "it cites a case that was not found for this scan"),
        (said(EDEMA, replace(OF_CASE, case_id=None)), "it cites a case that was not found for this scan"),
        (said(EDEMA, replace(OF_CASE, start=1)), NOT_THERE),
        (said(EDEMA, replace(OF_CASE, end=len(QUOTE) + 1)), NOT_THERE),
        (said(EDEMA, replace(OF_CASE, quote="", end=0)), NOT_THERE),
        (said(EDEMA, replace(OF_CASE, section=Section.TREATMENT)), NOT_THERE),
        (said(EDEMA, replace(OF_CASE, case_id="test:C2")), NOT_THERE),
        (said(EDEMA, replace(OF_CASE, section=None)), None),  # the findings, where no section is named
        (said(EDEMA, OF_CASE, replace(OF_CASE, start=3)), NOT_THERE),
        (said("x", OF_CASE, subject=Subject.LITERATURE), "no literature was searched"),
        (said("1 of 3 similar cases reports edema.", OF_CASE), "it counts 1 of 3, the cited cases are 1 of 2"),
        (this_scan(OWN, OF_USER), None),
        (this_scan("EFFUSION  on the left.", OF_USER), None),
        (this_scan(f"{OWN} No mass.", OF_USER, SECOND), None),
        (this_scan(OWN, OF_USER, SECOND), WORD_FOR_WORD),
        (this_scan(f"{OWN} No mass.", OF_USER), WORD_FOR_WORD),
        (this_scan(OWN, replace(OF_USER, start=1)), NOT_THERE),
        (this_scan(QUOTE, OF_CASE), "it says of this scan what stands in another patient's case"),
        (this_scan("MR (by the classifier).", SEEN, section=DraftSection.TECHNIQUE), None),
        (this_scan("MR (by the classifier).", SEEN), CLASSIFIED),
        (this_scan(OWN, OF_USER, section=DraftSection.TECHNIQUE), NO_TECHNIQUE),
        (this_scan("CT (by the classifier).", SEEN, section=DraftSection.TECHNIQUE), AS_CLASSIFIED),
        (this_scan("MR, axial (by the classifier).", SEEN, section=DraftSection.TECHNIQUE), AS_CLASSIFIED),
        (this_scan(f"{OWN} MR (by the classifier).", OF_USER, SEEN, section=DraftSection.TECHNIQUE), AS_CLASSIFIED),
    ],
)
def test_a_statement_stands_or_is_dropped_for_the_first_thing_that_is_wrong_with_it(statement, reason):
    assert fault(statement) == reason


def test_nothing_of_the_user_stands_where_nothing_was_written():
    assert fault(this_scan(OWN, OF_USER), DraftRequest()) == NOT_THERE


def test_the_user_may_say_how_the_scan_was_made():
    request = DraftRequest(findings="MR of the left knee: no tear.")
    lead = Citation(Origin.USER, "MR of the left knee", None, Section.FINDINGS, None, 0, 19)
    assert fault(this_scan(lead.quote, lead, section=DraftSection.TECHNIQUE), request) is None
    assert fault(this_scan(lead.quote, lead), request) is None


def test_a_caption_is_looked_up_at_its_image():
    caption = CASES[0].images[1].caption
    cited = Citation(Origin.CASE, caption, ID, Section.CAPTION, CASES[0].images[1].image_id, 0, len(caption))
    statement = said("x", cited, subject=Subject.LITERATURE)
    assert fault(statement) == "no literature was searched"
    case = replace(CASES[0], images=(CASES[0].images[0], replace(CASES[0].images[1], caption="other")))
    assert fault(statement, cases=[case]) == NOT_THERE


def test_statements_are_divided_in_their_order():
    good, bad = said(EDEMA, OF_CASE), said("nothing")
    kept, dropped = check_statements([bad, good, bad, good], REQUEST, CASES)
    assert kept == [good, good]
    assert [one.reason for one in dropped] == ["it cites nothing that was retrieved"] * 2
