"""Similar cases: by words, a picture, a case, or a mix of them, filtered, fused and explained.

A question goes through every channel that can take it. What could not be asked is said in `SearchAnswer.notices`.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeGuard

import numpy as np

from clip.encoders import LENGTH_TOLERANCE, Encoder, ImageEncoder, TextEncoder, Vectors
from ingest.annotate import annotate_text
from ingest.case import Case
from ingest.errors import EngineError, InputError, StaleProjection, UnknownCase
from ingest.store.filters import Filter
from ingest.store.interface import DocumentStore
from ingest.vocabulary import Assertion, Section
from rag.channels import (
    SharingCases,
    rank_by_graph,
    rank_by_keywords,
    rank_by_picture,
    rank_by_text,
    rank_by_themes,
    require_unit,
)
from rag.diagnoses import DiagnosisIndex, diagnoses_named_in
from rag.fusion import Channel, Hit, Ranked, fuse_rankings
from rag.indexing import IMAGES, TEXTS
from rag.keywords import KeywordIndex
from rag.passages import passage_spans, texts_of
from rag.snapshot import MENDING_COMMAND, load_snapshot
from rag.themes import ThemeIndex
from rag.vector_index import VectorIndex

# Each channel hands its best hundred to the fusion: what comes later weighs less than a tenth of the first.
DEPTH = 100
MOST_HITS = 1000
LONGEST_QUESTION = 20_000  # characters; the longest history + exam + findings of MedPix 2.0 has about 6 000

# What of a case asks for its like; its captions and discussion speak of the disease in general.
_SECTIONS_THAT_ASK = (Section.TITLE, Section.FINDINGS, Section.DIAGNOSIS)
_SECTIONS_BESIDES = (Section.HISTORY, Section.EXAM)


Rankings = dict[Channel, Sequence[Ranked]]
"""What each channel says, best first."""


@dataclass(frozen=True)
class Query:
    """A question: any of words, one picture (a decoded PNG) and a case id; `where` restricts what may be found.

    `background` is what is known besides, history and exam: words that ask too, but count less than those of `text`.
    """

    text: str | None = None
    png: bytes | None = None
    case_id: str | None = None
    where: Filter | None = None
    k: int = 10
    background: str | None = None


@dataclass(frozen=True)
class SearchAnswer:
    """The cases found, best first, and what the reader should know of how they were found."""

    hits: tuple[Hit, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseSearch:
    """Search over one state of documents and vectors; safe to use from many threads.

    Parameters
    ----------
    store : DocumentStore
        Where the cases are.
    images, texts : VectorIndex
        The vectors of pictures and of passages.
    diagnoses : DiagnosisIndex
        The diagnosis of every case.
    keywords : KeywordIndex
        The words of every case.
    themes : ThemeIndex
        What those words go with.
    image_encoder, text_encoder : ImageEncoder, TextEncoder
        Those that made the vectors.
    sharing : SharingCases or None
        The question to the graph; None where there is no graph.
    """

    store: DocumentStore
    images: VectorIndex
    texts: VectorIndex
    diagnoses: DiagnosisIndex
    keywords: KeywordIndex
    themes: ThemeIndex
    image_encoder: ImageEncoder
    text_encoder: TextEncoder
    sharing: SharingCases | None = None

    def similar_to_text(self, text: str, *, k: int = 10, where: Filter | None = None) -> SearchAnswer:
        """Find cases by words."""
        return self.search(Query(text=text, k=k, where=where))

    def similar_to_image(self, png: bytes, *, k: int = 10, where: Filter | None = None) -> SearchAnswer:
        """Find cases by a picture."""
        return self.search(Query(png=png, k=k, where=where))

    def similar_to_case(self, case_id: str, *, k: int = 10, where: Filter | None = None) -> SearchAnswer:
        """Find cases by a case; never the case itself."""
        return self.search(Query(case_id=case_id, k=k, where=where))

    def search(self, query: Query) -> SearchAnswer:
        """Find the cases most like the question.

        Raises
        ------
        InputError
            If the question is empty, too long, or its `k` is out of range.
        UnknownCase
            If there is no case of its `case_id`.
        """
        _require_question(query)
        case = None if query.case_id is None else self.store.get(query.case_id).case
        allowed = frozenset(self.store.case_ids(query.where)) - ({case.case_id} if case else frozenset())
        notices: list[str] = []
        rankings = self.rankings(query, case, max(query.k, DEPTH), allowed, notices=notices)
        self._tell_age_of_vectors(notices)
        return SearchAnswer(tuple(fuse_rankings(rankings, query.k)), tuple(notices))

    def rankings(
        self, query: Query, case: Case | None, depth: int, allowed: Set[str], *, notices: list[str]
    ) -> Rankings:
        """Ask every channel that can take the question.

        Parameters
        ----------
        case : Case or None
            The case that the question names.
        depth : int
            How many cases each channel ranks.
        allowed : set of str
            The cases that may be found.
        notices : list of str
            Takes what could not be asked, and why.
        """
        return {
            **self._by_picture(query, case, depth, allowed),
            **self._by_words(query, case, depth, allowed, notices=notices),
            **self._by_graph(query, case, depth, allowed, notices=notices),
        }

    def _by_picture(self, query: Query, case: Case | None, depth: int, allowed: Set[str]) -> Rankings:
        """Compare pictures with the picture given, else with those of the case, else with the words."""
        if query.png is not None:
            pictures, asked = self.image_encoder.embed_images([query.png]), "your picture"
        elif case is not None:
            pictures, asked = self.images.vectors_of(case.case_id), f"one of {case.short_id}"
        elif query.text and embeds_texts_too(self.image_encoder):
            pictures, asked = self.image_encoder.embed_texts([query.text]), "your words"
        else:
            return {}
        if not len(pictures):
            return {}
        pictures = require_unit(pictures, self.image_encoder.name)
        return {Channel.PICTURE: rank_by_picture(self.images, pictures, depth, allowed, asked)}

    def _by_words(
        self, query: Query, case: Case | None, depth: int, allowed: Set[str], *, notices: list[str]
    ) -> Rankings:
        text = _joined(query.text, _asking_text(case, _SECTIONS_THAT_ASK))
        background = _joined(query.background, _asking_text(case, _SECTIONS_BESIDES))
        if not (text or background):
            return {}
        asked = "your words" if query.text or query.background else f"the texts of {case.short_id if case else ''}"
        rankings: Rankings = {
            Channel.DIAGNOSIS: self.diagnoses.cases_named(query.text or "", allowed),
            Channel.KEYWORDS: rank_by_keywords(self.keywords, text, depth, allowed, background),
            Channel.THEMES: rank_by_themes(self.themes, text, depth, allowed, background),
        }
        vectors = self._passage_vectors(_joined(text, background))
        if len(vectors):
            rankings[Channel.TEXT] = rank_by_text(self.texts, vectors, depth, allowed, asked)
        else:
            notices.append(f"Passages were not compared: encoder '{self.text_encoder.name}' knows none of these words.")
        return {channel: ranking for channel, ranking in rankings.items() if ranking}

    def _passage_vectors(self, text: str) -> Vectors:
        """Embed the passages of a question, without those of which the encoder knows no word."""
        passages = [text[start:end] for start, end in passage_spans(text)]
        if knows_its_words(self.text_encoder):
            passages = [passage for passage in passages if self.text_encoder.knows(passage)]
        return _unit_rows(self.text_encoder.embed_texts(passages))

    def _by_graph(
        self, query: Query, case: Case | None, depth: int, allowed: Set[str], *, notices: list[str]
    ) -> Rankings:
        concept_ids = concepts_in(query.text or query.background or "")
        if case is None and not concept_ids:
            return {}
        if self.sharing is None:
            notices.append("The graph was not asked: none is connected.")
            return {}
        try:
            ranking = rank_by_graph(self.sharing, case.case_id if case else None, concept_ids, depth, allowed)
        except (EngineError, UnknownCase) as error:  # a graph that lags may not know the case yet
            notices.append(f"The graph was not asked: {error}")
            return {}
        return {Channel.GRAPH: ranking}

    def _tell_age_of_vectors(self, notices: list[str]) -> None:
        covered = min(self.images.snapshot.manifest.sequence, self.texts.snapshot.manifest.sequence)
        behind = self.store.sequence() - covered
        if behind > 0:
            notices.append(
                f"The vectors lag the documents by {behind} changes. Bring them up to date: casegraph index."
            )


def open_search(
    store: DocumentStore,
    folder: Path,
    image_encoder: ImageEncoder,
    text_encoder: TextEncoder,
    sharing: SharingCases | None = None,
) -> CaseSearch:
    """Load the current snapshots below `folder`, verified, and the words of all cases.

    Raises
    ------
    StaleProjection
        If there are no vectors yet, or other encoders made them.
    DamagedFile
        If a stored file is not as it was written.
    """
    images = _open_index(folder / IMAGES, image_encoder)
    texts = _open_index(folder / TEXTS, text_encoder)
    cases = [stored.case for stored in store.cases()]
    keywords = KeywordIndex(cases)
    themes = ThemeIndex(keywords.words)
    return CaseSearch(
        store, images, texts, DiagnosisIndex(cases), keywords, themes, image_encoder, text_encoder, sharing
    )


def embeds_texts_too(encoder: Encoder) -> TypeGuard[TextEncoder]:
    """Tell whether an image encoder also puts words into the space of its pictures, as CLIP does."""
    return callable(getattr(encoder, "embed_texts", None))


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


def _open_index(folder: Path, encoder: Encoder) -> VectorIndex:
    snapshot = load_snapshot(folder, encoder)
    if snapshot is None:
        raise StaleProjection(f"there are no vectors in '{folder}' yet. Make them: {MENDING_COMMAND}.")
    return VectorIndex(snapshot)


def _asking_text(case: Case | None, sections: Sequence[Section]) -> str:
    if case is None:
        return ""
    return "\n".join(text for section, _, text in texts_of(case) if section in sections)


def _joined(*parts: str | None) -> str:
    return "\n".join(part for part in parts if part and part.strip())


def _require_question(query: Query) -> None:
    words = _joined(query.text, query.background)
    if not words and query.png is None and not query.case_id:
        raise InputError("the question is empty. Give words, a picture or a case id.")
    if len(words) > LONGEST_QUESTION:
        raise InputError(f"the question has {len(words)} characters, at most {LONGEST_QUESTION} are taken.")
    if not 1 <= query.k <= MOST_HITS:
        raise InputError(f"k is {query.k}, expected 1 to {MOST_HITS}.")


def _unit_rows(vectors: Vectors) -> Vectors:
    """Keep the rows that say something: a text encoder may know none of the words of a passage."""
    lengths = np.linalg.norm(vectors, axis=1)
    return np.ascontiguousarray(vectors[np.abs(lengths - 1.0) <= LENGTH_TOLERANCE], dtype=np.float32)
