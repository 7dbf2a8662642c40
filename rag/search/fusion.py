"""Several rankings of cases fused into one: weighted reciprocal rank fusion.

Cormack, Clarke, Büttcher, Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank Learning Methods,
SIGIR 2009: a case's score is the sum over the rankings of ``weight / (RANK_OFFSET + rank)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clip.encoder_names import MINILM
from ingest.vocabulary import Section


class Channel(StrEnum):
    """A way to compare a question with a case."""

    DIAGNOSIS = "diagnosis"
    IMAGE = "image"
    TEXT = "text"
    KEYWORDS = "keywords"
    LATENT_TOPICS = "latent topics"
    GRAPH = "graph"
    RERANKER = "reranker"


# A case that has the very disease named comes before those that resemble it: more than all others together.
NAMED = 10.0

# How far each channel is trusted, and how fast trust falls with the rank (the paper takes 60, for rankings of equal
# worth). Chosen and written by `python -m benchmarks.choose_weights --write`; what it reaches out of fold stands in
# benchmarks/results/choose_weights.csv, the protocol in docs/explanation/evaluation.md. With other encoders, choose
# again.
RANK_OFFSET = 3
WEIGHTS: Mapping[Channel, float] = {
    Channel.DIAGNOSIS: NAMED,
    Channel.IMAGE: 0.2,
    Channel.TEXT: 0.2,
    Channel.KEYWORDS: 1.0,
    Channel.LATENT_TOPICS: 1.0,
    Channel.GRAPH: 0.2,
    Channel.RERANKER: 1.0,  # as the best channel of words: not chosen, since it depends on the model that is named
}

# With this text encoder passages count twice as much as words: the best of .2, .5, 1, 1.5 and 2 on the choosing half of
# the questions of `benchmarks.quality_questions`.
TEXT_WEIGHTS: Mapping[str, float] = {MINILM: 2.0}


def weights_with(text_encoder: str) -> Mapping[Channel, float]:
    """Return how far each channel is trusted where this text encoder compares passages."""
    return {**WEIGHTS, Channel.TEXT: TEXT_WEIGHTS.get(text_encoder, WEIGHTS[Channel.TEXT])}


@dataclass(frozen=True)
class Ranked:
    """One case in one channel's ranking: its score there, where in the case the match lies, and why, in words."""

    case_id: str
    score: float
    why: str
    image_id: str | None = None
    section: Section | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Contribution:
    """What one channel says of one hit.

    Attributes
    ----------
    rank : int
        Its rank for the channel.
    score : float
        What the channel itself gives it; scores of two channels do not compare.
    weight : float
        How much the rank counts.
    why : str
        What was found, in words.
    image_id : str or None
        The image that matched, or whose caption did.
    section, start, end : Section or int or None
        The passage that matched, as characters of that text.
    """

    channel: Channel
    rank: int
    score: float
    weight: float
    why: str
    image_id: str | None = None
    section: Section | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Hit:
    """One case found. `score` is 1 for a case that every channel asked puts first."""

    case_id: str
    score: float
    rank: int
    channels: tuple[Contribution, ...]


def fuse_rankings(
    rankings: Mapping[Channel, Sequence[Ranked]],
    k: int | None = None,
    weights: Mapping[Channel, float] = WEIGHTS,
    rank_offset: float = RANK_OFFSET,
) -> list[Hit]:
    """Return the `k` best cases over all rankings, all by default; equal scores in order of case id."""
    contributions: dict[str, list[Contribution]] = {}
    for channel, ranking in rankings.items():
        for rank, ranked in zip(shared_ranks(ranking), ranking, strict=True):
            contribution = Contribution(
                channel,
                rank,
                ranked.score,
                weights[channel],
                ranked.why,
                ranked.image_id,
                ranked.section,
                ranked.start,
                ranked.end,
            )
            contributions.setdefault(ranked.case_id, []).append(contribution)
    best_possible = sum(weights[channel] for channel in rankings) / (rank_offset + 1) or 1.0
    scores = {
        case_id: sum(part.weight / (rank_offset + part.rank) for part in parts) / best_possible
        for case_id, parts in contributions.items()
    }
    order = sorted(scores, key=lambda case_id: (-scores[case_id], case_id))[:k]
    return [Hit(case_id, scores[case_id], rank, tuple(contributions[case_id])) for rank, case_id in enumerate(order, 1)]


def shared_ranks(ranking: Sequence[Ranked]) -> list[int]:
    """Return the rank of each case of a ranking, from 1; cases of equal score share the first of their ranks."""
    ranks: list[int] = []
    for place, ranked in enumerate(ranking):
        equal = place > 0 and ranked.score == ranking[place - 1].score
        ranks.append(ranks[-1] if equal else place + 1)
    return ranks
