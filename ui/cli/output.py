"""How the command line speaks: one JSON document with ``--json``, tables and sentences without.

Everything that comes out of a case may hold control characters; `visible` makes them visible, so that no text of a
source can steer a terminal.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from casegraph.errors import Advice, InputError, Remedy, StorageError
from casegraph.files import write_file
from casegraph.notice import Notice
from ui.cli.remedies import advised, in_words


def speak_any_locale() -> None:
    """Show letters that the terminal's encoding lacks as escapes, as a terminal of locale C does, and never fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def visible(text: object) -> str:
    """Return the text with odd blanks as blanks and control characters made visible; line breaks and tabs stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else " " if c.isspace() else "�" for c in str(text))


def jsonable(value: Any) -> Any:
    """Return dataclasses, enums, paths and mappings as plain JSON values; a notice and a remedy in words."""
    if isinstance(value, (Advice, Notice, Remedy)):
        return in_words(value) if isinstance(value, Remedy) else advised(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (Enum, Path)):
        return value.value if isinstance(value, Enum) else str(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(item) for item in value]
    return value


def write_json(value: Any) -> None:
    """Write one JSON document to standard output, and nothing else: the same values whatever the locale."""
    utf_8 = (sys.stdout.encoding or "").replace("-", "").casefold() == "utf8"
    typer.echo(json.dumps(jsonable(value), ensure_ascii=not utf_8, indent=2))


def write_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """Write a table that fits the terminal."""
    table = Table(*columns, title=title, title_justify="left", header_style="bold")
    for row in rows:
        table.add_row(*(Text(visible("" if cell is None else _in_a_cell(cell))) for cell in row))
    Console().print(table)


def _in_a_cell(cell: object) -> object:
    return advised(cell) if isinstance(cell, Advice) else cell


def say(text: str = "") -> None:
    """Write a line for people to standard output."""
    typer.echo(visible(text))


def warn(text: str) -> None:
    """Write a line for people to standard error."""
    typer.echo(visible(text), err=True)


class ProgressBar:
    """Progress on standard error while it is a terminal; silent when piped.

    Call it with how much is done of how much, as every long function of the library does.
    """

    def __init__(self, label: str) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn(label),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task(label, total=None)

    def __enter__(self) -> ProgressBar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        self._bar.update(self._task, completed=done, total=total)


class StatementCounter:
    """How many statements a language model has begun, on standard error while it is a terminal; silent when piped."""

    def __init__(self) -> None:
        self._status = Console(stderr=True, quiet=not sys.stderr.isatty()).status("Gathering evidence ...")

    def __enter__(self) -> StatementCounter:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def __call__(self, statements: int) -> None:
        """Show how many there are."""
        self._status.update(f"{statements} statements written, not checked yet ...")


def write_output(file: Path, content: bytes | str, *, replace: bool = True) -> None:
    """Write what the user asked for into the file that they named, whole or not at all.

    Raises
    ------
    InputError
        If something of that name is there and is not to be replaced.
    StorageError
        If it cannot be written.
    """
    if not replace and os.path.lexists(file):
        raise InputError(f"'{file}' exists, and nothing is overwritten. Name a new file.")
    try:
        if file.is_file() or not file.exists():
            write_file(file.resolve(), content)  # what a link leads to is replaced, not the link
        else:  # a device or pipe, as /dev/stdout: there is nothing to replace
            file.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise StorageError(f"'{file}' cannot be written: {error.strerror}. Name another file.") from error
