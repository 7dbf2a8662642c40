"""What the `evaluate` commands share: which cases they measure, and how a figure looks in their tables."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casegraph.errors import InputError
from casegraph.workspace import Workspace
from ui.cli.options import opened
from ui.cli.output import ProgressBar

if TYPE_CHECKING:
    from casegraph.evaluation import Estimate

SplitOption = Annotated[
    list[str] | None, typer.Option(help="Only cases of this split are measured; may be repeated. All by default.")
]
SplitFileOption = Annotated[
    Path | None, typer.Option(help="A JSON file of splits: names, each with a list of case ids.")
]
WithinOption = Annotated[bool, typer.Option("--within", help="Find only cases of the named splits too.")]
ReleaseOption = Annotated[
    Path | None, typer.Option(help="Measure on this release folder instead, in a workspace made for it.")
]
IntoOption = Annotated[
    Path | None, typer.Option(help="Keep the workspace of --release in this folder, to use it again.")
]
SeedOption = Annotated[int, typer.Option(min=0, help="Random seed; the same seed gives the same report.")]


def in_a_cell(estimate: Estimate, sign: str = "", *, digits: int = 3, interval_digits: int = 2) -> str:
    """Return a figure with its interval below it, as the tables show it."""
    between = f"{estimate.low:{sign}.{interval_digits}f}..{estimate.high:{sign}.{interval_digits}f}"
    return f"{estimate.value:{sign}.{digits}f}\n{between}"


@contextmanager
def measured_workspace(
    workspace: Path | None,
    release: Path | None,
    into: Path | None,
    *,
    language_model: str | None = None,
    reranker: str | None = None,
) -> Iterator[Workspace]:
    """Open the workspace, or one made of the release: in a folder that is kept, else in a temporary one."""
    if release is None:
        if into is not None:
            raise InputError("--into says where to keep the workspace of a release. Name that too: --release FOLDER.")
        with opened(workspace, language_model=language_model, reranker=reranker) as space:
            yield space
        return
    with (
        tempfile.TemporaryDirectory(prefix="casegraph-") as temporary,
        opened(
            into or Path(temporary) / "workspace", create=True, language_model=language_model, reranker=reranker
        ) as space,
    ):
        with ProgressBar("reading cases") as progress:
            space.documents.ingest(release, on_progress=progress)
        with ProgressBar("indexing") as progress:
            space.indexing.run(on_progress=progress)
        yield space
