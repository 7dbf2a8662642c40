"""The ways to compare a question with the cases, each ranking cases among the allowed ones.

A case counts by its best image or passage. What a channel may answer is restricted before it ranks.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol

import numpy as np

from clip.vectors import LENGTH_TOLERANCE, Vectors
from ingest.errors import InputError
from ingest.ids import ImageId
from ingest.vocabulary import Section
from rag.index.interface import Neighbour, VectorIndex
from rag.search.feedback import NO_FEEDBACK, Feedback
from rag.search.fusion import Ranked
from rag.search.keywords import KeywordIndex
from rag.search.latent_topics import LatentTopicIndex
from rag.search.nearest_images import AskingImages, nearest_cases, nearness

WORDS_SHOWN = 5  # what fits on one line of a hit


class SharingCases(Protocol):
    """The question to the graph: which cases share most with a case, or with concepts.

    Answers (case id, score, names of what is shared), best first. Raises EngineError where the graph is down.
    """

    def __call__(
        self, case_id: str | None, concept_ids: Sequence[str], k: int, allowed: Set[str]
    ) -> list[tuple[str, float, list[str]]]:
        """Rank the allowed cases."""
        ...


def rank_by_image(index: VectorIndex, asking: AskingImages, k: int, allowed: Set[str]) -> list[Ranked]:
    """Rank cases by the image nearest to any that asks."""
    return [
        Ranked(
            near.case_id,
            nearness(near, asking),
            f"its image {ImageId(near.row.vector_id).short} resembles {asking.names[near.query_number]} "
            f"({near.similarity:.2f})",
            image_id=near.row.vector_id.partition("#")[0],
        )
        for near in nearest_cases(index, asking, k, allowed)
    ]


def rank_by_text(index: VectorIndex, passages: Vectors, k: int, allowed: Set[str], asked: str) -> list[Ranked]:
    """Rank cases by the passage nearest to any of the question's vectors."""
    return [_ranked_passage(near, asked) for near in index.similar_cases(passages, k, allowed)]


def rank_by_keywords(
    index: KeywordIndex,
    text: str,
    k: int,
    allowed: Set[str],
    *,
    background: str = "",
    feedback: Feedback = NO_FEEDBACK,
) -> list[Ranked]:
    """Rank cases by the words they share with the question."""
    return [
        Ranked(match.case_id, match.score, f"it shares the words {', '.join(match.words[:WORDS_SHOWN])}")
        for match in index.similar_cases(text, k, allowed, background=background, feedback=feedback)
    ]


def rank_by_latent_topics(
    index: LatentTopicIndex,
    text: str,
    k: int,
    allowed: Set[str],
    *,
    background: str = "",
    feedback: Feedback = NO_FEEDBACK,
) -> list[Ranked]:
    """Rank cases by how well their words go with those of the question."""
    return [
        Ranked(
            match.case_id,
            match.score,
            f"its words go with those asked for ({match.score:.2f}), above all {', '.join(match.words)}",
        )
        for match in index.similar_cases(text, k, allowed, background=background, feedback=feedback)
    ]


def rank_by_graph(
    sharing: SharingCases, case_id: str | None, concept_ids: Sequence[str], k: int, allowed: Set[str]
) -> list[Ranked]:
    """Rank cases by what they share in the graph; an answer outside `allowed` is not taken."""
    return [
        Ranked(found, score, f"it shares {', '.join(names[:WORDS_SHOWN])}")
        for found, score, names in sharing(case_id, concept_ids, k, allowed)
        if found in allowed
    ]


def mean_vector(vectors: Vectors) -> Vectors:
    """Return the unit vector in the middle of unit vectors, shape (1, d); the first one where they cancel out."""
    if not len(vectors):
        return vectors
    mean = vectors.mean(axis=0, keepdims=True)
    length = float(np.linalg.norm(mean))
    return (mean / length).astype(np.float32) if length > 1e-6 else vectors[:1]


def require_unit(vectors: Vectors, name: str) -> Vectors:
    """Return a question's vectors as float32.

    Raises
    ------
    InputError
        If one is not a finite unit vector: the encoder can make nothing of the question.
    """
    if not np.all(np.abs(np.linalg.norm(vectors, axis=1) - 1.0) <= LENGTH_TOLERANCE):
        raise InputError(f"encoder '{name}' can make nothing of this question. Ask with other words or an image.")
    return np.ascontiguousarray(vectors, dtype=np.float32)


def passage_place(vector_id: str) -> tuple[Section, str | None, int, int]:
    """Return the place that the id of a passage names: section, image (of a caption), start and end."""
    owner, section_name, span = vector_id.rsplit("|", 2)
    section = Section(section_name)
    start, end = (int(part) for part in span.split("-"))
    return section, owner if section is Section.CAPTION else None, start, end


def _ranked_passage(near: Neighbour, asked: str) -> Ranked:
    section, image_id, start, end = passage_place(near.row.vector_id)
    verb = "resemble" if section is Section.FINDINGS else "resembles"
    why = f"its {section.replace('_', ' ')} {verb} {asked} ({near.similarity:.2f})"
    return Ranked(near.case_id, near.similarity, why, image_id, section, start, end)
