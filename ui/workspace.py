"""The workspace: the only place where the stations of the road are joined.

A workspace is a folder with its documents, pictures, graph, vectors and models, or with the addresses of servers that
keep some of them. Every engine is opened when it is first needed and closed with the workspace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import Any, Self

from ingest.case import Case, Image
from ingest.curator import Curator
from ingest.deletion import DeletionReport, delete_case, finish_deletions
from ingest.duplicates import DISTANCE, DuplicateReport, find_duplicates
from ingest.errors import EngineError, InputError, UnknownCase
from ingest.export import ExportReport, export_cases
from ingest.load import IngestReport, ingest
from ingest.picture_rules import FILE_LIMIT_BYTES
from ingest.pictures import Decoder, ObjectStore, Picture
from ingest.review import ReviewItem, require_item, review_queue
from ingest.store.filters import Filter
from ingest.store.interface import DocumentStore, Page
from ingest.store.lock import writer_lock
from ingest.store.opening import SQLITE, open_store
from ingest.store.query_text import parse_filter
from ingest.store.stored_form import utc_now, written_at
from kg.graph import Graph, connect
from kg.projection import covered_sequence
from kg.schema import Label
from kg.server import embedded_graph
from rag.draft import Draft, write_draft
from rag.evidence import DraftRequest
from rag.graph_channel import sharing_in
from rag.indexing import IMAGES, TEXTS, index_states
from rag.language_model import LanguageModel, open_language_model
from rag.search import CaseSearch, Query, SearchAnswer, open_search
from rag.snapshot import read_manifest
from ui.classification import Classification, classify_picture
from ui.difference import Difference, Foresight
from ui.doctor import Examination, clear_leftovers, examine
from ui.indexing import INDEX_LOCK, WorkspaceIndexReport, index_workspace
from ui.models import Models
from ui.settings import Settings
from ui.status import GraphState, WorkspaceStatus, workspace_status
from ui.workspace_file import WorkspaceFile, is_workspace, read_workspace_file, write_workspace_file

SAVED_QUERY = "query"
Progress = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    """Report progress to nobody."""


class Workspace:
    """One workspace, open. Use `Workspace.open`; safe to use from several threads."""

    def __init__(self, folder: Path, settings: Settings, memory: WorkspaceFile) -> None:
        self.folder = folder
        self.settings = settings
        self.memory = memory
        self._lock = RLock()
        self._graph: Graph | None = None
        self._finder: tuple[tuple[str, ...], CaseSearch] | None = None

    @classmethod
    def open(cls, settings: Settings, *, create: bool = False) -> Self:
        """Open the workspace that the settings name.

        Parameters
        ----------
        create : bool
            Make an empty one where there is none.

        Raises
        ------
        WorkspaceError
            If the folder is no workspace, or one of another version.
        """
        folder = settings.workspace
        memory = WorkspaceFile() if create and not is_workspace(folder) else read_workspace_file(folder)
        space = cls(folder, settings, memory)
        space._remember()
        return space

    def _remember(self) -> None:
        """Write down the addresses and encoders that the settings name, where they are news."""
        settings = self.settings
        named = {
            "documents": self._documents_to_remember(),
            "graph": settings.graph,
            "image_encoder": settings.image_encoder,
            "text_encoder": settings.text_encoder,
        }
        news = replace(self.memory, **{name: value for name, value in named.items() if value is not None})
        if news != self.memory or not is_workspace(self.folder):
            write_workspace_file(self.folder, news)
            self.memory = news

    def _documents_to_remember(self) -> str | None:
        """Return the address of the documents without its password."""
        named = self.settings.documents
        if named is None or named.get_secret_value() == SQLITE:
            return SQLITE if named else None
        return self.store.address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every engine that was opened."""
        with self._lock:
            if self._graph is not None:
                self._graph.close()
                self._graph = None
            if "decoder" in self.__dict__:
                self.decoder.__exit__(None, None, None)
                del self.__dict__["decoder"]
            if "store" in self.__dict__:
                self.store.close()
                del self.__dict__["store"]

    @cached_property
    def store(self) -> DocumentStore:
        """The documents."""
        with self._lock:
            named = self.settings.documents
            return open_store(named.get_secret_value() if named else self.memory.documents, self.folder)

    @cached_property
    def objects(self) -> ObjectStore:
        """The stored pictures."""
        return ObjectStore(self.folder / "objects")

    @cached_property
    def decoder(self) -> Decoder:
        """The child processes that read pictures from outside."""
        with self._lock:
            return Decoder().__enter__()

    @property
    def graph(self) -> Graph:
        """The graph server, started or connected to when first asked for, and anew after it was lost.

        Raises
        ------
        EngineError
            If it does not answer or declines.
        """
        with self._lock:
            if self._graph is not None and self._graph.lost:
                self._graph.close()
                self._graph = None
            if self._graph is None:
                self._graph = self._open_graph()
            return self._graph

    def _open_graph(self) -> Graph:
        if self.memory.graph == "embedded":
            return embedded_graph(self.folder / "graph")
        password = self.settings.graph_password.get_secret_value()
        return connect(self.memory.graph, user=self.settings.graph_user, password=password)

    @cached_property
    def models(self) -> Models:
        """The encoders and the classifier."""
        return Models(self.folder / "models", self.memory.image_encoder, self.memory.text_encoder)

    @property
    def finder(self) -> CaseSearch:
        """The similar-case search over the vectors as they stand now, loaded anew where they have changed.

        Raises
        ------
        StaleProjection
            If there are no vectors yet, or other encoders made them.
        """
        with self._lock:
            names = self._snapshot_digests()
            if self._finder is None or self._finder[0] != names:
                self.__dict__.pop("models", None)
                search = open_search(
                    self.store, self.vectors_folder, self.models.image_encoder, self.models.text_encoder, self._sharing
                )
                self._finder = (names, search)
            return self._finder[1]

    def _snapshot_digests(self) -> tuple[str, ...]:
        manifests = (read_manifest(self.vectors_folder / kind) for kind in (IMAGES, TEXTS))
        return tuple(found.sha256["vectors.npy"] for found in manifests if found)

    def _sharing(
        self, case_id: str | None, concept_ids: Sequence[str], k: int, allowed: Set[str]
    ) -> list[tuple[str, float, list[str]]]:
        """Ask the graph, connected to no earlier than now: a search goes on without it."""
        return sharing_in(self.graph)(case_id, concept_ids, k, allowed)

    @property
    def vectors_folder(self) -> Path:
        """Where the snapshots of vectors are."""
        return self.folder / "vectors"

    def ingest(
        self, source: str | Path, *, images: Path | None = None, dry_run: bool = False, progress: Progress = _silent
    ) -> IngestReport:
        """Read a source into the documents; see `ingest.load.ingest`."""
        return ingest(
            source,
            self.store,
            self.objects,
            actor=self.settings.actor_name,
            images=images,
            dry_run=dry_run,
            progress=progress,
        )

    def foresee(
        self, source: str | Path, *, images: Path | None = None, progress: Progress = _silent
    ) -> tuple[IngestReport, Difference]:
        """Say what an ingest of the source would do, and what it would change in documents, graph and vectors."""
        foresight = Foresight()
        report = ingest(
            source,
            self.store,
            self.objects,
            actor=self.settings.actor_name,
            images=images,
            dry_run=True,
            foresee=foresight.see,
            progress=progress,
        )
        return report, foresight.difference(report.vanished, self.vectors_folder)

    def index(self, *, rebuild: bool = False, progress: Progress = _silent) -> WorkspaceIndexReport:
        """Bring graph, vectors and classifier up to the documents, and end deletions that were interrupted.

        Raises
        ------
        BusyError
            If another process does so.
        """
        finish_deletions(self.store, self.objects, actor=self.settings.actor_name)
        cases = self.store.count()
        refit = cases >= 2 * self.memory.fitted_on_cases
        with self._lock, writer_lock(self.folder / INDEX_LOCK, since=written_at(utc_now)):
            report = index_workspace(
                self.store,
                self.objects,
                self.graph,
                self.models,
                self.vectors_folder,
                rebuild=rebuild,
                refit=refit,
                progress=progress,
            )
        if cases and (rebuild or refit):
            self.memory = replace(self.memory, fitted_on_cases=cases)
            write_workspace_file(self.folder, self.memory)
        return report

    def status(self) -> WorkspaceStatus:
        """Say what the workspace holds and how far its projections lag."""
        try:
            state = GraphState(self.memory.graph, covered_sequence(self.graph))
        except EngineError as error:
            state = GraphState(self.memory.graph, None, str(error))
        return workspace_status(self.store, state, index_states(self.vectors_folder))

    def delete(self, case_id: str) -> DeletionReport:
        """Delete a case from the documents, with the pictures that no other case has; `index` brings the rest after.

        Interrupted anywhere, the next `index` ends it.

        Raises
        ------
        UnknownCase
            If there is no such case.
        """
        return delete_case(self.store, self.objects, case_id, actor=self.settings.actor_name)

    def doctor(self) -> Examination:
        """Look for every disagreement of documents, pictures, graph and vectors."""
        return examine(self.store, self.objects, lambda: self.graph, self.models, self.folder)

    def mend(self, *, progress: Progress = _silent) -> None:
        """Clear away what killed processes left, and build graph and vectors anew where they disagree.

        Documents and pictures stay as they are.
        """
        clear_leftovers(self.store, self.folder, actor=self.settings.actor_name)
        finish_deletions(self.store, self.objects, actor=self.settings.actor_name)
        if self.doctor().projections_differ:
            self.index(rebuild=True, progress=progress)

    def case(self, case_id: str) -> Case:
        """Return one case by its id or short id. Raises UnknownCase."""
        return self.store.get(case_id).case

    def image(self, image_id: str) -> Image:
        """Return one image by its id. Raises UnknownCase."""
        case = self.case(image_id.rpartition("_")[0])
        found = next((image for image in case.images if image.image_id == image_id), None)
        if found is None:
            raise UnknownCase(f"case '{case.case_id}' has no image '{image_id}'. See its images: casegraph query.")
        return found

    def query(self, where: str | Filter | None = None, *, after: str | None = None, limit: int = 25) -> Page:
        """Return a page of the cases that match."""
        return self.store.page(_filter(where), after=after, limit=limit)

    def search(self, query: Query) -> SearchAnswer:
        """Find similar cases."""
        return self.finder.search(query)

    def similar_to_text(self, text: str, *, k: int = 10, where: str | Filter | None = None) -> SearchAnswer:
        """Find cases by words."""
        return self.finder.similar_to_text(text, k=k, where=_filter(where))

    def similar_to_image(
        self, picture: bytes | Path, *, k: int = 10, where: str | Filter | None = None
    ) -> SearchAnswer:
        """Find cases by a picture: a PNG, JPEG or DICOM file, or its bytes."""
        return self.finder.similar_to_image(self.decode(picture).png, k=k, where=_filter(where))

    def similar_to_case(self, case_id: str, *, k: int = 10, where: str | Filter | None = None) -> SearchAnswer:
        """Find cases by a case; never the case itself."""
        return self.finder.similar_to_case(self.case(case_id).case_id, k=k, where=_filter(where))

    def decode(self, picture: bytes | Path) -> Picture:
        """Decode a picture from outside in a child process.

        Raises
        ------
        InputError
            If there is no such file.
        RejectedFile
            If it is no picture that we accept.
        """
        return self.decoder.decode(_read(picture) if isinstance(picture, Path) else picture)

    def classify(self, picture: bytes | Path | Picture, *, neighbours: int = 3) -> Classification:
        """Tell modality, plane and region of a picture."""
        decoded = picture if isinstance(picture, Picture) else self.decode(picture)
        return classify_picture(decoded, self.models, self.finder.images, self.store, neighbours=neighbours)

    def draft(self, request: DraftRequest, *, picture: Picture | None = None, where: Filter | None = None) -> Draft:
        """Draft a report from what is known of a scan and from similar cases.

        Parameters
        ----------
        picture : Picture, optional
            Classified for the section Technique, and compared with the pictures of the workspace.
        where : Filter, optional
            Only these cases may be stood on.
        """
        if picture is not None:
            predictions = {answer.task: answer for answer in self.classify(picture).predictions}
            request = replace(request, predictions=predictions)
        query = request.query(png=picture.png if picture else None)
        answer = self.search(replace(query, where=where))
        return write_draft(request, answer.hits, self.store, language_model=self._model(), notices=answer.notices)

    def _model(self) -> LanguageModel | None:
        settings = self.settings
        if settings.language_model is None:
            return None
        key = settings.language_model_key
        return open_language_model(
            settings.language_model, url=settings.language_model_url, key=key.get_secret_value() if key else None
        )

    def export(self, folder: Path, *, where: str | Filter | None = None, images: bool = True) -> ExportReport:
        """Write a subset; see `ingest.export.export_cases`."""
        return export_cases(self.store, self.objects, folder, where=_filter(where), images=images)

    def view_rows(self, name: str, where: Filter | None, *, limit: int) -> Iterator[dict[str, Any]]:
        """Yield the rows of a view of the MedPix 2.0 paper for the cases that match."""
        wanted = {case_id.partition(":")[2] for case_id in self.store.case_ids(where)}
        yield from islice((row for row in self.store.view(name) if row["U_id"] in wanted), limit)

    @property
    def curator(self) -> Curator:
        """The acting person, to accept, correct, reject, crop and take back; `index` follows what was decided."""
        return Curator(self.store, self.objects, self.settings.actor_name)

    def near_duplicates(self, *, distance: int = DISTANCE, progress: Progress = _silent) -> DuplicateReport:
        """Return the pictures that look alike, and the leaks between splits; see `ingest.duplicates`."""
        cache = self.folder / "picture-hashes.json"
        return find_duplicates(self.store, self.objects, cache, distance=distance, progress=progress)

    def review_queue(self, *, progress: Progress = _silent) -> list[ReviewItem]:
        """Return what a person should look at; near duplicates across cases are among it."""
        return review_queue(self.store, self.near_duplicates(progress=progress).pairs)

    def review_item(self, item_id: str, *, progress: Progress = _silent) -> ReviewItem:
        """Return an item of the review queue; pictures are only compared where it is none of the others.

        Raises
        ------
        InputError
            If it is not in the queue, or not any more.
        """
        without_pictures = review_queue(self.store)
        known = any(item.item_id == item_id for item in without_pictures)
        return require_item(item_id, without_pictures if known else self.review_queue(progress=progress))

    def save_query(self, name: str, query: str) -> None:
        """Keep the text of a query under a name."""
        with self.store.writer(self.settings.actor_name) as writer:
            writer.save_record(SAVED_QUERY, name, {"query": query})

    def saved_queries(self) -> dict[str, str]:
        """Return the kept queries by name."""
        return {name: str(record["query"]) for name, record in self.store.records(SAVED_QUERY).items()}

    def node_key(self, named: str) -> str:
        """Return the key of the graph's node that a reader named: ``Label:key``, or the id of a case."""
        if named.partition(":")[0] in set(Label):
            return named
        return f"{Label.CASE}:{self.case(named).case_id}"


def _read(path: Path) -> bytes:
    """Return the bytes of a file that the user named, links followed; no more than decoding would take."""
    if not path.is_file():
        raise InputError(f"there is no file '{path}'. Name a PNG, JPEG or DICOM file.")
    try:
        with path.open("rb") as file:
            return file.read(FILE_LIMIT_BYTES + 1)
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror}. Check its permissions.") from error


def _filter(where: str | Filter | None) -> Filter | None:
    if isinstance(where, str):
        return parse_filter(where) if where.strip() else None
    return where
