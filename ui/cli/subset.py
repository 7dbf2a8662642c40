"""Make data sets by recipe: subset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from casegraph.errors import InputError
from casegraph.subsets import SubsetReport, write_example
from ui.cli.options import JsonOption, WorkspaceOption, opened
from ui.cli.output import ProgressBar, say, warn, write_json, write_table

_NAMED = 10  # leaks and images of several classes, in a listing


def subset(
    recipe: Annotated[Path, typer.Argument(help="The recipe, a TOML file.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A new or empty folder, or a new file that ends in .zip.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count items, name leaks, and write nothing.")] = False,
    init: Annotated[bool, typer.Option("--init", help="Write an example recipe into this file.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a data set from a recipe: filtered, split without leaks, with licence and citation of every item.

    The same recipe on the same archive gives the same digest. Exit code 1 where something is in two splits, which only
    the splits of a source itself can cause.

    Example: casegraph subset heads.toml --output heads
    """
    if init:
        write_example(recipe)
        say(f"wrote {recipe}. See what it would hold: casegraph subset {recipe} --dry-run")
        return
    if dry_run == (output is not None):
        raise InputError("say where to write it, or only look: --output FOLDER or --dry-run.")
    with opened(workspace) as space, ProgressBar("reading cases") as progress:
        if output is None:
            report = space.subsets.foresee(recipe, on_progress=progress)
        else:
            report = space.subsets.write(recipe, output, on_progress=progress)
    if as_json:
        write_json(report)
    else:
        _describe(report)
    if report.leaks:
        raise typer.Exit(1)


def _describe(report: SubsetReport) -> None:
    classes = sorted({name for split in report.splits.values() for name in split.classes})
    write_table(
        ("split", "cases", "items", "images", *classes),
        (
            (name, split.cases, split.items, split.images, *(split.classes.get(one, 0) for one in classes))
            for name, split in report.splits.items()
        ),
        title=f"{report.name}: {report.items} items ({report.kind})",
    )
    write_table(("licence", "items"), report.licences.items())
    for line in _offenders(report):
        warn(line)
    for notice in report.notices:
        say(notice)
    say(f"digest: {report.digest}")
    say(f"wrote {report.folder}" if report.folder else "nothing was written: a dry run")


def _offenders(report: SubsetReport) -> Iterator[str]:
    for reason, cases in report.left_out.items():
        yield f"left out: {cases} cases, {reason}"
    for reason, images in report.images_left_out.items():
        yield f"left out: {images} images, {reason}"
    if report.unclassed_images:
        yield f"left out: {report.unclassed_images} images of no class"
    if report.ambiguous_images:
        yield f"left out: {report.ambiguous_images} images of several classes"
        yield from (f"  {one.image_id}: {', '.join(one.classes)}" for one in report.ambiguous[:_NAMED])
    if report.leaks:
        yield f"leaks: {len(report.leaks)}"
        yield from (f"  {one.kind}: {', '.join(one.ids)} ({', '.join(one.splits)})" for one in report.leaks[:_NAMED])
