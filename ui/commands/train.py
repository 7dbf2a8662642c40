"""Train image-text models on the workspace's own cases, stage by stage. Every stage goes on where it was stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.commands.options import WorkspaceOption, opened
from ui.output import say

app = typer.Typer(
    help="Train image-text models on the workspace's own cases (not those of the splits dev and test).",
    no_args_is_help=True,
)

FolderArgument = Annotated[Path, typer.Argument(help="Where model and run are kept; a stopped run goes on from there.")]
RecipeOption = Annotated[str, typer.Option("--recipe", help="A recipe that comes with CaseGraph, or a JSON file.")]
LanguageOption = Annotated[Path, typer.Option("--language", help="Folder of the trained language model (stage 1).")]
TrunkOption = Annotated[
    Path | None, typer.Option("--trunk", help="File of weights that the recipe's image trunk starts from.")
]


def _tell(epoch: int, epochs: int, metrics: dict[str, float]) -> None:
    said = "  ".join(f"{name} {value:.3f}" for name, value in metrics.items() if name != "epoch")
    say(f"epoch {epoch} of {epochs}: {said}")


@app.command()
def language(folder: FolderArgument, recipe: RecipeOption = "compact", workspace: WorkspaceOption = None) -> None:
    """Stage 1: learn a vocabulary and the language of the cases by masked words.

    Example: casegraph train language models/language
    """
    from clip.training.recipe import read_recipe
    from ui.training import train_language_of

    with opened(workspace) as space:
        rows = train_language_of(space.store, read_recipe(recipe), folder, progress=_tell)
    _end(folder, folder / "run", rows)


@app.command()
def pairs(
    folder: FolderArgument,
    language: LanguageOption,
    trunk: TrunkOption = None,
    recipe: RecipeOption = "compact",
    held_out: Annotated[str | None, typer.Option(help="A split to measure on after each epoch.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Stage 2: bring pictures and words into one space, with label heads beside.

    Example: casegraph train pairs models/own --language models/language --held-out dev
    """
    from clip.training.recipe import read_recipe
    from ui.training import train_pairs_of

    with opened(workspace) as space:
        rows = train_pairs_of(
            space.store,
            space.objects,
            read_recipe(recipe),
            language,
            folder,
            held_out=held_out,
            trunk_file=trunk,
            progress=_tell,
        )
    _end(folder / "model", folder / "run", rows)
    say(f"use it: casegraph index --image-encoder open_clip:local-dir:{folder / 'model'}")


@app.command()
def sentences(folder: FolderArgument, language: LanguageOption, workspace: WorkspaceOption = None) -> None:
    """Tune the language model of stage 1 to compare texts.

    Example: casegraph train sentences models/sentences --language models/language
    """
    from ui.training import train_sentences_of

    with opened(workspace) as space:
        rows = train_sentences_of(space.store, language, folder, progress=_tell)
    _end(folder / "model", folder / "run", rows)
    say(f"use it: casegraph index --text-encoder sentence-transformers:{folder / 'model'}")


def _end(model: Path, run: Path, rows: list[dict[str, float]]) -> None:
    """Draw the run's curves and say where everything is."""
    from clip.training.curves import draw_curves

    picture = draw_curves(rows, run / "curves.png")
    say(f"model: {model}")
    say(f"run: {run / 'metrics.csv'}, {picture}")
