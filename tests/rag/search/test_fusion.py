"""Fusion is the formula of the paper, weighted, and says what each channel gave."""

from __future__ import annotations

import pytest

from ingest.vocabulary import Section
from rag.search.fusion import (
    NAMED,
    RANK_OFFSET,
    WEIGHTS,
    Channel,
    Contribution,
    Ranked,
    fuse_rankings,
    shared_ranks,
    weights_with,
)


def ranking(*case_ids):
    return [Ranked(case_id, 1 / place, f"why {case_id}") for place, case_id in enumerate(case_ids, 1)]


def test_scores_follow_weighted_reciprocal_ranks():
    hits = fuse_rankings({Channel.TEXT: ranking("a", "b"), Channel.KEYWORDS: ranking("b", "c")}, 3)
    best = (WEIGHTS[Channel.TEXT] + WEIGHTS[Channel.KEYWORDS]) / (RANK_OFFSET + 1)
    expected = {
        "a": WEIGHTS[Channel.TEXT] / (RANK_OFFSET + 1) / best,
        "b": (WEIGHTS[Channel.TEXT] / (RANK_OFFSET + 2) + WEIGHTS[Channel.KEYWORDS] / (RANK_OFFSET + 1)) / best,
        "c": WEIGHTS[Channel.KEYWORDS] / (RANK_OFFSET + 2) / best,
    }
    assert {hit.case_id: hit.score for hit in hits} == pytest.approx(expected)
    assert [(hit.case_id, hit.rank) for hit in hits] == [("b", 1), ("c", 2), ("a", 3)]
    assert [(part.channel, part.rank, part.why) for part in hits[0].channels] == [
        (Channel.TEXT, 2, "why b"),
        (Channel.KEYWORDS, 1, "why b"),
    ]


def test_a_case_that_is_first_everywhere_scores_one():
    assert fuse_rankings({Channel.IMAGE: ranking("a"), Channel.GRAPH: ranking("a")}, 1)[0].score == pytest.approx(1)


def test_equal_scores_come_in_order_of_case_id():
    hits = fuse_rankings({Channel.TEXT: ranking("b"), Channel.GRAPH: ranking("a")}, 2, dict.fromkeys(Channel, 1.0))
    assert [hit.case_id for hit in hits] == ["a", "b"]


def test_nothing_ranked_is_no_hit():
    assert fuse_rankings({}, 5) == []
    assert fuse_rankings({Channel.TEXT: []}, 5) == []


def test_every_channel_has_a_weight_and_images_count_less_than_words():
    assert set(WEIGHTS) == set(Channel)
    assert WEIGHTS[Channel.IMAGE] < WEIGHTS[Channel.KEYWORDS]


def test_cases_of_equal_score_share_a_rank_and_the_next_comes_after_all_of_them():
    scores = [5.0, 3.0, 3.0, 3.0, 1.0]
    assert shared_ranks([Ranked(str(place), score, "") for place, score in enumerate(scores)]) == [1, 2, 2, 2, 5]
    alike = [Ranked(case_id, 1.0, "") for case_id in "ab"]
    first, second = fuse_rankings({Channel.GRAPH: alike}, 2)
    assert first.score == second.score == pytest.approx(1)


def test_a_case_that_has_the_disease_named_comes_before_one_that_is_first_in_every_other_channel():
    others = {channel: ranking("looks alike") for channel in Channel if channel is not Channel.DIAGNOSIS}
    named = [Ranked(f"has it {number}", 1.0, "") for number in range(50)]
    hits = fuse_rankings({Channel.DIAGNOSIS: named, **others}, 51)
    assert hits[-1].case_id == "looks alike"
    assert sum(weight for channel, weight in WEIGHTS.items() if channel is not Channel.DIAGNOSIS) < NAMED


def test_a_hit_tells_of_each_channel_all_that_the_channel_said():
    said = Ranked("a", 0.25, "why", "a_image", Section.CAPTION, 3, 9)
    [hit] = fuse_rankings({Channel.TEXT: [said]}, 1, {Channel.TEXT: 2.0})
    assert hit.channels == (Contribution(Channel.TEXT, 1, 0.25, 2.0, "why", "a_image", Section.CAPTION, 3, 9),)


def test_passages_count_more_with_the_encoder_for_which_that_was_chosen_and_nothing_else_changes():
    dense, usual = weights_with("all-minilm-l6-v2"), weights_with("tfidf-svd")
    assert usual == WEIGHTS
    assert dense[Channel.TEXT] > usual[Channel.TEXT]
    assert {**dense, Channel.TEXT: usual[Channel.TEXT]} == usual
