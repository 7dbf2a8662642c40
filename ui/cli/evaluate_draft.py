"""Measure drafts: against the real findings of held-out cases of a workspace or of a release folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

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
from ui.cli.output import ProgressBar, say, warn, write_json, write_table
from ui.cli.remedies import advised

if TYPE_CHECKING:
    from casegraph.evaluation import DraftEvaluation, Estimates

SHOWN = (  # metric, its name in a column of ten letters
    ("finding_precision", "precision"),
    ("finding_recall", "recall"),
    ("finding_f1", "F1"),
    ("rouge_l", "ROUGE-L"),
    ("bleu", "BLEU"),
    ("meteor_without_synonyms", "METEOR, no synonyms"),
    ("words", "words"),
)
BERT_SHOWN = ("bert_f1", "BERTScore")


def draft(
    split: SplitOption = None,
    split_file: SplitFileOption = None,
    within: WithinOption = False,
    release: ReleaseOption = None,
    into: IntoOption = None,
    model: Annotated[
        str | None, typer.Option(help="A chat model as LangChain names it; without one the drafts are extractive.")
    ] = None,
    bert_model: Annotated[
        str | None, typer.Option(help="A language model for BERTScore, by name or folder; not measured without one.")
    ] = None,
    seed: SeedOption = 7,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draft for every case from its images, history, age and sex alone, and compare with its real findings.

    Example: casegraph evaluate draft --release ~/MedPix-2-0 --split dev
    """
    with measured_workspace(workspace, release, into, language_model=model) as space:
        measured = space.evaluation.measured(split or (), split_file, within=within, release=release)
        with ProgressBar("drafting") as progress:
            report = space.evaluation.drafts(measured, bert_model=bert_model, seed=seed, on_progress=progress)
    write_json(report) if as_json else _write(report)


def _write(report: DraftEvaluation) -> None:
    say(
        f"Drafts for {report.drafted} cases from their images, history, age and sex, each left out of "
        f"{report.candidates} cases; for comparison, copies of the findings of the nearest and of a random case. "
        f"Written by {report.author}; images by {report.image_encoder}, texts by {report.text_encoder}. Below each "
        "mean its 95 % interval over cases."
    )
    if report.without_findings:
        say(f"{report.without_findings} cases have no finding of the lexicon to compare with, and are left out.")
    shown = (*SHOWN, BERT_SHOWN) if BERT_SHOWN[0] in report.writers["draft"] else SHOWN
    rows = [[name, *_cells(found, shown, "")] for name, found in report.writers.items()]
    rows += [[f"draft\n{name}", *_cells(found, shown, "+")] for name, found in report.differences.items()]
    write_table(("", *(name for _, name in shown)), rows, title="findings of drafts and of copies")
    cited = report.writers["draft"]
    say(
        f"{report.statements} statements, {report.uncited} of them without a valid citation, "
        f"{report.wrong_subjects} with a wrong subject; {report.dropped} more were left out by the check. Citation "
        f"recall {cited['citation_recall'].value:.3f}, citation precision {cited['citation_precision'].value:.3f}."
    )
    if elsewhere := cited.get("differential_other_region"):
        say(
            f"Of the entries of a differential, {elsewhere.value:.1%} rest on cases of other regions of the body alone "
            f"({elsewhere.low:.1%} to {elsewhere.high:.1%})."
        )
    for notice in report.notices:
        warn(f"note: {advised(notice)}")


def _cells(found: Estimates, shown: Sequence[tuple[str, str]], sign: str) -> list[object]:
    return [
        in_a_cell(found[metric], sign, digits=digits, interval_digits=least)
        for metric, _ in shown
        for digits, least in [(0, 0) if metric == "words" else (3, 2)]
    ]
