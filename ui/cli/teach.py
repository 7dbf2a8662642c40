"""Unknown cases to learn from, as a file to hand on; sessions of them are on the page Teach of the app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph.teaching import CASES, MAX_CASES
from ui.cli.options import WhereOption, WorkspaceOption, opened
from ui.cli.output import say, write_output

app = typer.Typer(no_args_is_help=True, help="Unknown cases to learn from.", rich_markup_mode=None)


@app.callback()
def teach() -> None:
    """Unknown cases to learn from; nothing is diagnosed."""


@app.command()
def export(
    output: Annotated[Path, typer.Option("--output", help="The HTML file to write.")],
    where: WhereOption = None,
    count: Annotated[int, typer.Option("-k", "--count", min=1, max=MAX_CASES, help="How many cases.")] = CASES,
    seed: Annotated[int | None, typer.Option(help="The same seed takes the same cases.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write unknown cases, taken at random, as one HTML file: images in it, each step behind a fold.

    The file loads nothing and runs no script. What would name a diagnosis is hidden until its fold is opened; who
    reads the source of the file finds it.

    Example: casegraph teach export --where 'region=Head' --output head.html
    """
    with opened(workspace) as space:
        made = space.teaching.set_of(where, cases=count, seed=seed)
    write_output(output, made.page)
    say(f"wrote {len(made.case_ids)} unknown cases to {output}")
