"""Classify an image that was never seen before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph.models import UNCALIBRATED, own_doubt
from casegraph.notice import NOTICE
from ui.cli.options import CountOption, JsonOption, WorkspaceOption, opened
from ui.cli.output import say, write_json, write_output, write_table


def classify(
    image: Annotated[Path, typer.Argument(help="A PNG, JPEG, WebP or DICOM file.")],
    k: CountOption = 3,
    heat_map: Annotated[
        Path | None, typer.Option(help="Write the image to this PNG, red where the answer depends on it.")
    ] = None,
    task: Annotated[str, typer.Option(help="The task whose answer --heat-map explains.")] = "region",
    zero_shot: Annotated[bool, typer.Option("--zero-shot", help="Ask by words alone, without trained heads.")] = False,
    labels: Annotated[str | None, typer.Option(help="Ask by words alone which of these it is: 'CT,MR,X-ray'.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell modality, plane, depiction, region and location of an image, with the nearest labelled images as reasons.

    Example: casegraph classify scan.dcm
    """
    if zero_shot or labels is not None:
        _ask_by_words(image, None if labels is None else labels.split(","), workspace, as_json=as_json)
        return
    with opened(workspace) as space:
        decoded = space.decode(image)
        answer = space.models.classify(decoded, neighbours=k)
        if heat_map is not None:
            write_output(heat_map, space.models.heat_map(decoded, task))
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
    for prediction in answer.predictions:
        if why := own_doubt(prediction):
            say(f"not sure of {prediction.task}: {why}")
    say("Nearest labelled images:")
    for near in answer.neighbours:
        say(f"  {near.image_id}  {near.modality or '-'}, {near.plane or '-'}, {near.region or '-'}  ({near.score:.2f})")
    say(NOTICE)


def _ask_by_words(image: Path, labels: list[str] | None, workspace: Path | None, *, as_json: bool) -> None:
    with opened(workspace) as space:
        answers = space.models.zero_shot(image, labels=labels)
    if as_json:
        write_json({"zero_shot": answers})
        return
    write_table(
        ("task", "nearest label", "similarity"), ((each.task, each.label, f"{each.similarity:.3f}") for each in answers)
    )
    say(UNCALIBRATED)
    say(NOTICE)
