"""Compare cases side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from casegraph.comparison import CaseComparison, ComparedRow, PathBetween
from casegraph.errors import EngineError
from casegraph.notice import NOTICE
from casegraph.workspace import Workspace
from ui.cli.images import read_image
from ui.cli.options import JsonOption, WorkspaceOption, opened
from ui.cli.output import jsonable, say, warn, write_json, write_table

OWN_IMAGE = "your image"


def compare(
    cases: Annotated[list[str], typer.Argument(help="Two to four cases, by id or short id.")],
    image: Annotated[
        Path | None, typer.Option(help="An image of your own to compare with; it counts as one of the four.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what two to four cases have in common, what only one has, and how the graph leads from one to another.

    Example: casegraph compare MPX9001 MPX9002 MPX9003
    """
    with opened(workspace) as space:
        own = read_image(space, image) if image else None
        compared = space.comparing.cases(cases, own)
        paths, notices = _paths(space, cases)
    if as_json:
        write_json({**jsonable(compared), "paths": jsonable(paths), "notices": notices, "notice": NOTICE})
        return
    names = [*([OWN_IMAGE] if compared.own_image else []), *(case.short_id for case in compared.cases)]
    write_table(("what", "common to all", *names), [_cells(row) for row in compared.rows])
    say(f"* only here\nto begin with: {_images(compared, names)}")
    for path in paths:
        say(path.words or f"no path between {path.first} and {path.second}")
    for notice in notices:
        warn(f"note: {notice}")


def _paths(space: Workspace, cases: Sequence[str]) -> tuple[list[PathBetween], list[str]]:
    try:
        return space.comparing.paths(cases), []
    except EngineError as error:
        return [], [f"The graph was not queried: {error}"]


def _cells(row: ComparedRow) -> tuple[str, ...]:
    others = (
        "not known" if others is None else ", ".join(f"{had.name}{'*' if had.only_here else ''}" for had in others)
        for others in row.others
    )
    return (str(row.aspect), ", ".join(row.common), *others)


def _images(compared: CaseComparison, names: Sequence[str]) -> str:
    told = zip(names, compared.images, strict=True)
    return ", ".join(image_id or (name if name == OWN_IMAGE else f"{name} has none") for name, image_id in told)
