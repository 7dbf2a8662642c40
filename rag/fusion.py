"""Several rankings of cases fused into one: weighted reciprocal rank fusion.

Cormack, Clarke, Büttcher, Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank Learning Methods,
SIGIR 2009: a case's score is the sum over the rankings of ``weight / (60 + rank)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingest.vocabulary import Section

RANK_OFFSET = 60  # the value of the paper


class Channel(StrEnum):
    """A way to compare a question with a case."""

    PICTURE = "picture"
    TEXT = "text"
    KEYWORDS = "keywords"
    GRAPH = "graph"


# How far each channel is trusted. On MedPix 2.0 (117 queries, case's own diagnosis masked) BM25 alone finds a sibling
# case at rank 1 for .205 of the queries; fused with pictures at equal weights for .154, at weight .3 for .214. The
# built-in text encoder sees the same words as the keywords do, so it adds little that is new.
WEIGHTS: Mapping[Channel, float] = {
    Channel.KEYWORDS: 1.0,
    Channel.TEXT: 0.4,
    Channel.GRAPH: 0.4,
    Channel.PICTURE: 0.3,
}


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
    """What one channel says of one hit."""

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
    rankings: Mapping[Channel, Sequence[Ranked]], k: int, weights: Mapping[Channel, float] = WEIGHTS
) -> list[Hit]:
    """Return the `k` best cases over all rankings; equal scores in order of case id."""
    contributions: dict[str, list[Contribution]] = {}
    for channel, ranking in rankings.items():
        for rank, ranked in enumerate(ranking, start=1):
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
    best_possible = sum(weights[channel] for channel in rankings) / (RANK_OFFSET + 1) or 1.0
    scores = {
        case_id: sum(part.weight / (RANK_OFFSET + part.rank) for part in parts) / best_possible
        for case_id, parts in contributions.items()
    }
    order = sorted(scores, key=lambda case_id: (-scores[case_id], case_id))[:k]
    return [Hit(case_id, scores[case_id], rank, tuple(contributions[case_id])) for rank, case_id in enumerate(order, 1)]
