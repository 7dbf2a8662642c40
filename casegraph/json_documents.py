"""The JSON documents that commands write, by command: their types, and from these their JSON schemas.

The schemas stand in ``docs/reference/schemas``, one file a command, written by ``python -m casegraph.json_documents
FOLDER`` and held to these types by a test; `json_page.py` makes the page of the documentation from them. What a key
means stands in the docstring of its type, under ``Attributes``. A key may come; none goes or changes its meaning within
a major version.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NotRequired

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DataclassField, ModelField, TypedDictField
from typing_extensions import TypedDict

from casegraph.backups import Backup
from casegraph.collecting import Collection
from casegraph.comparison import ComparedRow, PathBetween
from casegraph.curation import Decision, ErrorReport, ReviewKind, Withdrawal
from casegraph.described import with_field_descriptions
from casegraph.documents import CaseSummary, DeletionReport, Difference, ExportReport, IngestReport
from casegraph.drafts import AskAnswer, Verification
from casegraph.fetching import FetchReport, MedPixReport
from casegraph.graph import (
    Cohort,
    Comparison,
    Counts,
    DiagnosisExplanation,
    Differential,
    FoundNode,
    GraphExportReport,
    Group,
    Members,
    Subgraph,
)
from casegraph.indexing import Examination, WorkspaceIndexReport, WorkspaceStatus
from casegraph.maps import ImageMap
from casegraph.models import Classification, ModelRow, Verdict
from casegraph.originals import OriginalsReport
from casegraph.search import Contribution
from casegraph.subsets import SubsetReport
from clip.classification.zero_shot import ZeroShotAnswer
from clip.evaluation.classification import ClassifierEvaluation
from clip.evaluation.retrieval import Retrieval
from ingest.case import LedgerEntry
from ingest.curation.curator import DecisionState
from ingest.curation.decisions import Action
from ingest.images.duplicates import DuplicatePair, Leak
from kg.questions.communities import Community
from kg.questions.paths import Path as GraphPath
from kg.questions.placed import PlacedFinding
from kg.questions.shared import SharingCase
from rag.drafts.life_cycle import State
from rag.drafts.statements import Origin, Subject
from rag.evaluation.answering import AskEvaluation
from rag.evaluation.drafting import DraftEvaluation
from rag.evaluation.protocol import SearchEvaluation
from rag.search.explain import NearestImage, NearPassage
from rag.search.facts import ImageLabels
from rag.search.reasons import HitReason
from rag.search.traits import Trait


class _AsWritten(GenerateJsonSchema):
    """Schemas in which a key with a default is never missing: commands write every field."""

    def field_is_required(self, field: ModelField | DataclassField | TypedDictField, total: bool) -> bool:
        """Tell whether a document always has the key."""
        return field["type"] == "dataclass-field" or super().field_is_required(field, total)


class IngestDocument(TypedDict):
    """What an ingest did.

    Attributes
    ----------
    ingest : IngestReport
        What was read and written.
    index : WorkspaceIndexReport or None
        What the index did after it; None where it did not run.
    difference : Difference or None
        What it would change, of a dry run; None otherwise.
    """

    ingest: IngestReport
    index: WorkspaceIndexReport | None
    difference: Difference | None


class DeleteDocument(TypedDict):
    """What went.

    Attributes
    ----------
    index : WorkspaceIndexReport or None
        What the index did after it; None where it did not run.
    """

    deleted: DeletionReport
    index: WorkspaceIndexReport | None


class CasePage(TypedDict):
    """One page of cases in short.

    Attributes
    ----------
    total : int
        How many cases match in all.
    next_after : str or None
        What to give to ``--after`` for the next page; None on the last one.
    """

    total: int
    next_after: str | None
    cases: list[CaseSummary]


class FoundCase(TypedDict):
    """A case that was found: the case in short, what found it, and why it may answer the question.

    Attributes
    ----------
    short_id : str
        The id without its source.
    modalities, regions : list of str
        Those of its images, sorted.
    images : int
        How many it has.
    status : str
        ``complete`` or ``partial``.
    sequence : int
        The change of the documents that wrote it.
    score : float
        1 for a case that every channel asked puts first.
    channels : list of Contribution
        What each channel says of it.
    confirmation : str or None
        How the diagnosis was confirmed.
    nearest_images, nearest_passages : list
        What of it is nearest to the question.
    shared : list of Trait
        What the question and the case have in common.
    only_asked : list of Trait
        What only the question says.
    only_found : list of Trait
        What only the case says.
    contradicted : list of Trait
        What the question says is there and the case denies, or the other way round, as the case has it.
    shares, lacks, differs : list of HitReason
        Three lines in a clinician's words: what the case shares with the question, what of it it does not say or rules
        out, and what it has otherwise. Nothing stands on two of them.
    also_shows : list of HitReason
        The findings that only the case has.
    words : list of str
        These lines in sentences.
    """

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
    shares: list[HitReason]
    lacks: list[HitReason]
    differs: list[HitReason]
    also_shows: list[HitReason]
    words: list[str]


class SearchDocument(TypedDict):
    """The cases found, best first.

    Attributes
    ----------
    notices : list of str
        What to know of how the answer came to be.
    notice : str
        What every answer is for, and what it is not.
    """

    hits: list[FoundCase]
    notices: list[str]
    notice: str


class CompareDocument(TypedDict):
    """Two to four cases side by side.

    Attributes
    ----------
    cases : list of CaseSummary
        Those compared, in the order asked for; before them stands the image of one's own, if any.
    own_image : ImageLabels or None
        What the image of one's own shows, so far as the classifier is sure.
    rows : list of ComparedRow
        In what respects, without those of which nobody speaks.
    images : list of str or None
        The image of each to begin with: of one modality and plane where there are such, else of one of these.
    paths : list of PathBetween
        How the graph leads from each to each other.
    notices : list of str
        What to know of how the answer came to be.
    notice : str
        What every answer is for, and what it is not.
    """

    cases: list[CaseSummary]
    own_image: ImageLabels | None
    rows: list[ComparedRow]
    images: list[str | None]
    paths: list[PathBetween]
    notices: list[str]
    notice: str


class ZeroShotDocument(TypedDict):
    """What words alone say of an image; the similarities are not calibrated.

    Attributes
    ----------
    zero_shot : list of ZeroShotAnswer
        One answer a task; the task of ``--labels`` is ``own labels``.
    """

    zero_shot: list[ZeroShotAnswer]


class ModelsDocument(TypedDict):
    """The models that CaseGraph describes or the workspace has."""

    models: list[ModelRow]


class VerdictsDocument(TypedDict):
    """What is wrong with the files of models."""

    models: list[Verdict]


class AddedModelDocument(TypedDict):
    """A model that was added.

    Attributes
    ----------
    kind : str
        ``images and texts`` or ``texts``.
    files : dict of str
        The SHA-256 of each file by path.
    folder : str
        Where its files now stand.
    """

    name: str
    kind: str
    source_name: str
    source_sha256: str | None
    files: dict[str, str]
    folder: str
    notes: list[str]


class CitationDocument(TypedDict):
    """Where a statement of a draft comes from: characters of a text, or a prediction.

    Attributes
    ----------
    section, start, end : str or int or None
        The characters of a text that are quoted.
    image_id : str or None
        The image whose caption is quoted.
    """

    origin: Origin
    quote: str
    case_id: str | None
    section: str | None
    image_id: str | None
    start: int | None
    end: int | None


class StatementDocument(TypedDict):
    """One statement of a draft.

    Attributes
    ----------
    subject : Subject
        Whom or what it speaks of.
    worded_by : str
        The person who worded it; it then has no citations.
    organs : list of str
        Of a finding of the scan, the organs that it stands under.
    """

    text: str
    subject: Subject
    citations: list[CitationDocument]
    worded_by: NotRequired[str]
    organs: NotRequired[list[str]]


class SectionDocument(TypedDict):
    """One section of a draft.

    Attributes
    ----------
    scanned : str
        Of the findings, what was scanned, where it is known.
    organs : list of str
        The organs that a report on such a scan speaks of; those that no statement names were not assessed.
    """

    section: str
    statements: list[StatementDocument]
    scanned: NotRequired[str]
    organs: NotRequired[list[str]]


class DraftRequestDocument(TypedDict):
    """Of whom and of what a draft is.

    Attributes
    ----------
    image_sha256 : str or None
        Of the file of the image, as it was given.
    """

    history: str | None
    exam: str | None
    age_years: float | None
    sex: str | None
    image_sha256: str | None


class DroppedDocument(TypedDict):
    """A statement that was left out, and why."""

    section: str
    subject: Subject
    text: str
    reason: str


class SimilarCaseDocument(TypedDict):
    """A case that a draft stands on.

    Attributes
    ----------
    reference : str or None
        Article and licence of a published case.
    """

    case_id: str
    title: str
    score: float
    reference: NotRequired[str | None]


class StandingDocument(TypedDict):
    """What a kept draft says of itself.

    Attributes
    ----------
    digest : str
        SHA-256 of the content.
    made_at, signed_at : str
        UTC in ISO 8601.
    signature : str or None
        How it was signed: ``self-declared``.
    """

    draft_id: str
    version: int
    state: State
    digest: str
    made_by: str
    made_at: str
    reviewed_by: str | None
    signed_by: str | None
    signed_at: str | None
    signature: str | None


class DraftDocument(TypedDict):
    """A draft.

    Attributes
    ----------
    label : str
        What the draft is: made by a machine, and by whom it was reviewed or signed.
    author : str
        What worded it: rules, or which language model.
    made_at : str or None
        When it was made, UTC in ISO 8601.
    request : DraftRequestDocument
        Of whom and of what it is.
    similar_cases : list of SimilarCaseDocument
        The cases that it stands on.
    dropped : list of DroppedDocument
        Statements that the check left out.
    notices : list of str
        What to know of how it came to be.
    standing : StandingDocument or None
        What it says of itself where it is kept; None elsewhere.
    """

    label: str
    reviewed: bool
    author: str
    made_at: NotRequired[str | None]
    request: NotRequired[DraftRequestDocument]
    sections: list[SectionDocument]
    similar_cases: list[SimilarCaseDocument]
    dropped: list[DroppedDocument]
    notices: list[str]
    standing: StandingDocument | None


class StandingsDocument(TypedDict):
    """The kept drafts, each by its newest version."""

    drafts: list[StandingDocument]


class NodesDocument(TypedDict):
    """Nodes of the graph that were looked for."""

    nodes: list[FoundNode]


class GroupsDocument(TypedDict):
    """What stands at a node, by kind."""

    groups: list[Group]


class PathsDocument(TypedDict):
    """Paths of the graph, in words too."""

    paths: list[GraphPath]


class PlacedDocument(TypedDict):
    """Findings of cases at a place."""

    findings: list[PlacedFinding]


class SharingDocument(TypedDict):
    """Cases that share what is rare."""

    cases: list[SharingCase]


class CommunitiesDocument(TypedDict):
    """Communities of like cases."""

    communities: list[Community]


class ReviewDocument(TypedDict):
    """One thing that a person should look at.

    Attributes
    ----------
    why : str
        Why to look at it.
    settle : str
        The command that settles it.
    """

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
    """What a person decided, with the keys of `curate accept`.

    Attributes
    ----------
    state : DecisionState
        Whether it is in force.
    withdrawal : Withdrawal or None
        That it was taken back; None where it was not.
    """

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
    """How the values of a case came to be.

    Attributes
    ----------
    live : bool
        False for a rejected case.
    """

    case_id: str
    live: bool
    ledger: list[LedgerEntry]
    decisions: list[DecisionDocument]


class DuplicatesDocument(TypedDict):
    """Images that look alike, and leaks between splits.

    Attributes
    ----------
    images : int
        How many were compared.
    distance : int
        How many bits of their hashes may differ.
    across_cases : int
        How many pairs are of two cases.
    """

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
    """Rows of a view that a source declares.

    Attributes
    ----------
    rows : list of dict
        Its documents, with the keys that the view gives them.
    """

    view: str
    rows: list[dict[str, Any]]


class CollectionsDocument(TypedDict):
    """The named collections.

    Attributes
    ----------
    collections : list of Collection
        By name.
    """

    collections: list[Collection]


DOCUMENTS: Mapping[str, Any] = {
    "ask": AskAnswer,
    "backup": Backup,
    "classify": Classification,
    "classify --zero-shot": ZeroShotDocument,
    "collection list": CollectionsDocument,
    "collection show": Collection,
    "compare": CompareDocument,
    "curate accept": Decision,
    "curate decisions": DecisionsDocument,
    "curate duplicates": DuplicatesDocument,
    "curate original": OriginalDocument,
    "curate queue": QueueDocument,
    "curate report": ErrorReport,
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
    "fetch medpix": MedPixReport,
    "fetch pmc": FetchReport,
    "graph cohort": Cohort,
    "graph communities": CommunitiesDocument,
    "graph counts": Counts,
    "graph differential": Differential,
    "graph explain": DiagnosisExplanation,
    "graph export": GraphExportReport,
    "graph find": NodesDocument,
    "graph groups": GroupsDocument,
    "graph members": Members,
    "graph path": PathsDocument,
    "graph placed": PlacedDocument,
    "graph shared": Comparison,
    "graph sharing": SharingDocument,
    "graph show": Subgraph,
    "index": WorkspaceIndexReport,
    "ingest": IngestDocument,
    "map": ImageMap,
    "models add": AddedModelDocument,
    "models list": ModelsDocument,
    "models verify": VerdictsDocument,
    "originals": OriginalsReport,
    "query": CasePage,
    "query --facet": Annotated[dict[str, int], Field(description="How many cases have each value.")],
    "query --view": ViewDocument,
    "search": SearchDocument,
    "status": WorkspaceStatus,
    "subset": SubsetReport,
    "verify-draft": Verification,
}
"""The type of the document that each command writes; commands that write the same one are listed once."""

ALSO_WRITTEN_BY: Mapping[str, tuple[str, ...]] = {
    "backup": ("restore",),
    "collection show": ("collection add", "collection remove"),
    "classify --zero-shot": ("classify --labels",),
    "curate accept": ("curate correct", "curate reject", "curate crop", "curate mark-text"),
    "draft": ("draft show",),
}
"""The other commands that write the document of a command."""


def schema_of(command: str) -> dict[str, Any]:
    """Return the JSON schema of a command's document."""
    schema = with_field_descriptions(
        TypeAdapter(DOCUMENTS[command]).json_schema(mode="serialization", schema_generator=_AsWritten)
    )
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
