"""Check what a draft says against the places that it cites. What cannot be found there does not pass.

Whoever wrote a statement, this program or a language model, the same rules hold. Of *this scan* only whole sentences
of the user may be said, word for word, and the one sentence that the classifier's answers make. What may be said of
*similar cases*: `rag.drafts.support`. What may speak for or against a diagnosis: `rag.drafts.reasons`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ingest.case import Case
from ingest.vocabulary import Section
from rag.drafts.evidence import DraftRequest
from rag.drafts.reasons import ground_fault
from rag.drafts.statements import (
    OF_SIMILAR_CASES,
    Citation,
    DraftSection,
    Dropped,
    Origin,
    Statement,
    Subject,
)
from rag.drafts.support import similar_cases_fault
from rag.drafts.technique import classifier_sentence, says_technique

_NOT_REPEATED = "of this scan it may only repeat the cited sentence word for word"
_NOT_CLASSIFIED = "of the classifier it may only say modality, plane and region as the cited answers give them"


def check_statements(
    statements: Iterable[Statement], request: DraftRequest, cases: Sequence[Case], others: Iterable[Case] = ()
) -> tuple[list[Statement], list[Dropped]]:
    """Divide statements into those that their citations support and those that they do not, each with the reason.

    Parameters
    ----------
    cases : sequence of Case
        The similar cases that were found, as the store has them now.
    others : iterable of Case
        Other cases that have a diagnosis of the differential: only a reason for or against it may cite them.
    """
    similar = {case.case_id: case for case in cases}
    with_diagnosis = {**similar, **{case.case_id: case for case in others}}
    kept: list[Statement] = []
    dropped: list[Dropped] = []
    for statement in statements:
        by_id = similar if statement.ground is None else with_diagnosis
        reason = _fault(statement, request, by_id)
        if reason is None:
            kept.append(statement)
        else:
            dropped.append(Dropped(statement.section, statement.subject, statement.text, reason))
    return kept, dropped


def _fault(statement: Statement, request: DraftRequest, cases: Mapping[str, Case]) -> str | None:
    """Return why a statement may not stand, or None."""
    if not statement.evidence:
        return "it cites nothing that was retrieved"
    for citation in statement.citations:
        fault = _citation_fault(citation, request, cases)
        if fault:
            return fault
    if statement.subject is Subject.THIS_SCAN:
        return _this_scan_fault(statement)
    if statement.ground is not None or statement.subject is Subject.WITH_DIAGNOSIS:
        return ground_fault(statement, request, cases)
    if statement.subject is Subject.SIMILAR_CASES:
        return similar_cases_fault(statement, len(cases))
    return "no literature was searched"


def _citation_fault(citation: Citation, request: DraftRequest, cases: Mapping[str, Case]) -> str | None:
    if citation.origin is Origin.CLASSIFIER:
        return None
    if citation.origin is Origin.USER:
        text = request.text_of(citation.section)
    elif citation.case_id is None or citation.case_id not in cases:
        return "it cites a case that was not found for this scan"
    else:
        text = cases[citation.case_id].text_of(citation.section or Section.FINDINGS, citation.image_id)
    if text is None or not citation.quote or text[citation.start : citation.end] != citation.quote:
        return "the cited text does not stand where the citation says"
    return None


def _this_scan_fault(statement: Statement) -> str | None:
    origins = {citation.origin for citation in statement.citations}
    if Origin.CASE in origins:
        return "it says of this scan what stands in another patient's case"
    if fault := _technique_fault(statement, by_classifier=Origin.CLASSIFIER in origins):
        return fault
    if statement.section in OF_SIMILAR_CASES:
        return f"{statement.section} is for what similar cases say"
    told = any(citation.section is Section.HISTORY for citation in statement.citations)
    if told != (statement.section is DraftSection.INDICATION):
        return "what the history says belongs under Indication, and nothing else does"
    quotes = [citation.quote for citation in statement.citations]
    classified = Origin.CLASSIFIER in origins
    said = classifier_sentence(quotes) if classified else " ".join(quotes)
    if said.casefold().split() != statement.text.casefold().split():
        return _NOT_CLASSIFIED if classified else _NOT_REPEATED
    return None


def _technique_fault(statement: Statement, *, by_classifier: bool) -> str | None:
    if statement.section is not DraftSection.TECHNIQUE:
        return "what the classifier says belongs under Technique" if by_classifier else None
    told = by_classifier or says_technique(statement.text)
    return None if told else "only how the scan was made belongs under Technique"
