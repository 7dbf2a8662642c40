"""CaseGraph from Python: ``casegraph.open(folder)`` gives a workspace to query, search and draft from.

A workspace is composed of parts, each a small class with a module of its own: `documents`, `originals`, `curation`,
`search`, `graph`, `comparing`, `models`, `drafts`, `teaching`, `collections`, `subsets`, `maps`, `indexing`,
`evaluation`, `training`, `backups`. Requests and answers are plain dataclasses.

Examples
--------
>>> import casegraph
>>> with casegraph.open("workspace-demo") as space:  # doctest: +SKIP
...     for hit in space.search.by_text("ring-enhancing mass", k=3).hits:
...         print(hit.case_id, hit.score)
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

# First: it sets OPENBLAS_NUM_THREADS, which numpy reads when it is imported.
import rag  # noqa: F401  # pyright: ignore[reportUnusedImport]

if TYPE_CHECKING:
    from casegraph.cases import Case, Filter, Image, parse_filter
    from casegraph.drafts import AskAnswer, Draft, DraftRequest
    from casegraph.errors import (
        BusyError,
        CaseGraphError,
        DamagedFile,
        EngineError,
        InputError,
        MissingExtra,
        RejectedFile,
        StaleProjection,
        StorageError,
        UnknownCase,
        WorkspaceError,
    )
    from casegraph.models import Classification
    from casegraph.search import Query, SearchAnswer
    from casegraph.settings import Settings
    from casegraph.workspace import Workspace

__all__ = [
    "AskAnswer",
    "BusyError",
    "Case",
    "CaseGraphError",
    "Classification",
    "DamagedFile",
    "Draft",
    "DraftRequest",
    "EngineError",
    "Filter",
    "Image",
    "InputError",
    "MissingExtra",
    "Query",
    "RejectedFile",
    "SearchAnswer",
    "Settings",
    "StaleProjection",
    "StorageError",
    "UnknownCase",
    "Workspace",
    "WorkspaceError",
    "open",
    "parse_filter",
]
__version__ = "0.1.0"

# Where each name stands: loaded when it is first asked for, so that ``import casegraph`` takes no time.
_HOMES = {
    "AskAnswer": "casegraph.drafts",
    "BusyError": "casegraph.errors",
    "Case": "casegraph.cases",
    "CaseGraphError": "casegraph.errors",
    "Classification": "casegraph.models",
    "DamagedFile": "casegraph.errors",
    "Draft": "casegraph.drafts",
    "DraftRequest": "casegraph.drafts",
    "EngineError": "casegraph.errors",
    "Filter": "casegraph.cases",
    "Image": "casegraph.cases",
    "InputError": "casegraph.errors",
    "MissingExtra": "casegraph.errors",
    "Query": "casegraph.search",
    "RejectedFile": "casegraph.errors",
    "SearchAnswer": "casegraph.search",
    "Settings": "casegraph.settings",
    "StaleProjection": "casegraph.errors",
    "StorageError": "casegraph.errors",
    "UnknownCase": "casegraph.errors",
    "Workspace": "casegraph.workspace",
    "WorkspaceError": "casegraph.errors",
    "parse_filter": "casegraph.cases",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'casegraph' has no attribute {name!r}")


def open(folder: str | Path, *, create: bool = False, **settings: object) -> Workspace:
    """Open the workspace in a folder.

    Parameters
    ----------
    folder : str or Path
        The workspace.
    create : bool
        Make an empty one where there is none.
    **settings
        Fields of `casegraph.settings.Settings`, for example ``graph="bolt://localhost:7687"``.

    Returns
    -------
    Workspace
        Close it, or use it in a ``with`` statement.

    Raises
    ------
    WorkspaceError
        If the folder is no workspace, or one of another version.
    """
    from casegraph.settings import read_settings as read
    from casegraph.workspace import Workspace as Opened

    return Opened.open(read(workspace=Path(folder), **settings), create=create)
