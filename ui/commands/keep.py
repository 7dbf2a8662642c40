"""Look after a workspace: status and doctor."""

from __future__ import annotations

import typer

from ui.commands.options import JsonOption, WorkspaceOption, opened
from ui.output import say, write_json, write_table


def status(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Say what the workspace holds, where, and how far graph and vectors lag the documents.

    Example: casegraph status
    """
    with opened(workspace) as space:
        report = space.status()
        if as_json:
            write_json(report)
            return
        write_table(("what", "value"), report.rows(), title=f"workspace {space.folder}")


def doctor(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Check that documents, pictures, graph and vectors agree; exit code 1 where they do not.

    Example: casegraph doctor --json
    """
    with opened(workspace) as space:
        problems = space.doctor()
        if as_json:
            write_json({"problems": problems})
        elif problems:
            write_table(("check", "id", "detail", "mend"), ((p.check, p.subject, p.detail, p.mend) for p in problems))
        else:
            say("documents, pictures, graph and vectors agree.")
    if problems:
        raise typer.Exit(1)
