"""Draft a findings report from similar cases."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ingest.store.query_text import parse_filter
from ingest.vocabulary import Sex
from rag.evidence import DraftRequest
from rag.render import draft_document, to_markdown, to_text
from ui.commands.options import JsonOption, WhereOption, WorkspaceOption, opened
from ui.output import say, write_json


class DraftFormat(StrEnum):
    """What a draft is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"


def draft(
    image: Annotated[Path | None, typer.Option(help="A PNG, JPEG or DICOM file of this patient.")] = None,
    history: Annotated[str, typer.Option(help="History of this patient, in words.")] = "",
    exam: Annotated[str, typer.Option(help="Physical exam and laboratory, in words.")] = "",
    findings: Annotated[str, typer.Option(help="What you see on this scan, in words.")] = "",
    age: Annotated[float | None, typer.Option(min=0, max=130, help="Age in years.")] = None,
    sex: Annotated[Sex | None, typer.Option(help="Sex.")] = None,
    where: WhereOption = None,
    model: Annotated[
        str | None, typer.Option(help="A chat model as LangChain names it; without one the draft is extractive.")
    ] = None,
    output: Annotated[DraftFormat, typer.Option("--format", help="How to write it.")] = DraftFormat.TEXT,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draft Technique, Findings, Impression and Differential; every statement cites its evidence.

    Example: casegraph draft --image scan.png --history "headache for two weeks" --age 54 --sex female
    """
    request = DraftRequest(history=history, exam=exam, findings=findings, age_years=age, sex=sex)
    with opened(workspace, language_model=model) as space:
        picture = space.decode(image) if image else None
        written = space.draft(request, picture=picture, where=parse_filter(where) if where else None)
    if as_json:
        write_json(draft_document(written))
    else:
        say(to_markdown(written) if output is DraftFormat.MARKDOWN else to_text(written))
