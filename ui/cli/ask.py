"""Ask the archive for the diagnoses of cases like this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph.cases import CaseId, Modality, Region, Sex
from casegraph.drafts import AskAnswer, DraftRequest, RankedDiagnosis
from ui.cli.images import read_image
from ui.cli.options import JsonOption, WhereOption, WorkspaceOption, opened
from ui.cli.output import say, warn, write_json
from ui.cli.remedies import advised

CASES_SHOWN = 4


def ask(
    image: Annotated[Path | None, typer.Option(help="A PNG, JPEG, WebP or DICOM file of this patient.")] = None,
    history: Annotated[str, typer.Option(help="History of this patient, in words.")] = "",
    exam: Annotated[str, typer.Option(help="Physical exam and laboratory, in words.")] = "",
    findings: Annotated[str, typer.Option(help="What you see on this scan, in words.")] = "",
    age: Annotated[float | None, typer.Option(min=0, max=130, help="Age in years.")] = None,
    sex: Annotated[Sex | None, typer.Option(help="Sex.")] = None,
    modality: Annotated[
        Modality | None, typer.Option(help="Consider only cases with an image of this modality.")
    ] = None,
    region: Annotated[Region | None, typer.Option(help="Consider only cases with an image of this region.")] = None,
    where: WhereOption = None,
    k: Annotated[int, typer.Option("-k", "--count", min=1, max=100, help="How many diagnoses to return.")] = 10,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the diagnoses of cases like this one, with what speaks for and against each.

    Example: casegraph ask --findings "Ring enhancing mass with edema." --region Head --age 54
    """
    request = DraftRequest(history=history, exam=exam, findings=findings, age_years=age, sex=sex)
    with opened(workspace) as space:
        answer = space.drafts.ask(
            request,
            image=read_image(space, image) if image else None,
            modality=modality,
            region=region,
            where=where,
            k=k,
        )
    write_json(answer) if as_json else _write(answer)


def _write(answer: AskAnswer) -> None:
    say(f"{answer.notice} {answer.cases} cases were considered.")
    for diagnosis in answer.diagnoses:
        _write_diagnosis(diagnosis)
    if answer.telling_apart:
        say("What would tell them apart, judging by the cases in the archive:")
    for one in answer.telling_apart:
        shares = ", ".join(f"{share.name} {len(share.shown_in)} of {share.cases}" for share in one.shares)
        say(f"    ? {one.name}: {shares}")
    for notice in answer.notices:
        warn(f"note: {advised(notice)}")


def _write_diagnosis(diagnosis: RankedDiagnosis) -> None:
    category = f"  [{', '.join(diagnosis.pathology_categories)}]" if diagnosis.pathology_categories else ""
    say(f"{diagnosis.rank:>2}. {diagnosis.name}  ({diagnosis.score:.3f}){category}")
    for sign, reasons in (("+", diagnosis.reasons.speaking_for), ("-", diagnosis.reasons.speaking_against)):
        for reason in reasons:
            shown = [CaseId(case_id).short for case_id in reason.case_ids[:CASES_SHOWN]]
            more = ", ..." if len(reason.case_ids) > CASES_SHOWN else ""
            say(f"      {sign} {reason.text} ({', '.join(shown)}{more})")
