"""Write a draft on a scan: gather evidence, compose statements, check each, keep what stands.

A draft is machine-made and unreviewed, and every form of it says so (`rag.drafts.render`). It does not diagnose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.case import Case
from ingest.notices import Notice, NoticeCode
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Modality
from rag.diagnosis_votes import diagnoses_of, score_diagnoses
from rag.drafts.citations import check_statements
from rag.drafts.compose import compose_statements, this_scan_statements
from rag.drafts.evidence import MAX_CASES, DraftRequest, gather_evidence
from rag.drafts.language_model import LanguageModel, StatementProgress, ignore_statements
from rag.drafts.prompt_injection import prompt_injection_notices
from rag.drafts.selection import select_evidence
from rag.drafts.statements import DraftSection, Dropped, Evidence, EvidenceKind, Statement
from rag.search.fusion import Hit

EXTRACTIVE = "CaseGraph, from the evidence itself, without a language model"


@dataclass(frozen=True)
class SimilarCase:
    """A case that the draft stands on; `reference` names article and licence of a published one."""

    case_id: str
    title: str
    score: float
    reference: str | None = None


@dataclass(frozen=True)
class Draft:
    """Statements that their citations support, those that were dropped, and what the reader should know."""

    statements: tuple[Statement, ...]
    dropped: tuple[Dropped, ...]
    similar_cases: tuple[SimilarCase, ...]
    evidence: tuple[Evidence, ...]
    notices: tuple[Notice, ...]
    author: str

    def of(self, section: DraftSection) -> tuple[Statement, ...]:
        """Return the statements of one section, in order."""
        return tuple(statement for statement in self.statements if statement.section is section)


def write_draft(
    request: DraftRequest,
    hits: Sequence[Hit],
    store: DocumentStore,
    *,
    ranked: Sequence[str] | None = None,
    modality: Modality | None = None,
    language_model: LanguageModel | None = None,
    on_progress: StatementProgress = ignore_statements,
    notices: Sequence[Notice] = (),
) -> Draft:
    """Draft from what is known of this scan and from the cases found for it.

    Parameters
    ----------
    hits : sequence of Hit
        The cases found for ``request.query(...)``; the first `MAX_CASES` count.
    ranked : sequence of str
        Diagnoses as concepts, in the order of the differential; by default as the similar cases rank them.
    modality : Modality or None
        That of this scan, where it is known: what only others show is not reported of similar cases.
    language_model : LanguageModel or None
        Who words the statements about similar cases; None composes them from the evidence itself. So does a model of
        which no statement stands, and the draft says so and names another author.
    on_progress : callable
        Takes, while a language model writes, how many statements it has begun.
    notices : sequence of Notice
        What search had to say.

    Raises
    ------
    EngineError
        If the language model fails; nothing weaker takes its place.
    """
    hits = hits[:MAX_CASES]
    cases = [store.get(hit.case_id).case for hit in hits]
    evidence = select_evidence(gather_evidence(request, cases), [case.case_id for case in cases], modality)
    author, told = EXTRACTIVE, ()
    worded = language_model.write_statements(evidence, len(cases), on_progress=on_progress) if language_model else None
    kept, dropped = check_statements(worded.statements if worded else (), request, cases)
    if language_model and worded and kept:
        author, told = language_model.name, worded.notices
        kept = [*check_statements(this_scan_statements(evidence), request, cases)[0], *kept]
    else:
        order = ranked if ranked is not None else _ranked_by_cases(cases)
        composed, faults = check_statements(compose_statements(evidence, len(cases), order), request, cases)
        if language_model and worded:
            told = (*worded.notices, _nothing_stood(language_model.name, len(dropped)))
        kept, dropped = composed, [*dropped, *faults]
    return Draft(
        statements=tuple(kept),
        dropped=tuple(dropped),
        similar_cases=tuple(
            SimilarCase(case.case_id, case.title, hit.score, case.article.reference if case.article else None)
            for case, hit in zip(cases, hits, strict=True)
        ),
        evidence=evidence,
        notices=(
            *notices,
            *told,
            *prompt_injection_notices(request, cases),
            *_gaps(request, evidence, len(cases), len(dropped)),
        ),
        author=author,
    )


def _ranked_by_cases(cases: Sequence[Case]) -> list[str]:
    return [concept_id for concept_id, _ in score_diagnoses([diagnoses_of(case) for case in cases], {})]


def _nothing_stood(name: str, n_proposed: int) -> Notice:
    said = f"The evidence supported none of {name}'s {n_proposed} statements; this is the draft without a model."
    return Notice(NoticeCode.MODEL, said)


def _gaps(request: DraftRequest, evidence: Sequence[Evidence], n: int, n_dropped: int) -> list[Notice]:
    technique = any(row.kind in (EvidenceKind.PREDICTION, EvidenceKind.TECHNIQUE) for row in evidence)
    gaps = {
        "No image was classified and the findings name no modality first: Technique is empty.": not technique,
        "No history was written, so nothing is said under Indication.": not (request.history or "").strip(),
        "No findings of this scan were written, so none are stated.": not (request.findings or "").strip(),
        "No similar case was found.": n == 0,
        f"{n_dropped} statements were dropped, since what they cite does not support them.": n_dropped > 0,
    }
    said = [*(sentence for sentence, holds in gaps.items() if holds), "The impression is left to the reader."]
    return [Notice(NoticeCode.GAP, sentence) for sentence in said]
