"""A question with its case and its judged cases looked up, and as the vectors and words that the channels compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeGuard

import numpy as np

from clip.encoders import TextEncoder
from clip.vectors import LENGTH_TOLERANCE, Vectors
from ingest.annotation.annotate import annotate_text
from ingest.case import Case
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Assertion, ConceptKind, Section
from rag.index.interface import VectorIndex
from rag.index.passages import passage_spans, texts_of
from rag.search.channels import mean_vector
from rag.search.diagnoses import diagnoses_named_in
from rag.search.feedback import NO_FEEDBACK, Feedback, moved, read_feedback
from rag.search.nearest_images import AskingImages
from rag.search.query import Query, joined_text

# What of a case is searched with; its captions and discussion speak of the disease in general.
_SECTIONS_THAT_ASK = (Section.TITLE, Section.FINDINGS, Section.DIAGNOSIS)
_SECTIONS_BESIDES = (Section.HISTORY, Section.EXAM)


@dataclass(frozen=True)
class Question:
    """A query with what its ids name, and the images that were given, where there are such, as vectors."""

    query: Query
    case: Case | None = None
    feedback: Feedback = NO_FEEDBACK
    given: AskingImages | None = None

    @property
    def text(self) -> str:
        """Return what is looked for, in words: what was typed, and what of the case is searched with."""
        return joined_text(self.query.text, _asking_text(self.case, _SECTIONS_THAT_ASK))

    @property
    def background(self) -> str:
        """Return what is known besides."""
        return joined_text(self.query.background, _asking_text(self.case, _SECTIONS_BESIDES))

    @property
    def words_named(self) -> str:
        """Say whose words ask, as a reason names them."""
        if self.query.words:
            return "your words"
        return f"the texts of {self.case.short_id}" if self.case else "what you liked"

    @property
    def concept_ids(self) -> list[str]:
        """Return the concepts picked, those that the words ask for, and those that the liked cases show."""
        shown = [concept_id for case in self.feedback.liked for concept_id in _shown(case)]
        typed = concepts_in(self.query.text or self.query.background or "")
        return list(dict.fromkeys([*self.query.concept_ids, *typed, *shown]))

    @property
    def only_words(self) -> bool:
        """Tell whether nothing but words asks."""
        query = self.query
        return bool(query.words) and not (query.images or query.concept_ids or query.more or self.case)

    @property
    def named_ids(self) -> frozenset[str]:
        """Return the cases that the question names, which are no answers to it."""
        return self.feedback.case_ids | ({self.case.case_id} if self.case else frozenset[str]())


def look_up(query: Query, store: DocumentStore) -> Question:
    """Return the question with the cases that it names. Raises UnknownCase."""
    case = None if query.case_id is None else store.get(query.case_id).case
    return Question(query, case, read_feedback(query.more, query.less, store))


def passage_vectors(question: Question, index: VectorIndex, encoder: TextEncoder) -> Vectors:
    """Return the middle of the question's passages, moved by the passages of what was liked and not; one row or none.

    Passages of which the encoder knows no word say nothing.
    """
    text = joined_text(question.text, question.background)
    passages = [text[start:end] for start, end in passage_spans(text)]
    if knows_its_words(encoder):
        passages = [passage for passage in passages if encoder.knows(passage)]
    middle = mean_vector(_unit_rows(encoder.embed_texts(passages)))
    liked, disliked = (
        np.concatenate([index.vectors_of(case.case_id) for case in cases] or [middle[:0]])
        for cases in (question.feedback.liked, question.feedback.disliked)
    )
    return moved(middle, liked, disliked)


class KnowsItsWords(TextEncoder, Protocol):
    """A text encoder of a closed vocabulary: of other words it can make nothing."""

    def knows(self, text: str) -> bool:
        """Tell whether any word of the text is known."""
        ...


def knows_its_words(encoder: TextEncoder) -> TypeGuard[KnowsItsWords]:
    """Tell whether a text encoder can say which texts it knows no word of."""
    return callable(getattr(encoder, "knows", None))


def concepts_in(text: str) -> list[str]:
    """Return the ids of the concepts that a question asks for, and of the diagnosis that it may be the name of."""
    mentioned = annotate_text(text, Section.FINDINGS) if text.strip() else []
    found = [mention.concept_id for mention in mentioned if mention.assertion is not Assertion.ABSENT]
    return list(dict.fromkeys([*found, *diagnoses_named_in(text)]))


def _shown(case: Case) -> list[str]:
    """Return the findings that a case shows."""
    return [
        mention.concept_id
        for mention in case.annotations
        if mention.kind is ConceptKind.FINDING
        and mention.assertion is Assertion.PRESENT
        and mention.section in (Section.FINDINGS, Section.CAPTION)
    ]


def _asking_text(case: Case | None, sections: Sequence[Section]) -> str:
    if case is None:
        return ""
    return "\n".join(text for section, _, text in texts_of(case) if section in sections)


def _unit_rows(vectors: Vectors) -> Vectors:
    """Keep the rows that say something: a text encoder may know none of the words of a passage."""
    lengths = np.linalg.norm(vectors, axis=1)
    return np.ascontiguousarray(vectors[np.abs(lengths - 1.0) <= LENGTH_TOLERANCE], dtype=np.float32)
