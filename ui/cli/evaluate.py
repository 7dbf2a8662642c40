"""Measure: how well search finds the like of a case, on the cases of a workspace or of a release folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casegraph.evaluation import Relevance
from ui.cli.evaluate_images import evaluate_classify, evaluate_retrieval
from ui.cli.measured import (
    IntoOption,
    ReleaseOption,
    SeedOption,
    SplitFileOption,
    SplitOption,
    WithinOption,
    in_a_cell,
    measured_workspace,
)
from ui.cli.options import JsonOption, RerankerOption, WorkspaceOption
from ui.cli.output import ProgressBar, say, warn, write_json, write_table
from ui.cli.remedies import advised

if TYPE_CHECKING:
    from casegraph.evaluation import RelevanceReport, SearchEvaluation

app = typer.Typer(
    help="Measure search, drafts, classifier and encoders on the cases themselves.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

SHOWN = ("hit@1", "hit@5", "hit@10", "ndcg@10", "mrr")  # what fits on eighty columns; --json has all


app.command("classify")(evaluate_classify)
app.command("retrieval")(evaluate_retrieval)


@app.callback()
def evaluate() -> None:
    """Measure search, drafts, classifier and encoders on the cases themselves.

    Example: casegraph evaluate search --relevance same-topic
    """


@app.command("search")
def search(
    relevance: Annotated[
        list[Relevance] | None, typer.Option(help="What counts as relevant; may be repeated. All kinds by default.")
    ] = None,
    split: SplitOption = None,
    split_file: SplitFileOption = None,
    within: WithinOption = False,
    release: ReleaseOption = None,
    into: IntoOption = None,
    seed: SeedOption = 7,
    reranker: RerankerOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let every case search for similar cases, with its own diagnosis masked, and score what search finds.

    Example: casegraph evaluate search --release ~/MedPix-2-0 --split dev --relevance same-topic
    """
    with measured_workspace(workspace, release, into, reranker=reranker) as space:
        measured = space.evaluation.measured(split or (), split_file, within=within, release=release)
        with ProgressBar("asking") as progress:
            report = space.evaluation.search(relevance or tuple(Relevance), measured, seed=seed, on_progress=progress)
    write_json(report) if as_json else _write(report)


def _write(evaluation: SearchEvaluation) -> None:
    say(
        f"{evaluation.asking} query cases, {evaluation.candidates} candidate cases, leave-case-out; images by "
        f"{evaluation.image_encoder}, texts by {evaluation.text_encoder}. Below each mean its 95 % interval over cases."
    )
    for report in evaluation.reports:
        _write_report(report)
    for notice in evaluation.notices:
        warn(f"note: {advised(notice)}")


def _write_report(report: RelevanceReport) -> None:
    metrics = [metric for metric in SHOWN if metric in report.ceiling]
    rows: list[list[object]] = [["ceiling", *(f"{report.ceiling[metric]:.3f}" for metric in metrics)]]
    for name, estimates in report.rankers.items():
        rows.append([name, *(in_a_cell(estimates[metric]) for metric in metrics)])
    for name, estimates in report.differences.items():
        rows.append([f"{name}\nminus bm25", *(in_a_cell(estimates[metric], "+") for metric in metrics)])
    write_table(("ranker", *metrics), rows, title=f"{report.relevance}: {report.queries} query cases")
