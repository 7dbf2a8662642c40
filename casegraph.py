"""CaseGraph from Python: ``casegraph.open(folder)`` gives a workspace to query, search and draft from.

Examples
--------
>>> import casegraph
>>> with casegraph.open("workspace-demo") as space:  # doctest: +SKIP
...     for hit in space.similar_to_text("ring-enhancing mass", k=3).hits:
...         print(hit.case_id, hit.score)
"""

from __future__ import annotations

from pathlib import Path

from ingest.errors import CaseGraphError
from ui.workspace.settings import read_settings
from ui.workspace.workspace import Workspace

__all__ = ["CaseGraphError", "Workspace", "open"]
__version__ = "0.1.0"


def open(folder: str | Path, *, create: bool = False, **settings: object) -> Workspace:
    """Open the workspace in a folder.

    Parameters
    ----------
    folder : str or Path
        The workspace.
    create : bool
        Make an empty one where there is none.
    **settings
        Fields of `ui.workspace.settings.Settings`, for example ``graph="bolt://localhost:7687"``.

    Returns
    -------
    Workspace
        Close it, or use it in a ``with`` statement.

    Raises
    ------
    WorkspaceError
        If the folder is no workspace, or one of another version.
    """
    return Workspace.open(read_settings(workspace=Path(folder), **settings), create=create)
