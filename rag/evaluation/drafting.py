"""Measure drafts: draft for held-out cases as a workspace does, and compare with what was really found in them.

A case is drafted for by `rag.drafting.draft_from`, from its images, its history with the words of its answer masked,
age and sex, and without itself. Beside the drafts, on the same cases: a copy of the findings of the nearest case, and
of a random case. The copies say of this scan what another patient's case says, which a draft never may; they are here
as the floor of what is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from clip.bert_score import BertScorer
from clip.classification.classify import Prediction
from clip.evaluation.estimates import Estimate
from ingest.case import Case
from ingest.errors import InputError
from ingest.notices import Notice, NoticeCode
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.filters import Filter
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Section
from rag.diagnosis_votes import diagnoses_of
from rag.drafting import DraftArchive, OpenGraph, draft_from
from rag.drafts.draft import Draft, write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.language_model import LanguageModel
from rag.drafts.statements import DraftSection, Subject
from rag.evaluation.draft_scores import (
    BERT_METRICS,
    CITATION_METRICS,
    FINDING_METRICS,
    REGION_METRICS,
    TEXT_METRICS,
    citation_scores,
    claims_of,
    claims_of_draft,
    finding_scores,
    findings_text,
    region_scores,
    text_scores,
    with_bert,
)
from rag.evaluation.held_out import honest_searches, others_than, told_of
from rag.evaluation.intervals import mean_with_interval
from rag.evaluation.protocol import SEED
from rag.search.search import CaseSearch

DRAFT = "draft"
NEAREST = "nearest"  # its findings, copied
RANDOM = "random"
COPIES = (NEAREST, RANDOM)
# What a draft was told and bears on how it was measured; what it lacks of its own case is no news here.
TOLD = frozenset({NoticeCode.VECTORS_LAG, NoticeCode.PASSAGES_NOT_COMPARED, NoticeCode.MODEL})

Scores = Mapping[str, float]
Estimates = Mapping[str, Estimate]


@dataclass(frozen=True)
class DraftEvaluation:
    """How the drafts of held-out cases did.

    Attributes
    ----------
    drafted : int
        Cases that were drafted for and compared.
    without_findings : int
        Cases passed over: their Findings section has no finding of the lexicon, so there is nothing to compare with.
    writers : mapping
        Estimates by writer (the draft, the copy of the nearest case, of a random case) and metric. The copies are not
        scored for citations: they cite nothing.
    differences : mapping
        The draft minus each copy, paired by case.
    statements : int
        How many statements all drafts together hold.
    dropped : int
        How many statements the check left out.
    uncited : int
        How many of the statements lack a citation that stands: must be 0.
    wrong_subjects : int
        How many of the statements have a wrong subject: must be 0.
    """

    drafted: int
    without_findings: int
    candidates: int
    seed: int
    author: str
    image_encoder: str
    text_encoder: str
    writers: Mapping[str, Estimates]
    differences: Mapping[str, Estimates]
    statements: int
    dropped: int
    uncited: int
    wrong_subjects: int
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class DraftingWith:
    """What a workspace drafts with, besides its search.

    Attributes
    ----------
    read_image : callable
        Reads a stored image, by its key.
    graph : callable
        Opens the graph.
    classify : callable or None
        What a classifier that never saw the cases says of an image; None leaves it out.
    language_model : LanguageModel or None
        Who words the drafts; None composes them from the evidence.
    """

    read_image: Callable[[str], bytes]
    graph: OpenGraph
    classify: Callable[[bytes], Mapping[str, Prediction]] | None = None
    language_model: LanguageModel | None = None


@dataclass(frozen=True)
class DraftedCase:
    """A case, what was told of it, and the draft that its reader would have got."""

    case: Case
    request: DraftRequest
    draft: Draft


def evaluate_drafts(
    search: CaseSearch,
    drafting: DraftingWith,
    *,
    asking: Set[str] | None = None,
    candidates: Set[str] | None = None,
    bert_scorer: BertScorer | None = None,
    seed: int = SEED,
    on_progress: ProgressCallback = ignore_progress,
) -> DraftEvaluation:
    """Draft for each of the asking cases from its images, history, age and sex, and score the drafts.

    Parameters
    ----------
    asking, candidates : set of str, optional
        The cases that are drafted for, and those that may be found; all by default.
    bert_scorer : BertScorer, optional
        Compares the words of findings too.
    seed : int
        Of folds, random copies and bootstrap.

    Raises
    ------
    InputError
        If no case has findings to compare with, or there is no other case.
    """
    everyone = [stored.case for stored in search.store.cases()]
    cases = [case for case in everyone if candidates is None or case.case_id in candidates]
    wanted = [case for case in everyone if asking is None or case.case_id in asking]
    scored = [case for case in wanted if claims_of(case)]
    if not scored or len(cases) < 2:
        raise InputError(f"none of {len(wanted)} cases has findings to compare a draft with. Evaluate on other cases.")
    drafted = drafts_without(search, drafting, scored, cases, candidates, seed=seed, on_progress=on_progress)
    scores = {DRAFT: [_draft_scores(one, search.store) for one in drafted]}
    copied = _copied(drafted, cases, seed)
    for name, copies in copied.items():
        scores[name] = [_copy_scores(one.case, copy) for one, copy in zip(drafted, copies, strict=True)]
    if bert_scorer is not None:
        texts = {DRAFT: [findings_text(one.draft) for one in drafted]}
        texts |= {name: [_findings(copy) for copy in copies] for name, copies in copied.items()}
        real = [_findings(one.case) for one in drafted]
        scores = {name: with_bert(bert_scorer, found, texts[name], real) for name, found in scores.items()}
    statements = [len(one.draft.statements) for one in drafted]
    model = drafting.language_model
    return DraftEvaluation(
        drafted=len(drafted),
        without_findings=len(wanted) - len(scored),
        candidates=len(cases),
        seed=seed,
        author=model.name if model else drafted[0].draft.author,
        image_encoder=search.image_encoder.name,
        text_encoder=search.text_encoder.name,
        writers={name: _estimates(found, seed) for name, found in scores.items()},
        differences={f"minus {name}": _differences(scores[DRAFT], scores[name], seed) for name in COPIES},
        statements=sum(statements),
        dropped=sum(len(one.draft.dropped) for one in drafted),
        uncited=round(sum(n * (1 - s["cited"]) for n, s in zip(statements, scores[DRAFT], strict=True))),
        wrong_subjects=round(sum(one["wrong_subject"] for one in scores[DRAFT])),
        notices=tuple(dict.fromkeys(notice for one in drafted for notice in one.draft.notices if notice.code in TOLD)),
    )


def drafts_without(
    search: CaseSearch,
    drafting: DraftingWith,
    asking: Sequence[Case],
    cases: Sequence[Case],
    candidates: Set[str] | None = None,
    *,
    seed: int = SEED,
    on_progress: ProgressCallback = ignore_progress,
) -> list[DraftedCase]:
    """Draft for each of the asking cases as a workspace does, the case itself left out.

    Parameters
    ----------
    cases : sequence of Case
        All cases that may be found; `candidates` are their ids where they are not all of the archive.
    seed : int
        Deals the asking cases to folds.
    """
    found: dict[str, DraftedCase] = {}
    for case, honest in honest_searches(search, cases, asking, seed):
        archive = DraftArchive(search.store, honest.search, drafting.graph)
        found[case.case_id] = _drafted(case, archive, drafting, others_than(case, candidates))
        on_progress(len(found), len(asking))
    return [found[case.case_id] for case in asking]


def _drafted(case: Case, archive: DraftArchive, drafting: DraftingWith, where: Filter) -> DraftedCase:
    """Draft for a case. Where nothing of a model stood, it gets no credit for the draft without a model."""
    images = [drafting.read_image(image.object_key) for image in case.images if image.object_key]
    request = told_of(case)
    if drafting.classify and images:
        request = replace(request, predictions=drafting.classify(images[0]))
    model = drafting.language_model
    if not (images or request.background):
        return DraftedCase(case, request, write_draft(request, (), archive.store))
    draft = draft_from(archive, request, images=images, where=where, language_model=model)
    is_composed = model is not None and draft.author != model.name
    return DraftedCase(case, request, replace(draft, statements=()) if is_composed else draft)


def _draft_scores(one: DraftedCase, store: DocumentStore) -> Scores:
    draft = one.draft
    similar = [store.get(similar.case_id).case for similar in draft.similar_cases]
    cited = {row.case_id for statement in draft.statements for row in statement.evidence if row.case_id}
    by_id = {case_id: store.get(case_id).case for case_id in cited}
    entries = [said for said in draft.of(DraftSection.DIFFERENTIAL) if said.subject is Subject.SIMILAR_CASES]
    return {
        **finding_scores(claims_of_draft(draft), claims_of(one.case)),
        **text_scores(findings_text(draft), _findings(one.case)),
        **citation_scores(draft, one.request, similar, tuple(by_id.values())),
        **region_scores([[by_id[row.case_id] for row in said.evidence if row.case_id] for said in entries], one.case),
    }


def _copied(drafted: Sequence[DraftedCase], cases: Sequence[Case], seed: int) -> dict[str, list[Case | None]]:
    """Return for each case that was drafted for the one nearest to it, where any was found, and a random one."""
    by_id = {case.case_id: case for case in cases}
    random = np.random.default_rng(seed)
    found = [next(iter(one.draft.similar_cases), None) for one in drafted]
    chosen: list[Case | None] = []
    for one in drafted:
        others = [case for case in cases if case.case_id != one.case.case_id]
        chosen.append(others[int(random.integers(len(others)))])
    return {NEAREST: [by_id[one.case_id] if one else None for one in found], RANDOM: chosen}


def _copy_scores(case: Case, copied: Case | None) -> Scores:
    found = finding_scores(claims_of(copied) if copied else {}, claims_of(case))
    said = [[copied]] if copied and diagnoses_of(copied).names else []  # all of its differential rests on itself
    return {**found, **text_scores(_findings(copied), _findings(case)), **region_scores(said, case)}


def _findings(case: Case | None) -> str:
    return case.sections.get(Section.FINDINGS, "") if case else ""


def _estimates(scores: Sequence[Scores], seed: int) -> Estimates:
    metrics = (*FINDING_METRICS, *TEXT_METRICS, *BERT_METRICS, *CITATION_METRICS, *REGION_METRICS)
    values = {metric: [one[metric] for one in scores if metric in one] for metric in metrics}
    return {metric: mean_with_interval(found, seed) for metric, found in values.items() if found}


def _differences(first: Sequence[Scores], second: Sequence[Scores], seed: int) -> Estimates:
    metrics = (*FINDING_METRICS, *TEXT_METRICS, *BERT_METRICS, *REGION_METRICS)
    values = {
        metric: [a[metric] - b[metric] for a, b in zip(first, second, strict=True) if metric in a and metric in b]
        for metric in metrics
    }
    return {metric: mean_with_interval(found, seed) for metric, found in values.items() if found}
