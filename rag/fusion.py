"""Several rankings of cases fused into one: weighted reciprocal rank fusion.

Cormack, Clarke, Büttcher, Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank Learning Methods,
SIGIR 2009: a case's score is the sum over the rankings of ``weight / (RANK_OFFSET + rank)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingest.vocabulary import Section

# The paper takes 60, for rankings of equal worth. Ours differ in worth: with 60, two weak channels outvote the first
# ranks of a strong one (see WEIGHTS).
RANK_OFFSET = 10


class Channel(StrEnum):
    """A way to compare a question with a case."""

    PICTURE = "picture"
    TEXT = "text"
    KEYWORDS = "keywords"
    THEMES = "themes"
    GRAPH = "graph"


# How far each channel is trusted, a coarse choice. Share of 150 queries of MedPix 2.0 (train and dev; history, exam,
# findings and pictures, the case's own diagnosis, title and topic words masked; built-in encoders) with a sibling case
# among the first 1 / 5 / 10:
#   keywords alone                     .273 / .560 / .640
#   offset 60, text .4, picture .3     .187 / .447 / .587
#   offset 60, text 1, picture 1       .140 / .327 / .507
#   offset 10, text .2, picture .2     .267 / .547 / .647
# The graph is trusted as the text is; that is not measured yet.
WEIGHTS: Mapping[Channel, float] = {
    Channel.KEYWORDS: 1.0,
    Channel.THEMES: 1.0,
    Channel.TEXT: 0.2,
    Channel.GRAPH: 0.2,
    Channel.PICTURE: 0.2,
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
    rankings: Mapping[Channel, Sequence[Ranked]],
    k: int,
    weights: Mapping[Channel, float] = WEIGHTS,
    rank_offset: float = RANK_OFFSET,
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
    best_possible = sum(weights[channel] for channel in rankings) / (rank_offset + 1) or 1.0
    scores = {
        case_id: sum(part.weight / (rank_offset + part.rank) for part in parts) / best_possible
        for case_id, parts in contributions.items()
    }
    order = sorted(scores, key=lambda case_id: (-scores[case_id], case_id))[:k]
    return [Hit(case_id, scores[case_id], rank, tuple(contributions[case_id])) for rank, case_id in enumerate(order, 1)]
