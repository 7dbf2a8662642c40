"""Classify a picture that was never seen before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.commands.options import CountOption, JsonOption, WorkspaceOption, opened
from ui.output import NOTICE, say, write_json, write_table


def classify(
    picture: Annotated[Path, typer.Argument(help="A PNG, JPEG or DICOM file.")],
    k: CountOption = 3,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell modality, plane, depiction, region and location of a picture, with the nearest labelled images as reasons.

    Example: casegraph classify scan.dcm
    """
    with opened(workspace) as space:
        answer = space.classify(picture, neighbours=k)
    if as_json:
        write_json(answer)
        return
    write_table(
        ("task", "answer", "probability"),
        (
            (p.task, p.label if p.sure else f"not sure (perhaps {p.label})", f"{p.probability:.2f}")
            for p in answer.predictions
        ),
    )
    for notice in answer.notices:
        say(f"note: {notice}")
    say("Nearest labelled images:")
    for near in answer.neighbours:
        say(f"  {near.image_id}  {near.modality or '-'}, {near.plane or '-'}, {near.region or '-'}  ({near.score:.2f})")
    say(NOTICE)
