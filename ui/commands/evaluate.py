"""Measure: how well search finds the like of a case, on the cases of a workspace or of a release folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.errors import InputError
from rag.evaluation.relevance import Relevance
from rag.evaluation.splits import read_splits, release_splits, require_split
from ui.commands.options import JsonOption, WorkspaceOption, opened
from ui.output import ProgressBar, say, warn, write_json, write_table
from ui.workspace import Workspace

if TYPE_CHECKING:
    from rag.evaluation.intervals import Estimate
    from rag.evaluation.protocol import RelevanceReport, SearchEvaluation

app = typer.Typer(help="Measure search on the cases themselves.", no_args_is_help=True, rich_markup_mode=None)

SHOWN = ("hit@1", "hit@5", "hit@10", "ndcg@10", "mrr")  # what fits on eighty columns; --json has all


@app.callback()
def evaluate() -> None:
    """Measure search on the cases themselves.

    Example: casegraph evaluate search --relevance same-topic
    """


@app.command("search")
def search(
    relevance: Annotated[
        list[Relevance] | None, typer.Option(help="What counts as relevant; may be repeated. All kinds by default.")
    ] = None,
    split: Annotated[
        list[str] | None, typer.Option(help="Only cases of this split ask; may be repeated. All cases by default.")
    ] = None,
    split_file: Annotated[
        Path | None, typer.Option(help="A JSON file of splits: names, each with a list of case ids.")
    ] = None,
    within: Annotated[bool, typer.Option("--within", help="Find only cases of the named splits too.")] = False,
    release: Annotated[
        Path | None, typer.Option(help="Measure on this release folder instead, in a workspace made for it.")
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="Keep the workspace of --release in this folder, to use it again.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of folds and bootstrap; the same seed gives the same report.")] = 7,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let every case ask for its like, with its own answer masked, and score what search finds.

    Example: casegraph evaluate search --release ~/MedPix-2-0 --split dev --relevance same-topic
    """
    from rag.evaluation.protocol import evaluate_search

    if within and not split:
        raise InputError("--within narrows to the named splits, but none is named. Name one: --split NAME.")
    with _workspace(workspace, release, into) as space:
        asking = _case_ids(space, split, split_file, release) if split else None
        if release is not None:
            known = _release_ids(space, release)
            asking = known if asking is None else asking & known
        candidates = asking if within else _release_ids(space, release) if release else None
        with ProgressBar("asking") as progress:
            report = evaluate_search(
                space.finder,
                relevances=tuple(relevance or Relevance),
                asking=asking,
                candidates=candidates,
                seed=seed,
                progress=progress,
            )
    write_json(report) if as_json else _write(report)


@contextmanager
def _workspace(workspace: Path | None, release: Path | None, into: Path | None) -> Iterator[Workspace]:
    """Open the workspace, or one made of the release: in a folder that is kept, else in a temporary one."""
    if release is None:
        if into is not None:
            raise InputError("--into says where to keep the workspace of a release. Name that too: --release FOLDER.")
        with opened(workspace) as space:
            yield space
        return
    with (
        tempfile.TemporaryDirectory(prefix="casegraph-") as temporary,
        opened(into or Path(temporary) / "workspace", create=True) as space,
    ):
        with ProgressBar("reading cases") as progress:
            space.ingest(release, progress=progress)
        with ProgressBar("indexing") as progress:
            space.index(progress=progress)
        yield space


def _release_ids(space: Workspace, release: Path) -> frozenset[str]:
    """Return the ids of the cases of a release; a workspace that is kept may hold others too."""
    from ingest.medpix2 import read_cases, read_release

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


def _write(evaluation: SearchEvaluation) -> None:
    say(
        f"{evaluation.asking} cases may ask {evaluation.candidates} cases, leave-case-out; pictures by "
        f"{evaluation.image_encoder}, texts by {evaluation.text_encoder}. Below each mean its 95 % interval over cases."
    )
    for report in evaluation.reports:
        _write_report(report)
    for notice in evaluation.notices:
        warn(f"note: {notice}")


def _write_report(report: RelevanceReport) -> None:
    metrics = [metric for metric in SHOWN if metric in report.ceiling]
    rows: list[list[object]] = [["ceiling", *(f"{report.ceiling[metric]:.3f}" for metric in metrics)]]
    for name, estimates in report.rankers.items():
        rows.append([name, *(_estimate(estimates[metric], "") for metric in metrics)])
    for name, estimates in report.differences.items():
        rows.append([f"{name}\nminus bm25", *(_estimate(estimates[metric], "+") for metric in metrics)])
    write_table(("ranker", *metrics), rows, title=f"{report.relevance}: {report.queries} cases asked")


def _estimate(estimate: Estimate, sign: str) -> str:
    return f"{estimate.value:{sign}.3f}\n{estimate.low:{sign}.2f}..{estimate.high:{sign}.2f}"
