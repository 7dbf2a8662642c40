"""Draft on a scan from an archive: narrow it to the region, find similar cases, rank diagnoses, then compose and check.

A workspace drafts through this, and so does the evaluation (`rag.evaluation.drafting`): what is measured is what is
shipped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.case import Case
from ingest.errors import InputError
from ingest.notices import Notice, NoticeCode
from ingest.store.filters import AllOf, Filter, OneOf
from ingest.store.interface import DocumentStore
from kg.engine.graph import Graph
from kg.questions.differential import Differential, differential
from rag.ask import MAX_DIAGNOSES, AskGraph, asking_of, candidates_by_graph, grounds_of, rank_diagnoses
from rag.diagnosis_votes import diagnoses_of
from rag.drafts.compose import MAX_DIAGNOSES as MAX_ENTRIES
from rag.drafts.compose import RankedDifferential
from rag.drafts.draft import Draft, write_draft
from rag.drafts.evidence import MAX_CASES, DraftRequest
from rag.drafts.language_model import LanguageModel, StatementProgress, ignore_statements
from rag.drafts.modality import modality_of
from rag.drafts.region import region_spoken_of
from rag.search.query import Query
from rag.search.search import DEPTH, SearchAnswer

REGION_UNKNOWN = Notice(
    NoticeCode.GAP, "Nothing says which region was scanned, so cases of all were compared. Name it in the findings."
)
OpenGraph = Callable[[], Graph]
"""Opens the graph. Raises EngineError."""


@dataclass(frozen=True)
class DraftArchive:
    """What a draft is drafted from.

    Attributes
    ----------
    search : callable
        Finds similar cases.
    graph : callable
        Opens the graph, which says what speaks for diagnoses; where it raises EngineError a draft goes without, and
        says so.
    """

    store: DocumentStore
    search: Callable[[Query], SearchAnswer]
    graph: OpenGraph


def draft_from(
    archive: DraftArchive,
    request: DraftRequest,
    *,
    images: Sequence[bytes] = (),
    where: Filter | None = None,
    cases: int = MAX_CASES,
    language_model: LanguageModel | None = None,
    on_progress: StatementProgress = ignore_statements,
) -> Draft:
    """Draft a report from what is known of a scan and from similar cases.

    Parameters
    ----------
    images : sequence of bytes
        PNGs of the scan, compared with the images of the archive; what a classifier says of them stands in the request.
    where : Filter, optional
        Only these cases may be stood on.
    cases : int
        How many similar cases it stands on, where so many are found.

    Raises
    ------
    InputError
        If `cases` is not 1 to `MAX_CASES`, or there is nothing to go by.
    """
    if not 1 <= cases <= MAX_CASES:
        raise InputError(f"a draft cannot stand on {cases} similar cases. Expected 1 to {MAX_CASES}.")
    narrowed, said = in_its_region(archive.store, request, where)
    if region_spoken_of(request) is None:
        said = (*said, REGION_UNKNOWN)
    query = replace(request.query(images, k=cases), where=narrowed)
    answer = archive.search(query)
    # its diagnoses stand in the order of `ask`, which goes by more cases than a draft stands on
    similar = [archive.store.get(hit.case_id).case for hit in archive.search(replace(query, k=DEPTH)).hits]
    ranked, untold = _ranked(request, similar, len(answer.hits), archive, narrowed)
    return write_draft(
        request,
        answer.hits,
        archive.store,
        differential=ranked,
        modality=modality_of(request, where),
        language_model=language_model,
        on_progress=on_progress,
        notices=(*said, *answer.notices, *untold),
    )


def in_its_region(
    store: DocumentStore, request: DraftRequest, where: Filter | None
) -> tuple[Filter | None, tuple[Notice, ...]]:
    """Return the filter with the region that the request speaks of, where a case has it, and what to say."""
    spoken = region_spoken_of(request)
    if spoken is None:
        return where, ()
    region = OneOf("region", (spoken.region,))
    narrowed = AllOf((where, region)) if where else region
    if not store.count(narrowed):
        return where, ()
    told = f"Only cases of the region {spoken.region} were compared: {spoken.by}."
    return narrowed, (Notice(NoticeCode.REGION_READ, told),)


def ask_graph_among(graph: OpenGraph, store: DocumentStore, where: Filter | None) -> AskGraph:
    """Return the differential of the graph among the cases of a filter."""
    allowed = frozenset(store.case_ids(where))

    def asked(present: Sequence[str], absent: Sequence[str], also: Sequence[str]) -> Differential:
        return differential(graph(), present, absent=absent, among=allowed, also=also, limit=MAX_DIAGNOSES)

    return asked


def _ranked(
    request: DraftRequest, similar: Sequence[Case], n: int, archive: DraftArchive, where: Filter | None
) -> tuple[RankedDifferential, list[Notice]]:
    """Return the diagnoses in the order of `ask`, with what speaks for and against those that a draft of `n` cases has.

    Beside them what is to be told of what could not be asked.
    """
    asking, said = asking_of(request), [diagnoses_of(case) for case in similar]
    in_graph, notices = candidates_by_graph(asking, said, ask_graph_among(archive.graph, archive.store, where))
    ranked = [concept_id for concept_id, _ in rank_diagnoses(asking, said, in_graph)]
    named = {name for diagnoses in said[:n] for name in diagnoses.names}
    likely = [concept_id for concept_id in ranked if concept_id in named][:MAX_ENTRIES]
    grounds = {
        key: grounds_of(key, asking, similar=similar, said=said, in_graph=in_graph, store=archive.store)
        for key in likely
    }
    cited = {case_id for found in grounds.values() for ground in found for case_id in ground.reason.case_ids}
    cases = {case_id: archive.store.get(case_id).case for case_id in cited if archive.store.has(case_id)}
    return RankedDifferential(ranked, grounds, cases), notices
