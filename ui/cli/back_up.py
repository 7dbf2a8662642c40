"""Keep a workspace from being lost: backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph import backups
from ui.cli.options import JsonOption, WorkspaceOption, opened, settings_for
from ui.cli.output import ProgressBar, say, warn, write_json


def backup(
    file: Annotated[Path, typer.Argument(help="A new file, for example archive.zip.")],
    models: Annotated[bool, typer.Option(help="Include the models that were added.")] = True,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write cases, images and what people did to one file, from which `restore` makes a new workspace.

    Others may read and write meanwhile: it holds one moment of the cases. Graph and vectors are not in it; `casegraph
    index` makes them again.

    Example: casegraph backup archive.zip
    """
    with opened(workspace) as space, ProgressBar("copying") as progress:
        made = space.backups.write(file, models=models, on_progress=progress)
    _tell(made, as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `casegraph backup` wrote.")],
    check: Annotated[bool, typer.Option("--check", help="Only verify its digests; write nothing.")] = False,
    documents: Annotated[
        str | None, typer.Option(help="Keep documents here: sqlite, or mongodb://host/database (empty).")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new workspace from a backup; `casegraph index` makes its graph and vectors afterwards.

    The backup is verified against its own digests before anything is written, and the workspace appears whole or not at
    all.

    Example: casegraph restore archive.zip -w restored
    """
    with ProgressBar("comparing" if check else "restoring") as progress:
        if check:
            found = backups.check(file, progress)
        else:
            found = backups.restore(file, settings_for(workspace, documents=documents), progress)
    _tell(found, as_json=as_json)


def _tell(found: backups.Backup, *, as_json: bool) -> None:
    if as_json:
        write_json(found)
        return
    say(found.describe())
    if found.missing_images:
        warn(f"note: {len(found.missing_images):,} images that the cases name were missing when it was made.")
