"""What the `evaluate` commands share: which cases they measure, and how a figure looks in their tables."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.errors import InputError
from ingest.sources.medpix2.splits import read_splits, release_splits, require_split
from ui.commands.options import opened
from ui.output import ProgressBar
from ui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from clip.evaluation.estimates import Estimate

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
SeedOption = Annotated[
    int, typer.Option(min=0, help="Of what is drawn by chance; the same seed gives the same report.")
]


def in_a_cell(estimate: Estimate, sign: str = "", *, digits: int = 3, interval_digits: int = 2) -> str:
    """Return a figure with its interval below it, as the tables show it."""
    between = f"{estimate.low:{sign}.{interval_digits}f}..{estimate.high:{sign}.{interval_digits}f}"
    return f"{estimate.value:{sign}.{digits}f}\n{between}"


def measured_cases(
    space: Workspace, split: Sequence[str] | None, split_file: Path | None, *, within: bool, release: Path | None
) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """Return the ids of the cases that ask, and of those that may be found; None for all.

    Raises
    ------
    InputError
        If a split is not there, or `within` narrows to none.
    """
    if within and not split:
        raise InputError("--within narrows to the named splits, but none is named. Name one: --split NAME.")
    asking = _case_ids(space, split, split_file, release) if split else None
    if release is not None:
        known = _release_ids(space, release)
        asking = known if asking is None else asking & known
    return asking, asking if within else _release_ids(space, release) if release else None


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
            space.ingest(release, on_progress=progress)
        with ProgressBar("indexing") as progress:
            space.index(on_progress=progress)
        yield space


def _release_ids(space: Workspace, release: Path) -> frozenset[str]:
    """Return the ids of the cases of a release; a workspace that is kept may hold others too."""
    from ingest.sources.medpix2 import read_cases, read_release

    named = frozenset(case.case_id for case in read_cases(read_release(release)))
    return named & frozenset(space.store.case_ids())


def _case_ids(space: Workspace, names: Sequence[str], split_file: Path | None, release: Path | None) -> frozenset[str]:
    """Return the ids of the cases in the named splits: of the file, else of the release, else as each case says."""
    cases = [stored.case for stored in space.store.cases()]
    if split_file is not None or (release is not None and release_splits(release)):
        splits = read_splits(split_file) if split_file is not None else release_splits(release or Path())
        wanted = frozenset().union(*(require_split(splits, name) for name in names))
        found = frozenset(case.case_id for case in cases if case.case_id in wanted or case.short_id in wanted)
    else:
        known = {case.split: frozenset[str]() for case in cases if case.split}
        for name in names:
            require_split(known, name)
        found = frozenset(case.case_id for case in cases if case.split in names)
    if not found:
        raise InputError(f"no case of the workspace is in {', '.join(names)}. Ingest them, or name another split.")
    return found
