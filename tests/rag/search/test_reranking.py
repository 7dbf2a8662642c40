"""The reranker: the best hits are read beside the question, and their order is one more ranking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_models import write_cross_encoder_folder

from clip.cross_encoder import load_cross_encoder
from rag.evaluation.protocol import FUSED, RERANKED, evaluate_search
from rag.evaluation.relevance import Relevance
from rag.search.fusion import Channel
from rag.search.query import Query
from rag.search.reranking import READ, rank_by_reading, text_read

QUESTION = "ring enhancing mass with edema"


class Backwards:
    """Finds the shortest text the best, and remembers what it read."""

    name = "backwards"

    def __init__(self):
        self.read = []

    def score(self, question, texts):
        self.read.append((question, list(texts)))
        return np.array([-len(text) for text in texts], dtype=np.float32)


def test_without_a_model_nothing_is_reread(search):
    answer = search.similar_to_text(QUESTION)
    assert all(part.channel is not Channel.RERANKER for hit in answer.hits for part in hit.channels)


def test_the_order_of_the_model_is_a_ranking_of_the_best_hits(search, store):
    before = search.similar_to_text(QUESTION).hits
    reranker = Backwards()
    after = replace(search, reranker=reranker).search(Query(QUESTION)).hits
    assert reranker.read == [(QUESTION, [text_read(store.get(hit.case_id).case) for hit in before])]
    ranks = {hit.case_id: part for hit in after for part in hit.channels if part.channel is Channel.RERANKER}
    lengths = {hit.case_id: len(text_read(store.get(hit.case_id).case)) for hit in before}
    assert sorted(ranks, key=lambda case_id: ranks[case_id].rank) == sorted(
        lengths, key=lambda case_id: (lengths[case_id], [hit.case_id for hit in before].index(case_id))
    )
    assert " against your words" in ranks[after[0].case_id].why
    assert [hit.case_id for hit in after] != [hit.case_id for hit in before]
    assert {hit.case_id for hit in after} == {hit.case_id for hit in before}


def test_no_more_than_the_best_hits_are_read(search_over, search):
    reranker = Backwards()
    hits = search.similar_to_text(QUESTION).hits
    many = [replace(hits[0], rank=rank) for rank in range(1, READ + 20)]
    assert len(rank_by_reading(reranker, QUESTION, many, search.store)) == READ


@pytest.mark.parametrize("query", [Query(images=(b"aab",)), Query(case_id="test:C1")])
def test_a_question_without_typed_words_is_read_by_those_of_its_case_or_not_at_all(search, query):
    reranker = Backwards()
    replace(search, reranker=reranker).search(query)
    assert bool(reranker.read) is (query.case_id is not None)


def test_a_real_cross_encoder_by_folder_reranks_and_is_measured(search, tmp_path):
    model = load_cross_encoder(str(write_cross_encoder_folder(tmp_path / "model")))
    reread = replace(search, reranker=model)
    assert any(part.channel is Channel.RERANKER for part in reread.similar_to_text(QUESTION).hits[0].channels)
    report = evaluate_search(reread, relevances=(Relevance.SAME_DIAGNOSIS,)).reports[0]
    assert {FUSED, RERANKED} <= report.rankers.keys() and RERANKED in report.differences
    assert RERANKED not in evaluate_search(search, relevances=(Relevance.SAME_DIAGNOSIS,)).reports[0].rankers
