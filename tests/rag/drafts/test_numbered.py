"""A draft with numbers: those that its written forms have."""

from __future__ import annotations

import re

import pytest

from rag.drafts.draft import write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.life_cycle import document_of, edit_draft, keep_draft
from rag.drafts.numbered import numbered
from rag.drafts.render import draft_document, to_text
from rag.drafts.statements import DraftSection, Subject

FINDINGS = "Ring enhancing lesion in the right parietal lobe. No hydrocephalus."


@pytest.fixture
def draft(search, store):
    request = DraftRequest(findings=FINDINGS)
    return write_draft(request, search.search(request.query()).hits, store)


def cited_numbers(runs):
    """Return the numbers that a text names as "1-3, 5"."""
    ends = (run.partition("-") for run in runs.split(", "))
    return tuple(number for first, _, last in ends for number in range(int(first), int(last or first) + 1))


def test_statements_and_evidence_have_the_numbers_of_the_text(draft):
    document = draft_document(draft)
    text, shown = to_text(document), numbered(document)
    told = [cited_numbers(runs) for runs in re.findall(r"\[(?:this scan|similar cases): ([\d, -]+)\]", text)]
    assert [statement.cites for statement in shown.statements] == told
    assert [statement.number for statement in shown.statements] == list(range(1, len(draft.statements) + 1))
    for number, citation in shown.citations.items():
        assert re.search(rf"^  \[{number}\] .*: {re.escape(citation.quote)}$", text, re.MULTILINE)


def test_what_is_numbered_is_what_was_drafted(draft):
    shown = numbered(draft_document(draft))
    for statement, drafted in zip(shown.statements, draft.statements, strict=True):
        assert (statement.text, statement.subject, statement.section) == (
            drafted.text,
            drafted.subject,
            drafted.section,
        )
        assert {shown.citations[number] for number in statement.cites} == set(drafted.citations)
        assert all(statement in shown.citing(number) for number in statement.cites)
    assert [said.text for said in shown.of(DraftSection.FINDINGS)] == [
        said.text for said in draft.of(DraftSection.FINDINGS)
    ]


def test_what_a_person_worded_is_numbered_too_and_cites_nothing(draft, store):
    keep_draft(store, draft_document(draft), actor="ada")
    kept = edit_draft(store, "D1", 1, "Mass.", name="Dr. Ada Example", actor="ada")
    first = numbered(document_of(kept, kept.newest)).statements[0]
    assert (first.number, first.text, first.subject) == (1, "Mass.", Subject.THIS_SCAN)
    assert (first.cites, first.worded_by) == ((), "Dr. Ada Example")
