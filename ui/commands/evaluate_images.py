"""Measure what is said of images: the classifier's answers, and the neighbourhoods of the encoder's vectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.commands.measured import (
    IntoOption,
    ReleaseOption,
    SeedOption,
    SplitFileOption,
    SplitOption,
    in_a_cell,
    measured_cases,
    measured_workspace,
)
from ui.commands.options import JsonOption, WorkspaceOption
from ui.output import say, warn, write_json, write_output, write_table
from ui.workspace.evaluation import labelled_images, train_images, unseen_classifier

if TYPE_CHECKING:
    from clip.evaluation.classification import Evaluation
    from clip.evaluation.retrieval import Retrieval

RETRIEVAL_TASKS = ("modality", "region", "plane")


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
    from clip.evaluation.classification import evaluate_classifier
    from clip.evaluation.page import evaluation_page

    with measured_workspace(workspace, release, into) as space:
        judged_ids, _ = measured_cases(space, split, split_file, within=False, release=release)
        judged = labelled_images(space, lambda case: judged_ids is None or case.case_id in judged_ids)
        train = train_images(space, frozenset(judged.case_ids))
        with unseen_classifier(space, train) as (classifier, said):
            report = evaluate_classifier(classifier, judged, train, seed=seed)
    report = replace(report, notices=(*said, *report.notices))
    if page is not None:
        write_output(page, evaluation_page(report))
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
    from clip.evaluation.retrieval import evaluate_retrieval as judge

    with measured_workspace(workspace, release, into) as space:
        asked_ids, _ = measured_cases(space, split, split_file, within=False, release=release)
        images = labelled_images(space, lambda case: asked_ids is None or case.case_id in asked_ids)
        report = judge(space.models.image_encoder.name, images, RETRIEVAL_TASKS, seed=seed)
    write_json(report) if as_json else _write_retrieval(report)


def _write_classification(report: Evaluation) -> None:
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
