"""Options that several commands share, and how a command opens its workspace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from casegraph.settings import Settings, read_settings
from casegraph.workspace import Workspace
from ui.cli.output import warn
from ui.cli.remedies import advised

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", help="Folder of the workspace.", envvar="CASEGRAPH_WORKSPACE", show_default="workspace"
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write one JSON document to standard output.")]
WhereOption = Annotated[
    str | None,
    typer.Option("--where", help="Keep only cases that match, for example 'modality=MR age_years=30..50'."),
]
RerankerOption = Annotated[
    str | None,
    typer.Option(help="A cross-encoder, by name or folder, that reranks the best hits; none by default."),
]
CountOption = Annotated[int, typer.Option("-k", "--count", min=1, max=1000, help="How many cases to return.")]


def settings_for(workspace: Path | None, **changes: object) -> Settings:
    """Return the settings of the environment with what the command line says instead."""
    given = {name: value for name, value in {"workspace": workspace, **changes}.items() if value is not None}
    return read_settings(**given)


@contextmanager
def opened(workspace: Path | None, *, create: bool = False, **changes: object) -> Iterator[Workspace]:
    """Open the workspace for one command and let go of its engines afterwards.

    Where the settings of this command are not what the workspace keeps, and stay so, it is said on standard error.
    """
    space = Workspace.open(settings_for(workspace, **changes), create=create)
    try:
        yield space
        for difference in space.differences():
            warn(f"note: {advised(difference)}")
    finally:
        space.close()
