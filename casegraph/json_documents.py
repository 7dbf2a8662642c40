"""The JSON documents that commands write, by command: their types, and from these their JSON schemas.

The schemas stand in ``docs/reference/schemas``, one file a command, written by ``python -m casegraph.json_documents
FOLDER`` and held to these types by a test. A key may come; none goes or changes its meaning within a major version.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from casegraph.curation import Decision, ReviewKind, Withdrawal
from casegraph.documents import CaseSummary, DeletionReport, Difference, ExportReport, IngestReport
from casegraph.drafts import AskAnswer, Verification
from casegraph.graph import (
    Cohort,
    Comparison,
    Counts,
    DiagnosisExplanation,
    Differential,
    GraphExportReport,
    Node,
    Subgraph,
)
from casegraph.indexing import Examination, WorkspaceIndexReport, WorkspaceStatus
from casegraph.models import Classification, ModelRow, Verdict
from casegraph.search import Contribution
from clip.classification.zero_shot import ZeroShotAnswer
from clip.evaluation.classification import Evaluation as ClassifierEvaluation
from clip.evaluation.retrieval import Retrieval
from ingest.case import LedgerEntry
from ingest.curation.curator import DecisionState
from ingest.curation.decisions import Action
from ingest.images.duplicates import DuplicatePair, Leak
from kg.questions.communities import Community
from kg.questions.paths import Path as GraphPath
from kg.questions.shared import SharingCase
from rag.evaluation.answering import AskEvaluation
from rag.evaluation.drafting import DraftEvaluation
from rag.evaluation.protocol import SearchEvaluation
from rag.search.explain import NearestImage, NearPassage, Trait


class IngestDocument(TypedDict):
    """What `ingest` did, what the index did after it, and what a dry run would change."""

    ingest: IngestReport
    index: WorkspaceIndexReport | None
    difference: Difference | None


class DeleteDocument(TypedDict):
    """What went, and what the index did after it."""

    deleted: DeletionReport
    index: WorkspaceIndexReport | None


class CasePage(TypedDict):
    """One page of cases in short, how many match in all, and after which id the next page begins."""

    total: int
    next_after: str | None
    cases: list[CaseSummary]


class FoundCase(TypedDict):
    """A case that was found: the case in short, what found it, and why it may answer the question."""

    case_id: str
    short_id: str
    title: str
    age_years: float | None
    sex: str | None
    modalities: list[str]
    regions: list[str]
    images: int
    diagnosis: str | None
    split: str | None
    status: str
    sequence: int
    score: float
    rank: int
    channels: list[Contribution]
    confirmation: str | None
    nearest_images: list[NearestImage]
    nearest_passages: list[NearPassage]
    shared: list[Trait]
    only_asked: list[Trait]
    only_found: list[Trait]
    contradicted: list[Trait]
    words: list[str]


class SearchDocument(TypedDict):
    """The cases found, best first."""

    hits: list[FoundCase]
    notices: list[str]
    notice: str


class ZeroShotDocument(TypedDict):
    """What words alone say of an image; the probabilities are not calibrated."""

    zero_shot: list[ZeroShotAnswer]


class ModelsDocument(TypedDict):
    """The models that CaseGraph describes or the workspace has."""

    models: list[ModelRow]


class VerdictsDocument(TypedDict):
    """What is wrong with the files of models."""

    models: list[Verdict]


class AddedModelDocument(TypedDict):
    """A model that was added, with the SHA-256 of each of its files by path."""

    name: str
    kind: str
    source_name: str
    source_sha256: str | None
    files: dict[str, str]
    folder: str
    notes: list[str]


class CitationDocument(TypedDict):
    """Where a statement of a draft comes from: characters of a text, or a prediction."""

    origin: str
    quote: str
    case_id: str | None
    section: str | None
    image_id: str | None
    start: int | None
    end: int | None


class StatementDocument(TypedDict):
    """One statement of a draft; one that a person worded has `worded_by` and no citations."""

    text: str
    subject: str
    citations: list[CitationDocument]
    worded_by: NotRequired[str]


class SectionDocument(TypedDict):
    """One section of a draft."""

    section: str
    statements: list[StatementDocument]


class DroppedDocument(TypedDict):
    """A statement that was left out, and why."""

    section: str
    subject: str
    text: str
    reason: str


class SimilarCaseDocument(TypedDict):
    """A case that a draft stands on."""

    case_id: str
    title: str
    score: float


class StandingDocument(TypedDict):
    """What a kept draft says of itself."""

    draft_id: str
    version: int
    state: str
    digest: str
    made_by: str
    made_at: str
    reviewed_by: str | None
    signed_by: str | None
    signed_at: str | None
    signature: str | None


class DraftDocument(TypedDict):
    """A draft; `standing` is null where it is not kept."""

    label: str
    reviewed: bool
    author: str
    sections: list[SectionDocument]
    similar_cases: list[SimilarCaseDocument]
    dropped: list[DroppedDocument]
    notices: list[str]
    standing: StandingDocument | None


class StandingsDocument(TypedDict):
    """The kept drafts, each by its newest version."""

    drafts: list[StandingDocument]


class NodesDocument(TypedDict):
    """Nodes of the graph."""

    nodes: list[Node]


class PathsDocument(TypedDict):
    """Paths of the graph, in words too."""

    paths: list[GraphPath]


class SharingDocument(TypedDict):
    """Cases that share what is rare."""

    cases: list[SharingCase]


class CommunitiesDocument(TypedDict):
    """Communities of like cases."""

    communities: list[Community]


class ReviewDocument(TypedDict):
    """One thing that a person should look at; `settle` is the command that settles it."""

    item_id: str
    kind: ReviewKind
    case_id: str | None
    image_id: str | None
    field: str
    raw: str | None
    value: str | None
    why: str
    settle: str


class QueueDocument(TypedDict):
    """What a person should look at."""

    items: list[ReviewDocument]


class DecisionDocument(TypedDict):
    """What a person decided, with its state and its withdrawal."""

    decision_id: str
    action: Action
    case_id: str | None
    image_id: str | None
    field: str | None
    value: str | None
    raw: str | None
    boxes_px: list[tuple[int, int, int, int]]
    reason: str
    actor: str
    made_at: str
    state: DecisionState
    withdrawal: Withdrawal | None


class DecisionsDocument(TypedDict):
    """What people decided."""

    decisions: list[DecisionDocument]


class HistoryDocument(TypedDict):
    """How the values of a case came to be; `live` is false for a rejected case."""

    case_id: str
    live: bool
    ledger: list[LedgerEntry]
    decisions: list[DecisionDocument]


class DuplicatesDocument(TypedDict):
    """Images that look alike, and leaks between splits."""

    images: int
    distance: int
    across_cases: int
    pairs: list[DuplicatePair]
    leaks: list[Leak]


class OriginalDocument(TypedDict):
    """A file that was written."""

    file: str
    size_bytes: int


class ViewDocument(TypedDict):
    """Rows of a view of the MedPix 2.0 paper, with the paper's keys."""

    view: str
    rows: list[dict[str, Any]]


DOCUMENTS: Mapping[str, Any] = {
    "ask": AskAnswer,
    "classify": Classification,
    "classify --zero-shot": ZeroShotDocument,
    "curate accept": Decision,
    "curate decisions": DecisionsDocument,
    "curate duplicates": DuplicatesDocument,
    "curate original": OriginalDocument,
    "curate queue": QueueDocument,
    "curate show": HistoryDocument,
    "curate withdraw": Withdrawal,
    "delete": DeleteDocument,
    "doctor": Examination,
    "draft": DraftDocument,
    "draft list": StandingsDocument,
    "evaluate ask": AskEvaluation,
    "evaluate classify": ClassifierEvaluation,
    "evaluate draft": DraftEvaluation,
    "evaluate retrieval": Retrieval,
    "evaluate search": SearchEvaluation,
    "export": ExportReport,
    "graph cohort": Cohort,
    "graph communities": CommunitiesDocument,
    "graph counts": Counts,
    "graph differential": Differential,
    "graph explain": DiagnosisExplanation,
    "graph export": GraphExportReport,
    "graph find": NodesDocument,
    "graph path": PathsDocument,
    "graph shared": Comparison,
    "graph sharing": SharingDocument,
    "graph show": Subgraph,
    "index": WorkspaceIndexReport,
    "ingest": IngestDocument,
    "models add": AddedModelDocument,
    "models list": ModelsDocument,
    "models verify": VerdictsDocument,
    "query": CasePage,
    "query --facet": dict[str, int],
    "query --view": ViewDocument,
    "search": SearchDocument,
    "status": WorkspaceStatus,
    "verify-draft": Verification,
}
"""The type of the document that each command writes; commands that write the same one are listed once."""


def schema_of(command: str) -> dict[str, Any]:
    """Return the JSON schema of a command's document."""
    schema = TypeAdapter(DOCUMENTS[command]).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"casegraph {command} --json", **schema}


def file_name_of(command: str) -> str:
    """Return the name of the file with a command's schema: ``graph find`` stands in ``graph-find.json``."""
    return f"{command.replace(' --', '-').replace(' ', '-')}.json"


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder, one file a command."""
    folder.mkdir(parents=True, exist_ok=True)
    for command in DOCUMENTS:
        text = json.dumps(schema_of(command), indent=2, ensure_ascii=False)
        (folder / file_name_of(command)).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
