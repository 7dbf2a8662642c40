"""Models by name: what can be used as an encoder, where its weights come from, and whether they are what was added."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from clip.builtin import NAME as COMPACT
from clip.registry import AddedModel, added_models, described_models, problems_of, problems_of_builtin
from ingest.errors import InputError
from ui.commands.options import JsonOption, WorkspaceOption, settings_for
from ui.output import jsonable, say, write_json
from ui.workspace.file import read_workspace_file

app = typer.Typer(help="Models by name: list, add and verify them.", no_args_is_help=True)

NOTE = "note: "
IN_PACKAGE, IN_WORKSPACE, NOT_HERE = "in the package", "in the workspace", "not here"


@dataclass(frozen=True)
class ModelRow:
    """One model of the list; `sha256` is the publisher's for its file of weights, None where it is not known here."""

    name: str
    title: str
    place: str
    source: str
    sha256: str | None
    licence: str | None


@dataclass(frozen=True)
class Verdict:
    """What `models verify` found; nothing where the model is what was added."""

    name: str
    files: int
    problems: tuple[str, ...]


@app.command("list")
def list_models(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the models that CaseGraph describes and those that were added to the workspace.

    Example: casegraph models list
    """
    rows = _rows(_folder(workspace))
    if as_json:
        write_json({"models": rows})
        return
    for row in rows:
        say(f"{row.name} ({row.place}): {row.title}")
        say(f"    weights: {row.source}")
        say(f"    SHA-256: {row.sha256 or 'not known here'}")


def _rows(folder: Path) -> list[ModelRow]:
    added, described = added_models(folder), described_models()
    rows = []
    for each in described.values():
        place = IN_PACKAGE if each.name == COMPACT else IN_WORKSPACE if each.name in added else NOT_HERE
        weights = each.weights
        rows.append(ModelRow(each.name, each.title, place, weights.source, weights.sha256, each.licence))
    own = (model for name, model in added.items() if name not in described)
    return rows + [
        ModelRow(each.name, f"for {each.kind}", IN_WORKSPACE, each.source_name, each.source_sha256, None)
        for each in own
    ]


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
    from clip.adding import add_model

    folder = _folder(workspace)
    read_workspace_file(folder.parent)
    notices: list[str] = []
    model = add_model(name, source, folder, architecture=architecture, text_folder=text, tell=notices.append)
    said = _origin(model, architecture or name)
    if as_json:
        write_json({**jsonable(model), "notes": [*([said.removeprefix(NOTE)] if said else []), *notices]})
        return
    say(f"added '{name}' (for {model.kind}) from {model.source_name}, SHA-256 {model.source_sha256 or 'of its files'}")
    if said:
        say(said)
    for notice in notices:
        say(f"{NOTE}{notice}")
    kind = "text" if model.kind == "texts" else "image"
    say(f"use it: casegraph index --{kind}-encoder {name}")


def _origin(model: AddedModel, architecture: str) -> str:
    """Say whether the file is the publisher's own, where its digest is known."""
    described = described_models().get(architecture)
    if described is None or model.source_sha256 is None:
        return ""
    published = described.weights.sha256
    if published is None:
        return "note: the publisher's digest is not known here, so the file could not be compared with it"
    if published == model.source_sha256:
        return "the file is the one that its publisher gives this digest for"
    return f"note: the publisher's own file has another digest ({published[:16]}...); yours may be a conversion of it"


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Which models; all that are here if none is named.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare every file of the models that are here with its SHA-256; exit code 1 where one differs.

    Example: casegraph models verify
    """
    verdicts = _verdicts(_folder(workspace), names or [])
    if as_json:
        write_json({"models": verdicts})
    else:
        for verdict in verdicts:
            say(f"{verdict.name}: {'; '.join(verdict.problems) or f'{verdict.files} files as they were added'}")
    if any(verdict.problems for verdict in verdicts):
        raise typer.Exit(1)


def _verdicts(folder: Path, names: list[str]) -> list[Verdict]:
    added = added_models(folder)
    unknown = sorted(set(names) - {COMPACT, *added})
    if unknown:
        raise InputError(f"there are no weights of a model '{unknown[0]}'. There are: {', '.join([COMPACT, *added])}.")
    built_in = Verdict(COMPACT, 1, tuple(problems_of_builtin()))
    all_here = [built_in, *(Verdict(each.name, len(each.files), tuple(problems_of(each))) for each in added.values())]
    return [verdict for verdict in all_here if not names or verdict.name in names]


def _folder(workspace: Path | None) -> Path:
    return settings_for(workspace).workspace / "models"
