"""Measure what is said of images: the classifier's answers, and the neighbourhoods of the encoder's vectors."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casegraph.evaluation import classifier_page
from ui.cli.measured import (
    IntoOption,
    ReleaseOption,
    SeedOption,
    SplitFileOption,
    SplitOption,
    in_a_cell,
    measured_workspace,
)
from ui.cli.options import JsonOption, WorkspaceOption
from ui.cli.output import say, warn, write_json, write_output, write_table

if TYPE_CHECKING:
    from casegraph.evaluation import ClassifierEvaluation, Retrieval


def evaluate_classify(
    split: SplitOption = None,
    split_file: SplitFileOption = None,
    release: ReleaseOption = None,
    into: IntoOption = None,
    page: Annotated[Path | None, typer.Option(help="Write tables and images to this HTML file.")] = None,
    seed: SeedOption = 7,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge the classifier on labelled images that it did not learn from, beside simple baselines.

    Example: casegraph evaluate classify --release ~/MedPix-2-0 --split dev --page classify.html
    """
    with measured_workspace(workspace, release, into) as space:
        measured = space.evaluation.measured(split or (), split_file, release=release)
        report = space.evaluation.classifier(measured, seed=seed)
    if page is not None:
        write_output(page, classifier_page(report))
    write_json(report) if as_json else _write_classification(report)


def evaluate_retrieval(
    split: SplitOption = None,
    split_file: SplitFileOption = None,
    release: ReleaseOption = None,
    into: IntoOption = None,
    seed: SeedOption = 7,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search for similar images of other cases with every image, by the encoder and by HOG.

    Example: casegraph evaluate retrieval --release ~/MedPix-2-0 --split dev
    """
    with measured_workspace(workspace, release, into) as space:
        measured = space.evaluation.measured(split or (), split_file, release=release)
        report = space.evaluation.retrieval(measured, seed=seed)
    write_json(report) if as_json else _write_retrieval(report)


def _write_classification(report: ClassifierEvaluation) -> None:
    say(f"{report.images} images of {report.cases} cases, by {report.encoder}. Below each figure its 95 % interval.")
    for task in report.tasks:
        rows = [[name, *map(in_a_cell, metrics.values())] for name, metrics in task.models.items()]
        if task.minus_hog_svm:
            rows.append(
                ["classifier minus\nhog + svm", *(in_a_cell(gain, "+") for gain in task.minus_hog_svm.values())]
            )
        write_table(("model", "accuracy", "balanced", "macro-F1"), rows, title=f"{task.task}: {task.n} images")
        right = "" if task.accuracy_when_sure is None else f", right in {task.accuracy_when_sure:.3f} of them"
        say(f"calibration error {task.ece:.3f}; sure of {task.coverage:.3f}{right}")
    _warn(report.notices)


def _write_retrieval(report: Retrieval) -> None:
    say(f"{report.images} images of {report.cases} cases, leave-case-out. Below each figure its 95 % interval.")
    for task in report.tasks:
        rows = [[name, *map(in_a_cell, found.values())] for name, found in task.encoders.items()]
        rows.append([f"{report.encoder}\nminus hog", *(in_a_cell(gain, "+") for gain in task.minus_hog.values())])
        write_table(("encoder", "P@1", "P@5", "mAP"), rows, title=f"{task.task}: {task.n} images asked")


def _warn(notices: Iterable[str]) -> None:
    for notice in notices:
        warn(f"note: {notice}")
