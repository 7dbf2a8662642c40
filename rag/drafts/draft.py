"""Write a draft on a scan: gather evidence, compose statements, check each, keep what stands.

A draft is machine-made and unreviewed, and every form of it says so (`rag.drafts.render`). It does not diagnose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ingest.case import Case
from ingest.notices import Notice, NoticeCode
from ingest.store.interface import DocumentStore
from ingest.store.stored_form import Clock, utc_now, written_at
from ingest.vocabulary import Modality
from rag.diagnosis_votes import diagnoses_of, score_diagnoses
from rag.drafts.citations import check_statements
from rag.drafts.compose import RankedDifferential, compose_statements, reasons_of, this_scan_statements
from rag.drafts.evidence import MAX_CASES, DraftRequest, gather_evidence
from rag.drafts.language_model import LanguageModel, StatementProgress, ignore_statements
from rag.drafts.organs import field_scanned
from rag.drafts.prompt_injection import prompt_injection_notices
from rag.drafts.region import region_scanned
from rag.drafts.scanned_fields import ScannedField
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
    """Statements that their citations support, those that were dropped, and what the reader should know.

    Attributes
    ----------
    request : DraftRequest
        What it was made of.
    scanned : ScannedField or None
        What was scanned, where it is known; its organs are those that a report speaks of.
    made_at : str or None
        When it was made, UTC in ISO 8601.
    """

    statements: tuple[Statement, ...]
    dropped: tuple[Dropped, ...]
    similar_cases: tuple[SimilarCase, ...]
    evidence: tuple[Evidence, ...]
    notices: tuple[Notice, ...]
    author: str
    request: DraftRequest = field(default_factory=DraftRequest)
    scanned: ScannedField | None = None
    made_at: str | None = None

    def of(self, section: DraftSection) -> tuple[Statement, ...]:
        """Return the statements of one section, in order."""
        return tuple(statement for statement in self.statements if statement.section is section)


def write_draft(
    request: DraftRequest,
    hits: Sequence[Hit],
    store: DocumentStore,
    *,
    differential: RankedDifferential | None = None,
    modality: Modality | None = None,
    language_model: LanguageModel | None = None,
    on_progress: StatementProgress = ignore_statements,
    notices: Sequence[Notice] = (),
    clock: Clock = utc_now,
) -> Draft:
    """Draft from what is known of this scan and from the cases found for it.

    Parameters
    ----------
    hits : sequence of Hit
        The cases found for ``request.query(...)``; the first `MAX_CASES` count.
    differential : RankedDifferential, optional
        In which order diagnoses stand, and what speaks for and against each; by default as the similar cases rank them.
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
    material = _gathered(request, cases, differential, modality)
    written = _worded(material, language_model, on_progress) if language_model else _composed(material)
    return Draft(
        statements=tuple(written.kept),
        dropped=tuple(written.dropped),
        similar_cases=tuple(
            SimilarCase(case.case_id, case.title, hit.score, case.article.reference if case.article else None)
            for case, hit in zip(cases, hits, strict=True)
        ),
        evidence=material.evidence,
        notices=(
            *notices,
            *written.notices,
            *prompt_injection_notices(request, cases),
            *_gaps(request, material.evidence, len(cases), len(written.dropped)),
        ),
        author=written.author,
        request=request,
        scanned=material.scanned,
        made_at=written_at(clock),
    )


@dataclass(frozen=True)
class _Material:
    """What a draft is made of."""

    request: DraftRequest
    cases: Sequence[Case]
    evidence: tuple[Evidence, ...]
    differential: RankedDifferential
    scanned: ScannedField | None

    def checked(self, statements: Iterable[Statement]) -> tuple[list[Statement], list[Dropped]]:
        """Divide statements into those that stand and those that do not."""
        return check_statements(statements, self.request, self.cases, self.differential.cases.values())


@dataclass(frozen=True)
class _Written:
    """What was written of it, by whom, and what is to be told of how."""

    kept: list[Statement]
    dropped: list[Dropped]
    author: str = EXTRACTIVE
    notices: tuple[Notice, ...] = ()


def _gathered(
    request: DraftRequest, cases: Sequence[Case], differential: RankedDifferential | None, modality: Modality | None
) -> _Material:
    spoken = region_scanned(request)
    return _Material(
        request,
        cases,
        select_evidence(gather_evidence(request, cases), [case.case_id for case in cases], modality),
        differential or RankedDifferential(_ranked_by_cases(cases)),
        field_scanned(spoken.region if spoken else None, request.findings),
    )


def _composed(material: _Material) -> _Written:
    composed = compose_statements(material.evidence, len(material.cases), material.differential, material.scanned)
    return _Written(*material.checked(composed))


def _worded(material: _Material, model: LanguageModel, on_progress: StatementProgress) -> _Written:
    """Let a model word what similar cases show; where nothing of it stands, compose."""
    n = len(material.cases)
    worded = model.write_statements(material.evidence, n, on_progress=on_progress)
    kept, dropped = material.checked(worded.statements)
    if not kept:
        composed = _composed(material)
        notices = (*worded.notices, _nothing_stood(model.name, len(dropped)))
        return replace(composed, dropped=[*dropped, *composed.dropped], notices=notices)
    own, _ = material.checked(this_scan_statements(material.evidence, material.scanned))
    reasons, faults = material.checked(reasons_of(material.evidence, n, material.differential))
    return _Written([*own, *kept, *reasons], [*dropped, *faults], model.name, worded.notices)


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
