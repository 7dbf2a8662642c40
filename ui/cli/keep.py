"""Look after a workspace: status, doctor, delete."""

from __future__ import annotations

from typing import Annotated

import typer

from casegraph.errors import InputError
from casegraph.indexing import Examination
from ui.cli.options import JsonOption, WorkspaceOption, opened
from ui.cli.output import ProgressBar, say, warn, write_json, write_table
from ui.cli.remedies import advised, in_words


def status(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Say what the workspace holds, where, and how far graph and vectors lag behind the documents.

    Example: casegraph status
    """
    with opened(workspace) as space:
        report = space.indexing.status()
        if as_json:
            write_json(report)
            return
        write_table(("what", "value"), report.rows(), title=f"workspace {space.folder}")


def doctor(
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Rebuild graph and vectors where they disagree, then look again."),
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that documents, images, graph and vectors agree.

    Each finding names its check, what it is about, and the command that fixes it. Exit code 0 where all is well, 1
    where something was found, 4 where something could not be checked. --fix never touches documents or images.

    Example: casegraph doctor --json
    """
    with opened(workspace) as space:
        if fix:
            with ProgressBar("fixing") as progress:
                space.indexing.fix(on_progress=progress)
        examined = space.indexing.doctor()
    if as_json:
        write_json(examined)
    else:
        _write_examination(examined)
    if examined.not_checked:
        raise typer.Exit(4)
    if examined.problems:
        raise typer.Exit(1)


def _write_examination(examined: Examination) -> None:
    for problem in examined.problems:
        say(f"{problem.check}  {problem.subject}  {problem.detail}.  Fix: {in_words(problem.mend)}")
    for missing in examined.not_checked:
        warn(f"not checked: {missing.part}: {advised(missing.reason)}")
    if not examined.problems and not examined.not_checked:
        say("documents, images, graph and vectors agree.")


def delete(
    case: Annotated[str, typer.Argument(help="The case, by its id or short id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Delete it; only re-ingesting its source brings it back.")] = False,
    index: Annotated[bool, typer.Option(help="Bring graph and vectors up to date afterwards.")] = True,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete a case from documents, graph and vectors, with the images that no other case has.

    A tombstone stays, which says when and by whom. To keep a case out of later ingests as well, reject it instead:
    casegraph curate reject. If it is interrupted, the next casegraph index finishes it.

    Example: casegraph delete MPX9001 --yes
    """
    with opened(workspace) as space:
        if not yes:
            raise InputError(f"deleting '{case}' cannot be undone. To go on, add --yes.")
        report = space.documents.delete(case)
        built = None
        if index:
            with ProgressBar("indexing") as progress:
                built = space.indexing.run(on_progress=progress)
    if as_json:
        write_json({"deleted": report, "index": built})
        return
    say(f"deleted {report.case_id} and {report.images} images: change {report.sequence}")
    if built:
        say(built.describe())
