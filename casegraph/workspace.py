"""The workspace: its parts over its engines, opened and closed as one."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from casegraph.backups import Backups
from casegraph.collecting import Collecting
from casegraph.comparison import Comparing
from casegraph.contents import Contents, contents_of, engines_in_words
from casegraph.curation import Curation
from casegraph.documents import Documents
from casegraph.drafts import Drafts
from casegraph.engines import Engines
from casegraph.evaluation import Evaluation
from casegraph.graph import GraphQuestions
from casegraph.indexing import Indexing
from casegraph.maps import Maps
from casegraph.models import Models
from casegraph.originals import Originals
from casegraph.reading import decode
from casegraph.search import Search
from casegraph.settings import Settings
from casegraph.subsets import Subsets
from casegraph.teaching import Teaching
from casegraph.training import Training
from ingest.images.decoding import DecodedImage
from ingest.remedies import Advice


class Workspace:
    """One workspace, open; close it, or use it in a ``with`` statement. Safe to use from several threads.

    Attributes
    ----------
    documents, originals, curation, search, graph, comparing, models, drafts, teaching, collections, subsets, maps,
    indexing, evaluation, training, backups
        Its parts, each a small class of the module of its name.
    engines : Engines
        What the parts work on: for extensions and tests.
    """

    def __init__(self, engines: Engines) -> None:
        self.engines = engines
        self.documents = Documents(engines)
        self.originals = Originals(engines)
        self.curation = Curation(engines)
        self.search = Search(engines)
        self.graph = GraphQuestions(engines)
        self.comparing = Comparing(engines)
        self.models = Models(engines)
        self.drafts = Drafts(engines, self.search, self.models)
        self.teaching = Teaching(engines)
        self.collections = Collecting(engines)
        self.indexing = Indexing(engines)
        self.evaluation = Evaluation(engines, self.drafts)
        self.training = Training(engines)
        self.subsets = Subsets(engines)
        self.maps = Maps(engines)
        self.backups = Backups(engines)

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
        return cls(Engines.open(settings, create=create))

    @property
    def folder(self) -> Path:
        """The folder of the workspace."""
        return self.engines.folder

    @property
    def settings(self) -> Settings:
        """The settings of this run."""
        return self.engines.settings

    def decode(self, image: bytes | Path) -> DecodedImage:
        """Decode an image from outside, a file or its bytes, in a child process.

        Raises
        ------
        InputError
            If there is no such file.
        RejectedFile
            If it is no image that we accept.
        """
        return decode(self.engines, image)

    def contents(self) -> Contents:
        """Count what the workspace holds, and what of it cannot be shown."""
        return contents_of(self.engines)

    def engines_in_words(self) -> dict[str, str]:
        """Return what each part of the work is done with, in a sentence."""
        return engines_in_words(self.engines)

    def warm_up(self) -> None:
        """Load the models and vectors and ask once, so that the first question takes no longer than the next.

        Raises
        ------
        StaleProjection, InputError, EngineError
            If there are no vectors yet, or an engine cannot be used.
        """
        self.engines.load()
        self.search.by_text("image", k=1)

    def try_servers(self) -> None:
        """Open documents and graph where the settings name others than the workspace keeps. Raises EngineError."""
        self.engines.try_servers()

    def differences(self) -> list[Advice]:
        """Say where the settings of this run are not what the workspace keeps, and the way back."""
        return self.engines.differences()

    def close(self) -> None:
        """Let go of every engine that was opened."""
        self.engines.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
