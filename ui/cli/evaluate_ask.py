"""Measure `ask`: how often the right diagnosis of a held-out case is among the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casegraph.evaluation import CUT_OFFS
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
from ui.cli.options import JsonOption, WorkspaceOption
from ui.cli.output import ProgressBar, say, write_json, write_table

if TYPE_CHECKING:
    from casegraph.evaluation import AskEvaluation, Estimates


def ask(
    split: SplitOption = None,
    split_file: SplitFileOption = None,
    within: WithinOption = False,
    release: ReleaseOption = None,
    into: IntoOption = None,
    seed: SeedOption = 7,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let every case ask for its own diagnosis, left out and masked, and score the answers.

    Example: casegraph evaluate ask --release ~/MedPix-2-0 --split dev
    """
    with measured_workspace(workspace, release, into) as space:
        measured = space.evaluation.measured(split or (), split_file, within=within, release=release)
        with ProgressBar("asking") as progress:
            report = space.evaluation.ask(measured, seed=seed, on_progress=progress)
    write_json(report) if as_json else _write(report)


def _write(report: AskEvaluation) -> None:
    say(
        f"{report.asked} cases ask for their diagnosis, each left out of {report.candidates} cases; images by "
        f"{report.image_encoder}, texts by {report.text_encoder}. Below each mean its 95 % interval over cases."
    )
    for kind, title in (
        ("diagnosis", "The diagnosis itself is among the first 1, 5, 10"),
        ("category", "A diagnosis of its pathology category is"),
    ):
        metrics = [f"{kind}_hit@{k}" for k in CUT_OFFS]
        rows: list[list[object]] = [["ceiling", *(f"{report.ceiling[metric]:.3f}" for metric in metrics)]]
        rows += [[name, *_cells(found, metrics)] for name, found in report.answerers.items()]
        rows += [[f"ask\n{name}", *_cells(found, metrics, "+")] for name, found in report.differences.items()]
        write_table(("", *(f"hit@{k}" for k in CUT_OFFS)), rows, title=title)


def _cells(found: Estimates, metrics: list[str], sign: str = "") -> list[object]:
    return [in_a_cell(found[metric], sign) for metric in metrics]
