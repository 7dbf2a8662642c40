"""The program `casegraph`: its commands. How an error becomes one line and an exit code: `ui.cli.boundary`.

Exit codes: 0 success, also when nothing was found; 1 a check found problems or the operation failed; 2 wrong usage
or input; 3 finished, but some records were quarantined, or a field was lost for most; 4 busy, or an engine is
unreachable; 130 stopped by its user; 141 whoever read its output has left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup

from casegraph.notice import NOTICE
from ui.cli import (
    ask,
    back_up,
    classify,
    collect,
    collection,
    compare,
    curate,
    demo,
    draft,
    evaluate,
    evaluate_ask,
    evaluate_draft,
    fetch,
    find,
    graph,
    image_map,
    keep,
    models,
    serve,
    subset,
    teach,
    train,
)
from ui.cli.output import speak_any_locale


class Program(TyperGroup):
    """The commands; an end of input that a library meets is an error like others, where Typer would say "Aborted!"."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that the line names."""
        try:
            return super().invoke(ctx)
        except EOFError as error:
            raise RuntimeError("input ended") from error


app = typer.Typer(
    name="casegraph",
    cls=Program,
    help=f"Imaging cases as documents, a graph, a similar-case search and cited drafts. {NOTICE}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command()(demo.demo)
app.add_typer(fetch.app, name="fetch")
app.command()(collect.ingest)
app.command()(fetch.originals)
app.command()(collect.index)
app.command()(collect.export)
app.command()(subset.subset)
app.command()(keep.status)
app.command()(keep.doctor)
app.command()(keep.delete)
app.command()(back_up.backup)
app.command()(back_up.restore)
app.command()(find.query)
app.command()(find.search)
app.command()(compare.compare)
app.command("map")(image_map.image_map)
app.add_typer(collection.app, name="collection")
app.add_typer(graph.app, name="graph")
app.add_typer(curate.app, name="curate")
app.command()(classify.classify)
app.command()(ask.ask)
app.add_typer(draft.app, name="draft")
app.command("verify-draft")(draft.verify_draft)
app.add_typer(teach.app, name="teach")
app.add_typer(train.app, name="train")
app.add_typer(models.app, name="models")
evaluate.app.command("ask")(evaluate_ask.ask)
evaluate.app.command("draft")(evaluate_draft.draft)
app.add_typer(evaluate.app, name="evaluate")
app.command(name="app")(serve.serve)


def words_of_program() -> frozenset[str]:
    """Return the names of all commands and options: the words of a command line that hold nothing of a case."""
    return frozenset(_words_of(typer.main.get_command(app)))


def _words_of(command: Any) -> Iterator[str]:
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts) if parameter.param_type_name == "option" else ()
    for name, inner in getattr(command, "commands", {}).items():
        yield name
        yield from _words_of(inner)


def run() -> None:
    """Read the command line and run what it says; errors come out as they are."""
    speak_any_locale()
    app()
