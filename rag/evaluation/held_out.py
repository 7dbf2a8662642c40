"""Cases held out to be drafted for: what a draft may know of each, and the similar cases found with that.

A draft is given the images, the history with the words of the answer masked, age and sex, and nothing else. The case
never finds itself, and what search learns from texts is learnt without it (`rag.evaluation.asking`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from ingest.case import Case
from ingest.notices import Notice
from ingest.progress import ProgressCallback, ignore_progress
from ingest.vocabulary import Section
from rag.drafts.evidence import DraftRequest
from rag.evaluation.asking import folds_of, refit_without
from rag.evaluation.masking import answer_words, without_words
from rag.index.passages import passages_of
from rag.search.channels import rank_by_image, require_unit
from rag.search.fusion import Channel, Hit, fuse_rankings
from rag.search.nearest_images import as_given
from rag.search.query import Query
from rag.search.search import DEPTH, CaseSearch


@dataclass(frozen=True)
class HeldOut:
    """A case, what is told of it, and the cases found for it, best first."""

    case: Case
    request: DraftRequest
    hits: tuple[Hit, ...]
    notices: tuple[Notice, ...]


def hold_out(
    search: CaseSearch,
    cases: Sequence[Case],
    asking: Sequence[Case],
    *,
    seed: int,
    on_progress: ProgressCallback = ignore_progress,
) -> list[HeldOut]:
    """Hold out each of the asking cases in turn and find similar cases among the others.

    Parameters
    ----------
    cases : sequence of Case
        All cases that may be found.
    seed : int
        Deals the asking cases to folds.
    """
    found: dict[str, HeldOut] = {}
    for case, honest in honest_searches(search, cases, asking, seed):
        allowed = frozenset(other.case_id for other in cases) - {case.case_id}
        found[case.case_id] = _hold_out(honest, case, allowed)
        on_progress(len(found), len(asking))
    return [found[case.case_id] for case in asking]


def honest_searches(
    search: CaseSearch, cases: Sequence[Case], asking: Sequence[Case], seed: int
) -> Iterator[tuple[Case, CaseSearch]]:
    """Yield each asking case with a search that has learnt nothing from it."""
    passages = [passage for case in cases for passage in passages_of(case)]
    for fold in folds_of(asking, seed):
        honest = refit_without(search, passages, frozenset(case.case_id for case in fold))
        yield from ((case, honest) for case in fold)


def told_of(case: Case) -> DraftRequest:
    """Return what a draft may know of a case besides its images."""
    history = without_words(case.sections.get(Section.HISTORY, ""), answer_words(case))
    return DraftRequest(history=history, age_years=case.patient.age_years, sex=case.patient.sex)


def hits_for(
    search: CaseSearch, case: Case, query: Query | None, allowed: Set[str], *, images: bool = True
) -> tuple[list[Hit], list[Notice]]:
    """Return the cases found with a question, if any, and with the stored images of a case, and what is to be told."""
    rankings, notices = search.rankings(query, None, DEPTH, allowed) if query else ({}, [])
    stored = search.images.vectors_of(case.case_id)
    if images and len(stored):
        vectors = require_unit(stored, search.image_encoder.name)
        rankings[Channel.IMAGE] = rank_by_image(
            search.images, as_given(vectors, "an image of the case"), DEPTH, allowed
        )
    return fuse_rankings(rankings, DEPTH, search.weights), notices


def _hold_out(search: CaseSearch, case: Case, allowed: Set[str]) -> HeldOut:
    request = told_of(case)
    query = Query(background=request.background, k=DEPTH, literal=True) if request.background else None
    hits, notices = hits_for(search, case, query, allowed)
    return HeldOut(case, request, tuple(hits), tuple(notices))
