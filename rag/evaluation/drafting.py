"""Measure drafts: draft for held-out cases and compare with what was really found in them.

Beside the drafts, on the same cases: a copy of the findings of the nearest case, and of a random case. The copies say
of this scan what another patient's case says, which a draft never may; they are here as the floor of what is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from clip.bert_score import BertScorer
from clip.evaluation.estimates import Estimate
from ingest.case import Case
from ingest.errors import InputError
from ingest.notices import Notice
from ingest.progress import ProgressCallback, ignore_progress
from ingest.vocabulary import Section
from rag.drafts.draft import Draft, write_draft
from rag.drafts.language_model import LanguageModel
from rag.evaluation.draft_scores import (
    BERT_METRICS,
    CITATION_METRICS,
    FINDING_METRICS,
    TEXT_METRICS,
    citation_scores,
    claims_of,
    claims_of_draft,
    finding_scores,
    findings_text,
    text_scores,
    with_bert,
)
from rag.evaluation.held_out import HeldOut, hold_out
from rag.evaluation.intervals import mean_with_interval
from rag.evaluation.protocol import SEED
from rag.search.search import CaseSearch

DRAFT = "draft"
NEAREST = "nearest"  # its findings, copied
RANDOM = "random"
COPIES = (NEAREST, RANDOM)

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


def evaluate_drafts(
    search: CaseSearch,
    *,
    asking: Set[str] | None = None,
    candidates: Set[str] | None = None,
    language_model: LanguageModel | None = None,
    bert_scorer: BertScorer | None = None,
    seed: int = SEED,
    on_progress: ProgressCallback = ignore_progress,
) -> DraftEvaluation:
    """Draft for each of the asking cases from its images, history, age and sex, and score the drafts.

    Parameters
    ----------
    asking, candidates : set of str, optional
        The cases that are drafted for, and those that may be found; all by default.
    language_model : LanguageModel, optional
        Who words the drafts; they are composed from the evidence by default.
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
    held = hold_out(search, cases, scored, seed=seed, on_progress=on_progress)
    drafts = [_drafted(one, search, language_model) for one in held]
    scores = {DRAFT: [_draft_scores(one, draft, search) for one, draft in zip(held, drafts, strict=True)]}
    copied = _copied(held, cases, seed)
    for name, copies in copied.items():
        scores[name] = [_copy_scores(one.case, copy) for one, copy in zip(held, copies, strict=True)]
    if bert_scorer is not None:
        texts = {DRAFT: [findings_text(draft) for draft in drafts]}
        texts |= {name: [_findings(copy) for copy in copies] for name, copies in copied.items()}
        real = [_findings(one.case) for one in held]
        scores = {name: with_bert(bert_scorer, found, texts[name], real) for name, found in scores.items()}
    return DraftEvaluation(
        drafted=len(held),
        without_findings=len(wanted) - len(scored),
        candidates=len(cases),
        seed=seed,
        author=language_model.name if language_model else drafts[0].author,
        image_encoder=search.image_encoder.name,
        text_encoder=search.text_encoder.name,
        writers={name: _estimates(found, seed) for name, found in scores.items()},
        differences={f"minus {name}": _differences(scores[DRAFT], scores[name], seed) for name in COPIES},
        statements=sum(len(draft.statements) for draft in drafts),
        dropped=sum(len(draft.dropped) for draft in drafts),
        uncited=round(sum(len(d.statements) * (1 - s["cited"]) for d, s in zip(drafts, scores[DRAFT], strict=True))),
        wrong_subjects=round(sum(one["wrong_subject"] for one in scores[DRAFT])),
        notices=tuple(dict.fromkeys(notice for one in held for notice in one.notices)),
    )


def _drafted(one: HeldOut, search: CaseSearch, language_model: LanguageModel | None) -> Draft:
    """Draft for a case. Where nothing of a model stood, it gets no credit for the draft without a model."""
    draft = write_draft(one.request, one.hits, search.store, language_model=language_model)
    return draft if language_model is None or draft.author == language_model.name else replace(draft, statements=())


def _draft_scores(one: HeldOut, draft: Draft, search: CaseSearch) -> Scores:
    stood_on = [search.store.get(similar.case_id).case for similar in draft.similar_cases]
    return {
        **finding_scores(claims_of_draft(draft), claims_of(one.case)),
        **text_scores(findings_text(draft), _findings(one.case)),
        **citation_scores(draft, one.request, stood_on),
    }


def _copied(held: Sequence[HeldOut], cases: Sequence[Case], seed: int) -> dict[str, list[Case | None]]:
    """Return for each case that was held out the one nearest to it, where any was found, and a random one."""
    by_id = {case.case_id: case for case in cases}
    random = np.random.default_rng(seed)
    nearest = [by_id[one.hits[0].case_id] if one.hits else None for one in held]
    chosen: list[Case | None] = []
    for one in held:
        others = [case for case in cases if case.case_id != one.case.case_id]
        chosen.append(others[int(random.integers(len(others)))])
    return {NEAREST: nearest, RANDOM: chosen}


def _copy_scores(case: Case, copied: Case | None) -> Scores:
    found = finding_scores(claims_of(copied) if copied else {}, claims_of(case))
    return {**found, **text_scores(_findings(copied), _findings(case))}


def _findings(case: Case | None) -> str:
    return case.sections.get(Section.FINDINGS, "") if case else ""


def _estimates(scores: Sequence[Scores], seed: int) -> Estimates:
    metrics = (*FINDING_METRICS, *TEXT_METRICS, *BERT_METRICS, *CITATION_METRICS)
    return {
        metric: mean_with_interval([one[metric] for one in scores], seed) for metric in metrics if metric in scores[0]
    }


def _differences(first: Sequence[Scores], second: Sequence[Scores], seed: int) -> Estimates:
    return {
        metric: mean_with_interval([a[metric] - b[metric] for a, b in zip(first, second, strict=True)], seed)
        for metric in (*FINDING_METRICS, *TEXT_METRICS, *BERT_METRICS)
        if metric in first[0]
    }
