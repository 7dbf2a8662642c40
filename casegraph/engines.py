"""A workspace, open: its folder, its settings, and every engine that it has, each opened when it is first needed.

A workspace is a folder with its documents, images, graph, vectors and models, or with the addresses of servers that
keep some of them. Nothing is asked of the engines here.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Self

from casegraph.file import WorkspaceFile, is_workspace, read_workspace_file, write_workspace_file
from casegraph.loaded_models import LoadedModels
from casegraph.settings import Settings
from casegraph.way_back import ENCODERS, differences, require_kept_encoders, way_back
from ingest.errors import InputError, StaleProjection
from ingest.fetch.originals import OriginalStore
from ingest.images.decoder import Decoder
from ingest.images.objects import ObjectStore
from ingest.remedies import Advice
from ingest.sources.registry import views_of
from ingest.store.interface import DocumentStore
from ingest.store.opening import address_to_remember, open_store
from kg.engine.address import parse_address
from kg.engine.graph import Graph, connect
from kg.engine.server import embedded_graph
from rag.index.opening import VectorStores, open_vectors
from rag.search.graph_channel import sharing_in
from rag.search.reranking import Reranker
from rag.search.scans import ScanJudge
from rag.search.search import CaseSearch, open_search

EMBEDDED = "embedded"


class Engines:
    """The engines of one workspace; every one that was opened is closed with it.

    `kept` is what the workspace remembers, `memory` what this run goes by: the same, but for what the settings name.
    """

    def __init__(self, folder: Path, settings: Settings, kept: WorkspaceFile) -> None:
        self.folder = folder
        self.settings = settings
        self.kept = kept
        self.memory = _gone_by(settings, kept)
        self._opened: set[str] = set()
        self.lock = RLock()
        self._store: DocumentStore | None = None
        self._decoder: Decoder | None = None
        self._graph: Graph | None = None
        self._models: LoadedModels | None = None
        self._loaded_at: tuple[str, ...] | None = None  # the vectors for which `load` loaded those models
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
        is_new = create and not is_workspace(folder)
        kept = WorkspaceFile() if is_new else read_workspace_file(folder)
        space = cls(folder, settings, kept)
        if is_new:
            if settings.documents is not None:
                space.open_documents()
            space.keep()
        return space

    def try_servers(self) -> None:
        """Open documents and graph where the settings name others than the workspace keeps.

        Raises
        ------
        EngineError, InputError
            If one cannot be opened.
        """
        if self.memory.documents != self.kept.documents:
            self.open_documents()
        if self.memory.graph != self.kept.graph:
            self.open_graph()

    def keep(self, **facts: int) -> None:
        """Write down what was opened in this run, and `facts`, where they are news: what failed is never kept."""
        known = is_workspace(self.folder)
        was = read_workspace_file(self.folder) if known else WorkspaceFile()
        news = replace(was, **{name: getattr(self.memory, name) for name in self._opened}, **facts)
        if news != was or not known:
            write_workspace_file(self.folder, news)
        self.kept = news

    def differences(self) -> list[Advice]:
        """Say where the settings of this run are not what the workspace keeps, and the way back."""
        return differences(self.kept, self.memory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every engine that was opened."""
        with self.lock:
            if self._graph is not None:
                self._graph.close()
                self._graph = None
            if self._decoder is not None:
                self._decoder.__exit__(None, None, None)
                self._decoder = None
            if self._store is not None:
                self._store.close()
                self._store = None

    @property
    def store(self) -> DocumentStore:
        """The documents, opened when first asked for."""
        return self.open_documents()

    def open_documents(self) -> DocumentStore:
        """Open the documents, where they are not open yet, and return them."""
        if (store := self._store) is not None:
            return store  # also while another thread loads vectors under the lock
        with self.lock:
            if self._store is None:
                named = self.settings.documents
                with way_back("documents", self.kept, self.memory):
                    address = named.get_secret_value() if named else self.memory.documents
                    self._store = open_store(address, self.folder, views=views_of())
                self._opened.add("documents")
            return self._store

    @cached_property
    def objects(self) -> ObjectStore:
        """The stored images."""
        return ObjectStore(self.folder / "objects")

    @cached_property
    def originals(self) -> OriginalStore:
        """The full-size images that were fetched, apart from the stored ones."""
        return OriginalStore(self.folder / "originals")

    @property
    def decoder(self) -> Decoder:
        """The child processes that read images from outside."""
        if (decoder := self._decoder) is not None:
            return decoder
        with self.lock:
            if self._decoder is None:
                self._decoder = Decoder().__enter__()
            return self._decoder

    @property
    def graph(self) -> Graph:
        """The graph server, started or connected to when first asked for, and again after it was lost."""
        return self.open_graph()

    def open_graph(self) -> Graph:
        """Start or connect to the graph server, where there is none yet or it was lost, and return it.

        Raises
        ------
        EngineError
            If it does not answer or declines.
        """
        with self.lock:
            if self._graph is not None and self._graph.lost:
                self._graph.close()
                self._graph = None
            if self._graph is None:
                with way_back("graph", self.kept, self.memory):
                    self._graph = self._new_graph()
                self._opened.add("graph")
            return self._graph

    def _new_graph(self) -> Graph:
        if self.memory.graph == EMBEDDED:
            if self.settings.graph_database:
                raise InputError(
                    "the embedded graph has no databases to choose from. Leave CASEGRAPH_GRAPH_DATABASE out, or give "
                    "CASEGRAPH_GRAPH the address of a server."
                )
            return embedded_graph(self.folder / "graph")
        password = self.settings.graph_password.get_secret_value()
        return connect(self.memory.graph, user=self.settings.graph_user, password=password)

    @property
    def models(self) -> LoadedModels:
        """The encoders and the classifier; others where another process has indexed with others meanwhile."""
        with self.lock:
            self._follow_encoders()
            if self._models is None or self._models.names != (self.memory.image_encoder, self.memory.text_encoder):
                self._models = self._new_models()
            return self._models

    def _follow_encoders(self) -> None:
        """Go by the encoders that the workspace keeps now, but for those that the settings name."""
        now = read_workspace_file(self.folder)
        facts = {name: getattr(now, name) for name in (*ENCODERS, "fitted_on_cases")}
        self.kept = replace(self.kept, **facts)
        named = {name: getattr(self.settings, name) or facts[name] for name in ENCODERS}
        self.memory = replace(self.memory, **{**facts, **named})

    def new_models(self) -> LoadedModels:
        """Return models that nobody else uses, by the encoders that the workspace keeps or the settings name."""
        with self.lock:
            self._follow_encoders()
            return self._new_models()

    def keep_indexed(self, models: LoadedModels, *, fitted_on_cases: int | None) -> None:
        """Write down what a run of the index went by, and search with its models from now on.

        Parameters
        ----------
        fitted_on_cases : int or None
            How many cases its encoders were fitted on; None where they were not fitted in this run.
        """
        with self.lock:
            if fitted_on_cases is not None:
                self.memory = replace(self.memory, fitted_on_cases=fitted_on_cases)
            self._opened |= {"documents", "graph", "vectors", *ENCODERS}
            self.keep(fitted_on_cases=self.memory.fitted_on_cases)
            self._models, self._loaded_at = models, None

    def _new_models(self) -> LoadedModels:
        return LoadedModels(
            self.folder / "models",
            self.memory.image_encoder,
            self.memory.text_encoder,
            lambda setting: way_back(setting, self.kept, self.memory),
        )

    @property
    def finder(self) -> CaseSearch:
        """The similar-case search over the vectors as they stand now, loaded again where they have changed.

        Raises
        ------
        StaleProjection
            If there are no vectors yet, or other encoders made them.
        """
        with self.lock:
            names = self._vector_digests()
            if self._finder is None or self._finder[0] != names:
                if self._loaded_at != names:
                    self._models = None
                self._finder = (names, self._open_search(indexed=bool(names)))
            return self._finder[1]

    def load(self) -> None:
        """Load the models and vectors ahead of the first question; what takes longest is done outside the lock.

        Raises
        ------
        StaleProjection, InputError
            If they cannot be used, as `finder` and `models` say.
        """
        names, models = self._vector_digests(), self.models
        _ = models.image_encoder, models.text_encoder
        with self.lock:
            if self._models is models:
                self._loaded_at = names
            _ = self.finder
        _ = self.models.classifier

    def _open_search(self, *, indexed: bool) -> CaseSearch:
        models = self.models
        try:
            return open_search(
                self.store,
                self.vectors,
                models.asking_encoder,
                models.text_encoder,
                self._sharing,
                reranker=self._reranker,
                scan_judge=ScanJudge(models.strangeness, knows_archive=not models.comes_with_heads),
            )
        except StaleProjection:
            if indexed:
                require_kept_encoders(self.kept, self.memory)
            raise

    @cached_property
    def _reranker(self) -> Reranker | None:
        named = self.settings.reranker
        if named is None:
            return None
        from clip.cross_encoder import load_cross_encoder

        return load_cross_encoder(named)

    def _vector_digests(self) -> tuple[str, ...]:
        states = (kept.state() for kept in self.vectors.values())
        return tuple(found.digest for found in states if found)

    def _sharing(
        self, case_id: str | None, concept_ids: Sequence[str], k: int, allowed: Set[str]
    ) -> list[tuple[str, float, list[str]]]:
        """Ask the graph, connected to no earlier than now: a search goes on without it."""
        return sharing_in(self.graph)(case_id, concept_ids, k, allowed)

    @cached_property
    def vectors(self) -> VectorStores:
        """The vectors of images and of texts."""
        with way_back("vectors", self.kept, self.memory):
            return open_vectors(self.memory.vectors, self.vectors_folder)

    @property
    def vectors_folder(self) -> Path:
        """Where engines that keep vectors in the workspace have them."""
        return self.folder / "vectors"

    @property
    def image_hashes(self) -> Path:
        """The file that keeps the hashes of the images from run to run; it may be deleted at any time."""
        return self.folder / "image-hashes.json"

    @property
    def image_labels(self) -> Path:
        """The file that keeps what the classifier is sure of in each image; it may be deleted at any time."""
        return self.folder / "image-labels.json"


def _gone_by(settings: Settings, kept: WorkspaceFile) -> WorkspaceFile:
    """Return what a run goes by: what the settings name before what the workspace keeps, without any secret."""
    named = {name: getattr(settings, name) for name in ("graph", "vectors", "image_encoder", "text_encoder")}
    if settings.documents is not None:
        with way_back("documents", kept, replace(kept, documents="")):
            named["documents"] = address_to_remember(settings.documents.get_secret_value())
    graph = settings.graph or kept.graph
    if graph != EMBEDDED and (settings.graph or settings.graph_database):
        with way_back("graph", kept, replace(kept, graph="")):
            named["graph"] = parse_address(graph, settings.graph_database).text
    return replace(kept, **{name: value for name, value in named.items() if value is not None})
