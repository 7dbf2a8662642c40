"""The map of the images: map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph.errors import InputError, StorageError
from casegraph.files import write_file
from casegraph.maps import ImageMap, as_csv
from ui.cli.options import JsonOption, WhereOption, WorkspaceOption, opened
from ui.cli.output import say, write_json


def image_map(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A CSV file; an earlier one is replaced.")
    ] = None,
    where: WhereOption = None,
    at_most: Annotated[int, typer.Option(min=1, max=1_000_000, help="Of more, so many by lot.")] = 20_000,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Of the lot.")] = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lay the images out in two dimensions, alike ones near each other: as CSV with image_id, x, y and labels.

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
        _write(found, output)
        say(f"wrote {len(found.points)} of {found.images} images to {output}")


def _write(found: ImageMap, file: Path) -> None:
    try:
        write_file(file, as_csv(found))
    except OSError as error:
        raise StorageError(f"cannot write {file}: {error.strerror or error}. Name another file.") from error
