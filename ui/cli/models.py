"""Models by name: what can be used as an encoder, where its weights come from, and whether they are what was added."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casegraph.models import add_model, listed_models, models_folder, verify_models
from ui.cli.options import JsonOption, WorkspaceOption, settings_for
from ui.cli.output import jsonable, say, write_json
from ui.cli.remedies import advised

app = typer.Typer(help="Models by name: list, add and verify them.", no_args_is_help=True)


@app.command("list")
def list_models(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the models that CaseGraph describes and those that were added to the workspace.

    Example: casegraph models list
    """
    rows = listed_models(_folder(workspace))
    if as_json:
        write_json({"models": rows})
        return
    for row in rows:
        say(f"{row.name} ({row.place}): {row.title}")
        say(f"    weights: {row.source}")
        say(f"    SHA-256: {row.sha256 or 'not known here'}")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The name to use it by: one of `models list`, or one of your own.")],
    source: Annotated[Path, typer.Argument(help="A file of weights, or a folder with a model.")],
    architecture: Annotated[
        str | None,
        typer.Option(help="What a file of weights belongs to: a model of `models list`, or one of open_clip."),
    ] = None,
    text: Annotated[
        Path | None, typer.Option(help="Folder with configuration and tokenizer of the text encoder (BioBERT, ...).")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy a model into the workspace as safetensors and JSON, with the SHA-256 of every file. Nothing is fetched.

    Example: casegraph models add rn50x16-clip ~/RN50x16.pt
    """
    added = add_model(name, source, settings_for(workspace).workspace, architecture=architecture, text_folder=text)
    model = added.model
    if as_json:
        write_json({**jsonable(model), "notes": added.notices})
        return
    say(f"added '{name}' (for {model.kind}) from {model.source_name}, SHA-256 {model.source_sha256 or 'of its files'}")
    for notice in added.notices:
        say(f"note: {advised(notice)}")
    kind = "text" if model.kind == "texts" else "image"
    say(f"use it: casegraph index --{kind}-encoder {name}")


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Which models; all that are here if none is named.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare every file of the models that are here with its SHA-256; exit code 1 where one differs.

    Example: casegraph models verify
    """
    verdicts = verify_models(_folder(workspace), names or ())
    if as_json:
        write_json({"models": verdicts})
    else:
        for verdict in verdicts:
            say(f"{verdict.name}: {'; '.join(verdict.problems) or f'{verdict.files} files as they were added'}")
    if any(verdict.problems for verdict in verdicts):
        raise typer.Exit(1)


def _folder(workspace: Path | None) -> Path:
    return models_folder(settings_for(workspace).workspace)
