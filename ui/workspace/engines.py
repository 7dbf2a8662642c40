"""A workspace, open: its folder, its settings, and every engine that it has, each opened when it is first needed.

A workspace is a folder with its documents, pictures, graph, vectors and models, or with the addresses of servers that
keep some of them. Nothing is asked of the engines here.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Self

from ingest.pictures.decoder import Decoder
from ingest.pictures.objects import ObjectStore
from ingest.store.interface import DocumentStore
from ingest.store.opening import SQLITE, open_store
from kg.engine.graph import Graph, connect
from kg.engine.server import embedded_graph
from rag.index.indexing import IMAGES, TEXTS
from rag.index.snapshot import read_manifest
from rag.search.graph_channel import sharing_in
from rag.search.reranking import Reranker
from rag.search.search import CaseSearch, open_search
from ui.workspace.file import WorkspaceFile, is_workspace, read_workspace_file, write_workspace_file
from ui.workspace.models import Models
from ui.workspace.settings import Settings


class WorkspaceEngines:
    """The engines of one workspace; every one that was opened is closed with it."""

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
                    self.store,
                    self.vectors_folder,
                    self.models.image_encoder,
                    self.models.text_encoder,
                    self._sharing,
                    reranker=self._reranker,
                )
                self._finder = (names, search)
            return self._finder[1]

    @cached_property
    def _reranker(self) -> Reranker | None:
        named = self.settings.reranker
        if named is None:
            return None
        from clip.cross_encoder import load_cross_encoder

        return load_cross_encoder(named)

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
