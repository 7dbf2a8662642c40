"""The program `casegraph`: its commands, and how an error becomes one line and an exit code.

Exit codes: 0 success, also when nothing was found; 1 a check found problems or the operation failed; 2 wrong usage
or input; 3 finished, but some records were quarantined; 4 busy, or an engine is unreachable.
"""

from __future__ import annotations

import sys

import typer

from ingest.errors import BusyError, CaseGraphError, EngineError, InputError, MissingExtra, WorkspaceError
from ui.commands import (
    ask,
    collect,
    curate,
    demo,
    draft,
    evaluate,
    evaluate_ask,
    evaluate_draft,
    find,
    graph,
    keep,
    models,
    picture,
    serve,
    train,
)
from ui.output import NOTICE, speak_any_locale, warn

EXIT_CODES: tuple[tuple[type[CaseGraphError], int], ...] = (
    (InputError, 2),
    (WorkspaceError, 2),
    (MissingExtra, 2),
    (BusyError, 4),
    (EngineError, 4),
    (CaseGraphError, 1),
)

app = typer.Typer(
    name="casegraph",
    help=f"Imaging cases as documents, a graph, a similar-case search and cited drafts. {NOTICE}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command()(demo.demo)
app.command()(collect.ingest)
app.command()(collect.index)
app.command()(collect.export)
app.command()(keep.status)
app.command()(keep.doctor)
app.command()(keep.delete)
app.command()(find.query)
app.command()(find.search)
app.add_typer(graph.app, name="graph")
app.add_typer(curate.app, name="curate")
app.command()(picture.classify)
app.command()(ask.ask)
app.add_typer(draft.app, name="draft")
app.command("verify-draft")(draft.verify_draft)
app.add_typer(train.app, name="train")
app.add_typer(models.app, name="models")
app.command()(draft.draft)
evaluate.app.command("ask")(evaluate_ask.ask)
evaluate.app.command("draft")(evaluate_draft.draft)
app.add_typer(evaluate.app, name="evaluate")
app.command(name="app")(serve.serve)


def exit_code(error: CaseGraphError) -> int:
    """Return the exit code of an error."""
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def main() -> None:
    """Run the program; a user's mistake ends in one line, never in a traceback."""
    speak_any_locale()
    try:
        app()
    except CaseGraphError as error:
        warn(f"casegraph: {error}")
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        warn("casegraph: stopped.")
        sys.exit(130)


if __name__ == "__main__":
    main()
