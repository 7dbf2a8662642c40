"""The map of the images: map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph.errors import InputError
from casegraph.maps import MAX_POINTS, as_csv
from ui.cli.options import JsonOption, WhereOption, WorkspaceOption, opened
from ui.cli.output import say, write_json, write_output


def image_map(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A CSV file; an earlier one is replaced.")
    ] = None,
    where: WhereOption = None,
    at_most: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Plot at most this many images, sampled at random.")
    ] = MAX_POINTS,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed for the sample.")] = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lay the images out in two dimensions, similar ones close together: as CSV with image_id, x, y and labels.

    By the principal components of the images' vectors; the same vectors give the same map.

    Example: casegraph map --output map.csv
    """
    if as_json and output is not None:
        raise InputError("--json writes to standard output, --output writes CSV. Choose one of them.")
    with opened(workspace) as space:
        found = space.maps.read(where, at_most=at_most, seed=seed)
    if as_json:
        write_json(found)
    elif output is None:
        typer.echo(as_csv(found), nl=False)
    else:
        write_output(output, as_csv(found))
        say(f"wrote {len(found.points)} of {found.images} images to {output}")
