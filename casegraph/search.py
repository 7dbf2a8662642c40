"""Similar cases: by words, images, a case, concepts, or a mix; each hit with the case in short and its reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from casegraph.cases import as_filter
from casegraph.classification import labels_seen
from casegraph.documents import CaseSummary, summary_of
from casegraph.engines import Engines
from casegraph.filters import resolved
from casegraph.reading import decode
from ingest.errors import DamagedFile, StaleProjection
from ingest.notices import Notice, NoticeCode
from ingest.store.filters import Filter
from rag.drafts.consistency import consistency_warnings
from rag.search.explain import HitExplanation
from rag.search.facts import ImageLabels
from rag.search.fusion import Contribution, Hit
from rag.search.query import Query
from rag.search.reasons import HitReason, HitReasons
from rag.search.search import SearchAnswer
from rag.search.understanding import ReadCondition

__all__ = [
    "Contribution",
    "ExplainedAnswer",
    "ExplainedHit",
    "Hit",
    "HitExplanation",
    "HitReason",
    "HitReasons",
    "Query",
    "ReadCondition",
    "Search",
    "SearchAnswer",
]


@dataclass(frozen=True)
class ExplainedHit:
    """A case that was found, in short, with what found it and why it may answer the question."""

    case: CaseSummary
    hit: Hit
    explanation: HitExplanation


@dataclass(frozen=True)
class ExplainedAnswer:
    """The cases found, best first, what the reader should know of how, and the conditions read from the words."""

    hits: tuple[ExplainedHit, ...]
    notices: tuple[Notice, ...]
    understood: tuple[ReadCondition, ...]


@dataclass(frozen=True)
class Search:
    """The similar-case search of one workspace."""

    _engines: Engines

    def cases(self, query: Query) -> SearchAnswer:
        """Find similar cases; what is written of one and its images do not look like is told."""
        answer = self._engines.finder.search(self._resolved(query))
        try:
            said = (warning for hit in answer.hits for warning in self.consistency_warnings(hit.case_id))
            warnings = [Notice(NoticeCode.INCONSISTENT, warning) for warning in said]
        except (StaleProjection, DamagedFile) as error:
            told = f"The images of these cases were not judged: {error}"
            warnings = [Notice(NoticeCode.IMAGES_NOT_JUDGED, told, error.advice.remedy)]
        return replace(answer, notices=(*answer.notices, *warnings))

    def explained(self, query: Query) -> ExplainedAnswer:
        """Find similar cases, each with the case in short and an explanation."""
        query = self._resolved(query)
        answer = self.cases(query)
        found = [hit.case_id for hit in answer.hits]
        explanations = self._engines.finder.explain(query, found, self._labels(query) if found else ())
        hits = [
            ExplainedHit(summary_of(self._engines.store.get(hit.case_id)), hit, explanation)
            for hit, explanation in zip(answer.hits, explanations, strict=True)
        ]
        return ExplainedAnswer(tuple(hits), answer.notices, answer.understood)

    def _labels(self, query: Query) -> list[ImageLabels]:
        """Return what the question's own images show, so far as the classifier is sure of it."""
        try:
            return [labels_seen(self._engines.models, png) for png in query.images]
        except (StaleProjection, DamagedFile):  # `cases` has told so
            return []

    def _resolved(self, query: Query) -> Query:
        return replace(query, where=resolved(self._engines, query.where))

    def by_text(self, text: str, *, k: int = 10, where: str | Filter | None = None) -> SearchAnswer:
        """Find cases by words."""
        return self.cases(Query(text=text, k=k, where=as_filter(where)))

    def by_image(self, image: bytes | Path, *, k: int = 10, where: str | Filter | None = None) -> SearchAnswer:
        """Find cases by an image: a PNG, JPEG, WebP or DICOM file, or its bytes."""
        return self.cases(Query(images=(decode(self._engines, image).png,), k=k, where=as_filter(where)))

    def by_case(self, case_id: str, *, k: int = 10, where: str | Filter | None = None) -> SearchAnswer:
        """Find cases by a case; never the case itself."""
        found = self._engines.store.get(case_id).case.case_id
        return self.cases(Query(case_id=found, k=k, where=as_filter(where)))

    def consistency_warnings(self, case_id: str) -> list[str]:
        """Return what is written of a case and its images do not look like, in sentences.

        Raises
        ------
        UnknownCase
            If there is no such case.
        StaleProjection, DamagedFile
            If the classifier cannot be used.
        """
        engines = self._engines
        found = engines.store.get(case_id).case
        return consistency_warnings(found, engines.finder.images.vectors_of(found.case_id), engines.models.classifier)
