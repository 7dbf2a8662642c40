"""Let cases of an archive ask for their like: what each channel answers to a masked case, leave-case-out.

A case never finds itself. What the search learns from texts (its topics, and a text encoder that is fitted on the
corpus) is learnt again for each fold of asking cases without the cases of that fold: a case that was learnt from is a
bridge from its own words to the cases of its disease, and no new case of a user has that bridge.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from clip.encoder_names import TFIDF_SVD
from clip.encoders import TextEncoder
from clip.tfidf import fit_tfidf_svd
from ingest.case import Case
from ingest.notices import Notice
from ingest.progress import ProgressCallback, ignore_progress
from rag.evaluation.baseline import PlainBm25
from rag.evaluation.masking import masked_question
from rag.evaluation.metrics import DEPTH
from rag.index.interface import VectorRow
from rag.index.opening import index_in_memory
from rag.index.passages import Passage, passages_of
from rag.search.channels import rank_by_image, require_unit
from rag.search.fusion import Channel
from rag.search.latent_topics import LatentTopicIndex
from rag.search.nearest_images import as_given
from rag.search.query import Query
from rag.search.search import CaseSearch, Rankings

FOLDS = 10


@dataclass(frozen=True)
class CaseAnswers:
    """One case that asked: what each channel, plain BM25 and a reranker answered, and what could not be asked."""

    case_id: str
    rankings: Rankings
    bm25: tuple[str, ...]
    notices: tuple[Notice, ...] = ()
    reread: Rankings = field(default_factory=dict)


def ask_with_cases(
    search: CaseSearch,
    cases: Sequence[Case],
    asking: Sequence[Case],
    *,
    seed: int,
    on_progress: ProgressCallback = ignore_progress,
) -> list[CaseAnswers]:
    """Ask the search with each of the asking cases, masked, and return the answers in their order.

    Parameters
    ----------
    search : CaseSearch
        The search to measure.
    cases : sequence of Case
        All cases that may be found.
    asking : sequence of Case
        Those that ask; a case of which masking leaves no word is passed over.
    seed : int
        Deals the asking cases to the folds.
    on_progress : callable
        Is told how many cases have asked, of how many.
    """
    may_ask = [case for case in asking if masked_question(case).has_words]
    bm25 = PlainBm25(cases)
    everyone = frozenset(case.case_id for case in cases)
    passages = [passage for case in cases for passage in passages_of(case)]
    answers: dict[str, CaseAnswers] = {}
    for fold in folds_of(may_ask, seed):
        held_out = frozenset(case.case_id for case in fold)
        honest = refit_without(search, passages, held_out)
        for case in fold:
            answers[case.case_id] = _ask(honest, bm25, case, everyone - {case.case_id})
            on_progress(len(answers), len(may_ask))
    return [answers[case.case_id] for case in may_ask]


def folds_of(asking: Sequence[Case], seed: int) -> Iterator[list[Case]]:
    """Deal the cases to `FOLDS` folds, at random but the same for the same seed."""
    order: list[int] = np.random.default_rng(seed).permutation(len(asking)).tolist()
    for number in range(FOLDS):
        if fold := [asking[place] for place in order[number::FOLDS]]:
            yield fold


def refit_without(search: CaseSearch, passages: Sequence[Passage], held_out: Set[str]) -> CaseSearch:
    """Return the search with all that it learns from texts learnt again, without the cases held out.

    Parameters
    ----------
    passages : sequence of Passage
        All passages that may be found.
    """
    topics = LatentTopicIndex(search.keywords.words, leave_out=held_out)
    if search.text_encoder.name != TFIDF_SVD:  # fitted elsewhere: it knows no case of this archive
        return replace(search, topics=topics)
    with tempfile.TemporaryDirectory() as folder:
        texts = (passage.text for passage in passages if passage.case_id not in held_out)
        encoder: TextEncoder = fit_tfidf_svd(texts, Path(folder))
    rows = tuple(VectorRow(passage.vector_id, passage.case_id, passage.vector_id) for passage in passages)
    vectors = encoder.embed_texts([passage.text for passage in passages])
    texts_index = index_in_memory(rows, vectors, encoder, sequence=search.texts.covered_sequence)
    return replace(search, topics=topics, texts=texts_index, text_encoder=encoder)


def _ask(search: CaseSearch, bm25: PlainBm25, case: Case, allowed: Set[str]) -> CaseAnswers:
    """Ask with the masked texts and the images of a case. Its id is used for its images only."""
    question = masked_question(case)
    query = Query(text=question.text or None, background=question.background or None, k=DEPTH, literal=True)
    rankings, notices = search.rankings(query, None, DEPTH, allowed)
    images = search.images.vectors_of(case.case_id)
    if len(images):
        vectors = require_unit(images, search.image_encoder.name)
        rankings[Channel.IMAGE] = rank_by_image(
            search.images, as_given(vectors, "an image of the case"), DEPTH, allowed
        )
    plain = bm25.rank(f"{question.text}\n{question.background}", DEPTH, allowed)
    reread = search.reread(question.text or question.background, rankings)
    return CaseAnswers(case.case_id, rankings, tuple(plain), tuple(notices), reread)
