"""Similar cases: by words, images, a case, concepts, or a mix of them, filtered, fused and explained.

A question goes through every channel that can take it. What could not be asked is said in `SearchAnswer.notices`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from clip.encoders import ImageEncoder, TextEncoder
from clip.question_views import QuestionViews, question_views
from ingest.case import Case
from ingest.errors import DamagedFile, EngineError, StaleProjection, UnknownCase
from ingest.notices import Notice, NoticeCode, graph_skipped
from ingest.remedies import Remedy, RemedyAction
from ingest.store.filters import Filter
from ingest.store.interface import DocumentStore
from rag.index.interface import IMAGES, TEXTS, VectorIndex
from rag.index.opening import VectorStores, require_index
from rag.search.allowed import AllowedCases
from rag.search.archive_words import read_archive_words
from rag.search.asking_images import GivenImages, asking_images, given_images
from rag.search.channels import (
    SharingCases,
    rank_by_graph,
    rank_by_image,
    rank_by_keywords,
    rank_by_latent_topics,
    rank_by_text,
)
from rag.search.diagnoses import DiagnosisIndex
from rag.search.diversity import diversity_notices, without_copies
from rag.search.explain import HitExplanation, explain_hit, near_images, near_passages, question_traits
from rag.search.facts import ImageLabels, asked_of
from rag.search.feedback import read_feedback
from rag.search.fusion import Channel, Hit, Ranked, fuse_rankings, weights_with
from rag.search.keywords import KeywordIndex
from rag.search.known_words import why_no_case_fits
from rag.search.latent_topics import LatentTopicIndex
from rag.search.query import Query, joined_text, require_question
from rag.search.question import Question, look_up, passage_vectors
from rag.search.reordering import OF_REORDERED, reordered, wishes_of
from rag.search.reranking import READ, Reranker, rank_by_reading
from rag.search.scans import SAME_IMAGE, ScanJudge, no_scan, scans_among, usual_nearness
from rag.search.understanding import ReadCondition, Understanding, Understood
from rag.search.words import asking_words

# Each channel hands its best hundred to the fusion: what comes later weighs less than a tenth of the first.
DEPTH = 100
DEEPER = 4  # times as deep, where what was ranked is not enough

Rankings = dict[Channel, Sequence[Ranked]]
"""What each channel says, best first."""
ChannelsAsked = tuple[Rankings, list[Notice]]
"""What the channels say, and a notice for each that could not be asked."""


@dataclass(frozen=True)
class SearchAnswer:
    """The cases found, best first, and what the reader should know of how they were found.

    Attributes
    ----------
    understood : tuple of ReadCondition
        The conditions that were read from the words; `Query.ignored` takes them away.
    """

    hits: tuple[Hit, ...]
    notices: tuple[Notice, ...] = ()
    understood: tuple[ReadCondition, ...] = ()


@dataclass(frozen=True)
class CaseSearch:
    """Search over one state of documents and vectors; safe to use from many threads.

    Parameters
    ----------
    store : DocumentStore
        Where the cases are.
    images, texts : VectorIndex
        The vectors of images and of passages.
    diagnoses : DiagnosisIndex
        The diagnosis of every case.
    keywords : KeywordIndex
        The words of every case.
    topics : LatentTopicIndex
        What those words go with.
    understanding : Understanding
        Reads questions by those words.
    image_encoder, text_encoder : ImageEncoder, TextEncoder
        Those that made the vectors.
    sharing : SharingCases or None
        The question to the graph; None where there is no graph.
    reranker : Reranker or None
        Reads the best hits beside the question; None leaves them as they are.
    views : callable
        Makes an image that asks into the views of it that are compared.
    scan_judge : ScanJudge or None
        Tells images that are no scans; by those no case is looked for. None takes every image for a scan.
    """

    store: DocumentStore
    images: VectorIndex
    texts: VectorIndex
    diagnoses: DiagnosisIndex
    keywords: KeywordIndex
    topics: LatentTopicIndex
    understanding: Understanding
    image_encoder: ImageEncoder
    text_encoder: TextEncoder
    sharing: SharingCases | None = None
    reranker: Reranker | None = None
    views: QuestionViews = question_views
    scan_judge: ScanJudge | None = None

    @cached_property
    def weights(self) -> Mapping[Channel, float]:
        """How far each channel is trusted."""
        return weights_with(self.text_encoder.name)

    @cached_property
    def _allowed(self) -> AllowedCases:
        return AllowedCases(self.store)

    def similar_to_text(self, text: str, *, k: int = 10, where: Filter | None = None) -> SearchAnswer:
        """Find cases by words."""
        return self.search(Query(text=text, k=k, where=where))

    def similar_to_image(self, png: bytes, *, k: int = 10, where: Filter | None = None) -> SearchAnswer:
        """Find cases by an image."""
        return self.search(Query(images=(png,), k=k, where=where))

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
            If there is no case or image of an id that it names.
        """
        require_question(query)
        understood = self.understood(query)
        question, passed_over = self._look_up(understood.query)
        query = question.query
        matching = self._allowed.matching(query.where)
        allowed = matching - question.named_ids if question.named_ids else matching
        depth = max(query.k, DEPTH)
        wishes = wishes_of(query, allowed, self.store.case_ids, lambda: self._diseases_named(query, allowed))
        wanted = OF_REORDERED * query.k if wishes else query.k
        hits, notices, more = self._best(question, wanted, depth, allowed)
        while len(hits) < wanted and more:  # near copies of one case fill what was ranked
            depth *= DEEPER
            hits, notices, more = self._best(question, wanted, depth, allowed)
        if wishes:
            hits, told = reordered(hits, wishes, query.k, lambda case_id: self.store.get(case_id).case)
            notices += told
        said = (*passed_over, *understood.said, *notices, *diversity_notices(hits, allowed), *self._age_of_vectors())
        return SearchAnswer(tuple(hits), said, understood.conditions)

    def _look_up(self, query: Query) -> tuple[Question, list[Notice]]:
        """Return the question without the images that look like no scan, and a notice of each of them."""
        if not query.images:
            return look_up(query, self.store), []
        given = given_images(query.images, self.image_encoder, self.views)
        scans, told = self._scans_among(given, frozenset(query.regions))
        query = replace(query, images=tuple(query.images[number] for number in scans), regions=())
        return replace(look_up(query, self.store), given=given.only(scans)), told

    def _scans_among(self, given: GivenImages, regions: Set[int]) -> tuple[list[int], list[Notice]]:
        everyone = list(range(given.count))
        if self.scan_judge is None:
            return everyone, []
        try:
            looking_so = scans_among(
                given, self.scan_judge.strangeness, self.images, self._everyone, lambda: self.least_nearness
            )
        except (StaleProjection, DamagedFile) as error:  # of the classifier
            told = f"Whether an image looks like a scan was not judged: {error}"
            return everyone, [Notice(NoticeCode.IMAGES_NOT_JUDGED, told, error.advice.remedy)]
        scans = sorted({*looking_so, *regions})
        return scans, [no_scan(given.name_of(number)) for number in everyone if number not in scans]

    @property
    def _everyone(self) -> frozenset[str]:
        return self._allowed.matching(None)

    @cached_property
    def least_nearness(self) -> float:
        """From which nearness on the archive has something like an image that the classifier finds strange."""
        if self.scan_judge and self.scan_judge.knows_archive:
            return SAME_IMAGE
        return usual_nearness(self.images, self._everyone)

    def _diseases_named(self, query: Query, allowed: Set[str]) -> list[str]:
        named = self.diagnoses.diseases_of(query) if self.diagnoses.cases_named(query, allowed) else []
        return [disease.name for disease in named]

    def understood(self, query: Query) -> Understood:
        """Return a question as it is read: in the archive's terms and spelling, with the conditions that it names."""
        return self.understanding.read(query, self._allowed.matching)

    def _best(self, question: Question, k: int, depth: int, allowed: Set[str]) -> tuple[list[Hit], list[Notice], bool]:
        """Return the best `k` hits of rankings of this depth, what there is to tell, and whether more can be ranked."""
        rankings, notices = self._rankings(question, depth, allowed)
        more = any(len(ranking) >= depth for ranking in rankings.values())
        rankings |= self.reread(question.text or question.background, rankings)
        hits, left_out = without_copies(fuse_rankings(rankings, weights=self.weights), k, self.keywords.words)
        return hits, [*notices, *left_out], more

    def explain(
        self, query: Query, case_ids: Sequence[str], labels: Iterable[ImageLabels] = ()
    ) -> list[HitExplanation]:
        """Say of each case why it may answer the question: nearest images and passages, what is shared, what differs.

        Parameters
        ----------
        labels : iterable of ImageLabels
            What the question's own images show.

        Raises
        ------
        UnknownCase
            If there is no such case.
        """
        question, _ = self._look_up(self.understood(query).query)
        query = question.query
        images = asking_images(question, self.images, self.image_encoder)
        passages = passage_vectors(question, self.texts, self.text_encoder)
        traits = question_traits(query, question.case)
        named = [question.case] if question.case else question.feedback.liked
        asked = asked_of(query, named, self.diagnoses.diseases_of(query), labels)
        cases = [self.store.get(case_id).case for case_id in case_ids]
        return [
            explain_hit(
                case,
                traits,
                asked,
                near_images(self.images, images, case.case_id),
                near_passages(self.texts, passages, case),
            )
            for case in cases
        ]

    def rankings(self, query: Query, case: Case | None, depth: int, allowed: Set[str]) -> ChannelsAsked:
        """Ask every channel that can take the question; return what each says, and what could not be asked.

        Parameters
        ----------
        case : Case or None
            The case that the question names.
        depth : int
            How many cases each channel ranks.
        allowed : set of str
            The cases that may be found.
        """
        given = given_images(query.images, self.image_encoder, self.views).asking if query.images else None
        question = Question(query, case, read_feedback(query.more, query.less, self.store), given)
        return self._rankings(question, depth, allowed)

    def reread(self, words: str, rankings: Rankings) -> Rankings:
        """Return the ranking of the best hits by the reranker; none where there is no reranker, or no words to read."""
        if self.reranker is None:
            return {}
        read = rank_by_reading(self.reranker, words, fuse_rankings(rankings, READ, self.weights), self.store)
        return {Channel.RERANKER: read} if read else {}

    def _rankings(self, question: Question, depth: int, allowed: Set[str]) -> ChannelsAsked:
        named = self.diagnoses.cases_named(question.query, allowed)
        if question.only_words and not named:  # an encoder makes something of any letters
            silent = why_no_case_fits(question.query.words, self.keywords.words.column_of)
            if silent is not None:
                return {}, [silent]
        by_words, not_by_words = self._by_words(question, depth, allowed)
        by_graph, not_by_graph = self._by_graph(question, depth, allowed)
        rankings: Rankings = {
            **({Channel.DIAGNOSIS: named} if named else {}),
            **self._by_image(question, depth, allowed),
            **by_words,
            **by_graph,
        }
        return rankings, [*not_by_words, *not_by_graph]

    def _by_image(self, question: Question, depth: int, allowed: Set[str]) -> Rankings:
        images = asking_images(question, self.images, self.image_encoder)
        if not len(images.vectors):
            return {}
        return {Channel.IMAGE: rank_by_image(self.images, images, depth, allowed)}

    def _by_words(self, question: Question, depth: int, allowed: Set[str]) -> ChannelsAsked:
        text, background, feedback = question.text, question.background, question.feedback
        if not (feedback.liked or asking_words(joined_text(text, background))):
            return {}, []
        notices: list[Notice] = []
        rankings: Rankings = {
            Channel.KEYWORDS: rank_by_keywords(
                self.keywords, text, depth, allowed, background=background, feedback=feedback
            ),
            Channel.LATENT_TOPICS: rank_by_latent_topics(
                self.topics, text, depth, allowed, background=background, feedback=feedback
            ),
        }
        vectors = passage_vectors(question, self.texts, self.text_encoder)
        if len(vectors):
            rankings[Channel.TEXT] = rank_by_text(self.texts, vectors, depth, allowed, question.words_named)
        else:
            said = f"Passages were not compared: encoder '{self.text_encoder.name}' knows none of these words."
            notices.append(Notice(NoticeCode.PASSAGES_NOT_COMPARED, said))
        return {channel: ranking for channel, ranking in rankings.items() if ranking}, notices

    def _by_graph(self, question: Question, depth: int, allowed: Set[str]) -> ChannelsAsked:
        case, concept_ids = question.case, question.concept_ids
        if case is None and not concept_ids:
            return {}, []
        if self.sharing is None:
            return {}, [Notice(NoticeCode.GRAPH_SKIPPED, "Graph search skipped: no graph is configured.")]
        try:
            ranking = rank_by_graph(self.sharing, case.case_id if case else None, concept_ids, depth, allowed)
        except (EngineError, UnknownCase) as error:  # a graph that lags may not know the case yet
            return {}, [graph_skipped(error)]
        return {Channel.GRAPH: ranking}, []

    def _age_of_vectors(self) -> list[Notice]:
        covered = min(self.images.covered_sequence, self.texts.covered_sequence)
        behind = self.store.sequence() - covered
        if behind <= 0:
            return []
        said = f"The vectors lag the documents by {behind} changes. Bring them up to date."
        return [Notice(NoticeCode.VECTORS_LAG, said, Remedy(RemedyAction.INDEX))]


def open_search(
    store: DocumentStore,
    vectors: VectorStores,
    image_encoder: ImageEncoder,
    text_encoder: TextEncoder,
    sharing: SharingCases | None = None,
    *,
    reranker: Reranker | None = None,
    views: QuestionViews = question_views,
    scan_judge: ScanJudge | None = None,
) -> CaseSearch:
    """Open the vectors of both kinds, verified, and the words of all cases.

    Raises
    ------
    StaleProjection
        If there are no vectors yet, or other encoders made them.
    DamagedFile
        If a stored file is not as it was written.
    """
    images = require_index(vectors, IMAGES, image_encoder)
    texts = require_index(vectors, TEXTS, text_encoder)
    known = read_archive_words(stored.case for stored in store.cases())
    return CaseSearch(
        store,
        images,
        texts,
        known.diagnoses,
        KeywordIndex(known.words),
        LatentTopicIndex(known.words),
        known.understanding,
        image_encoder,
        text_encoder,
        sharing,
        reranker,
        views,
        scan_judge,
    )
