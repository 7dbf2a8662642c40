"""Weights by cross-validation: the fast table against the search's own fusion, and no say for the held-out."""

from __future__ import annotations

import numpy as np
import pytest

from rag.evaluation import weights as module
from rag.evaluation.asking import CaseAnswers
from rag.evaluation.metrics import scores_of
from rag.evaluation.weights import Fusion, RankTable, choose_fusion, first_ranks, out_of_fold_rankings, worth
from rag.search.fusion import NAMED, Channel, Ranked, fuse_rankings

CASES = [f"c{number:02}" for number in range(30)]


@pytest.fixture
def table_and_asked():
    random = np.random.default_rng(4)
    asked, gains = [], []
    for number in range(20):
        relevant = CASES[random.integers(len(CASES))]
        good = [relevant, *random.permutation([c for c in CASES if c != relevant])[:14]]
        bad = random.permutation(CASES)[:12]
        rankings = {
            channel: [Ranked(str(case_id), 1 / place, "") for place, case_id in enumerate(ids, 1)]
            for channel, ids in ((Channel.KEYWORDS, bad), (Channel.LATENT_TOPICS, good))
        }
        asked.append(CaseAnswers(f"q{number}", rankings, ()))
        gains.append({relevant: 1.0})
    return RankTable(asked, gains), asked, gains


def test_the_table_ranks_as_the_search_does(table_and_asked):
    table, asked, _ = table_and_asked
    fusion = Fusion({Channel.KEYWORDS: 1.0, Channel.LATENT_TOPICS: 0.5}, 10)
    for row, one in enumerate(asked):
        expected = [hit.case_id for hit in fuse_rankings(one.rankings, 100, fusion.weights, fusion.rank_offset)]
        assert table.ranking(row, fusion) == expected


def test_first_ranks_are_those_of_the_ranking(table_and_asked):
    table, asked, gains = table_and_asked
    fusion = Fusion({Channel.KEYWORDS: 1.0, Channel.LATENT_TOPICS: 0.2}, 3)
    rows = range(len(asked))
    ranks = first_ranks(table.scores(fusion, table.shares(3, rows)), table.relevant)
    for row in rows:
        assert scores_of(table.ranking(row, fusion), gains[row])["mrr"] == pytest.approx(1 / ranks[row])


def test_the_channel_that_knows_is_trusted_most(table_and_asked):
    table, asked, _ = table_and_asked
    fusion = choose_fusion(table, range(len(asked)))
    assert fusion.weights[Channel.LATENT_TOPICS] == max(module.GRID)
    least = Fusion({Channel.KEYWORDS: 1.0, Channel.LATENT_TOPICS: min(module.GRID)}, 10)
    assert worth(table, fusion, range(20)) > worth(table, least, range(20))


def test_questions_of_one_group_are_never_split_over_folds(table_and_asked, monkeypatch):
    table, asked, _ = table_and_asked
    groups = [f"topic {number // 2}" for number in range(len(asked))]
    chosen_on = []

    def note(_, rows):
        chosen_on.append(set(rows))
        return Fusion({Channel.KEYWORDS: 1.0, Channel.LATENT_TOPICS: 1.0}, 10)

    monkeypatch.setattr(module, "choose_fusion", note)
    rankings = out_of_fold_rankings(table, groups, seed=2)
    assert all(rankings)
    held_out = [set(range(len(asked))) - rows for rows in chosen_on]
    assert sorted(row for rows in held_out for row in rows) == list(range(len(asked)))
    for rows in held_out:
        assert {row ^ 1 for row in rows} == rows


def test_that_a_disease_is_named_decides_by_rule_and_is_weighed_by_no_measure():
    misleading = {
        Channel.DIAGNOSIS: [Ranked("c01", 1.0, "")],
        Channel.KEYWORDS: [Ranked("c02", 2.0, ""), Ranked("c01", 1.0, "")],
    }
    table = RankTable([CaseAnswers("q", misleading, ())], [{"c02": 1.0}])
    fusion = choose_fusion(table, [0])
    assert fusion.weights[Channel.DIAGNOSIS] == NAMED
    assert table.ranking(0, fusion) == ["c01", "c02"]
