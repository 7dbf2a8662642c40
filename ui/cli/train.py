"""Train image-text models on the workspace's own cases, stage by stage. Every stage goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.options import WhereOption, WorkspaceOption, opened
from ui.cli.output import say, write_table

if TYPE_CHECKING:
    from casegraph.training import TrainingPairs

app = typer.Typer(
    help="Train image-text models on the workspace's own cases (not those of the splits dev and test).",
    no_args_is_help=True,
)

FolderArgument = Annotated[
    Path, typer.Argument(help="Where the model and its run are kept; a stopped run resumes there.")
]
RecipeOption = Annotated[str, typer.Option("--recipe", help="A recipe that comes with CaseGraph, or a JSON file.")]
LanguageOption = Annotated[Path, typer.Option("--language", help="Folder of the trained language model (stage 1).")]
OptionalLanguageOption = Annotated[
    Path | None,
    typer.Option(
        "--language", help="Folder of the trained language model (stage 1); none for CLIP's own text encoder."
    ),
]
TrunkOption = Annotated[Path | None, typer.Option("--trunk", help="File of the weights that the recipe starts from.")]

BesideOption = Annotated[
    Path | None, typer.Option("--beside", help="Also train on this workspace, but never evaluate on it.")
]


def _tell(epoch: int, epochs: int, metrics: Mapping[str, float]) -> None:
    said = "  ".join(f"{name} {value:.3f}" for name, value in metrics.items() if name != "epoch")
    say(f"epoch {epoch} of {epochs}: {said}")


@app.command()
def language(
    folder: FolderArgument,
    recipe: RecipeOption = "compact",
    start: Annotated[
        Path | None,
        typer.Option("--from", help="Folder of a BERT to continue from (BioBERT, ...), with its vocabulary."),
    ] = None,
    where: WhereOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Stage 1: learn a vocabulary and the language of the cases by masked words.

    Example: casegraph train language models/language
    """
    with opened(workspace) as space:
        rows = space.training.language(recipe, folder, start=start, where=where, on_progress=_tell)
    _end(folder, folder / "run", rows)


@app.command()
def pairs(
    folder: FolderArgument,
    language: OptionalLanguageOption = None,
    trunk: TrunkOption = None,
    recipe: RecipeOption = "compact",
    held_out: Annotated[str | None, typer.Option(help="A split to evaluate on after each epoch.")] = None,
    beside: BesideOption = None,
    where: WhereOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Stage 2: bring images and words into one space, and train label heads with them.

    Example: casegraph train pairs models/own --language models/language --where source=pmc
    """
    from casegraph.training import train_pairs

    learned = _pairs(workspace, where, beside, recipe, language, trunk)
    with opened(workspace) as space:
        measured = space.training.held_out(held_out) if held_out else None
    rows = train_pairs(learned, folder, held_out=measured, on_progress=_tell)
    _end(folder / "model", folder / "run", rows)
    say(f"use it: casegraph index --image-encoder open_clip:local-dir:{folder / 'model'}")


@app.command()
def heads(
    folder: FolderArgument,
    language: OptionalLanguageOption = None,
    trunk: TrunkOption = None,
    recipe: RecipeOption = "compact",
    beside: BesideOption = None,
    where: WhereOption = None,
    folds: Annotated[int, typer.Option(min=2, help="Number of cross-validation folds.")] = 5,
    workspace: WorkspaceOption = None,
) -> None:
    """Stage 3: calibrate the label heads of stage 2 by training it once per fold; the model then classifies.

    Example: casegraph train heads models/own --language models/language
    """
    from casegraph.training import train_heads_of

    report = train_heads_of(
        _pairs(workspace, where, beside, recipe, language, trunk), folder, folds=folds, on_progress=_tell
    )
    write_table(
        ("task", "images", "accuracy", "balanced", "sure", "accuracy when sure"),
        (
            (
                task.task,
                task.n,
                *map(_share, (task.accuracy, task.balanced_accuracy, task.coverage)),
                _share(task.accuracy_when_sure),
            )
            for task in report.tasks
        ),
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _pairs(
    workspace: Path | None,
    where: str | None,
    beside: Path | None,
    recipe: str,
    language: Path | None,
    trunk: Path | None,
) -> TrainingPairs:
    """Return what stage 2 learns from: the learnable cases of the workspace that match, and all of the one beside."""
    from casegraph.training import TrainingPairs, read_recipe

    read = read_recipe(recipe)
    with opened(workspace) as space:
        examples = space.training.learnable(where)
    if beside is None:
        return TrainingPairs(read, language, examples, None, trunk)
    with opened(beside) as space:
        more = space.training.whole()
    return TrainingPairs(read, language, examples, more, trunk)


@app.command()
def sentences(
    folder: FolderArgument, language: LanguageOption, where: WhereOption = None, workspace: WorkspaceOption = None
) -> None:
    """Tune the language model of stage 1 to compare texts.

    Example: casegraph train sentences models/sentences --language models/language
    """
    with opened(workspace) as space:
        rows = space.training.sentences(language, folder, where=where, on_progress=_tell)
    _end(folder / "model", folder / "run", rows)
    say(f"use it: casegraph index --text-encoder sentence-transformers:{folder / 'model'}")


def _end(model: Path, run: Path, rows: list[dict[str, float]]) -> None:
    """Draw the run's curves and say where everything is."""
    from casegraph.training import draw_curves

    image = draw_curves(rows, run / "curves.png")
    say(f"model: {model}")
    say(f"run: {run / 'metrics.csv'}, {image}")
