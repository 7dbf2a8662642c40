"""The tables of own cases, row by row, as spreadsheets write them: commas, semicolons or tabs, UTF-8 or UTF-16.

Column names are read without regard to case, blanks and underscores: ``Differential Diagnosis`` is
``differential_diagnosis``.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import SourceError

CASE_TABLE = "cases.csv"
IMAGE_TABLE = "images.csv"
CASE = "case"
IMAGE = "image"
_SEPARATORS = (",", ";", "\t")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MAX_HEAD = 100_000  # characters
_APART = re.compile(r"[\s_-]+")


@dataclass(frozen=True)
class TableRow:
    """A row: its place among the rows, its line in the file, its values by column, and what stands beyond these."""

    place: str
    line: int
    values: Mapping[str, str]
    beyond: tuple[str, ...] = ()


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the names of a table's columns, as the fields of a case are spelled.

    Raises
    ------
    SourceError
        If it is no text, has no head, or names a column twice.
    """
    return _columns_in(_head(path), path)


def _columns_in(head: str, path: Path) -> tuple[str, ...]:
    written = next(csv.reader([head], delimiter=_separator_in(head)), [])
    names = [_APART.sub("_", name.strip().casefold()) for name in written]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise SourceError(f"{path.name} has two columns '{twice}'. Name each column once.")
    return tuple(names)


def rows_of(path: Path) -> Iterator[TableRow]:
    """Yield the rows of a table that hold anything.

    Raises
    ------
    SourceError
        If it is no text, or ends inside a row.
    """
    head = _head(path)
    names = _columns_in(head, path)
    line, number = 0, -1
    try:
        with path.open(encoding=_encoding(path), newline="") as stream:
            reader = csv.reader(stream, delimiter=_separator_in(head), strict=True)
            next(reader, None)
            for values in reader:
                if not any(value.strip() for value in values):
                    continue
                number += 1
                told = dict(zip(names, values, strict=False))
                beyond = tuple(value for value in values[len(names) :] if value.strip())
                yield TableRow(f"{path.name}[{number}]", reader.line_num, told, beyond)
                line = reader.line_num
    except csv.Error as error:
        raise SourceError(
            f"{path.name} cannot be read after line {line}: {error}. A quotation mark may be left open there."
        ) from error
    except (UnicodeError, OSError) as error:
        raise SourceError(_unreadable(path)) from error


def _unreadable(path: Path) -> str:
    """Return the sentence for a table that is no text in UTF-8 or UTF-16."""
    return f"{path.name} cannot be read as text. Save the sheet again as 'CSV UTF-8'."


def _head(path: Path) -> str:
    """Return the first line of a table.

    Raises
    ------
    SourceError
        If there is none.
    """
    try:
        with path.open(encoding=_encoding(path)) as stream:
            head = stream.readline(_MAX_HEAD).strip("\r\n")
    except (UnicodeError, OSError) as error:
        raise SourceError(_unreadable(path)) from error
    if not head.strip():
        raise SourceError(f"{path.name} has no first line with the names of its columns, such as case, age, findings.")
    return head


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        return "utf-16" if stream.read(2) in _UTF_16 else "utf-8-sig"


def _separator_in(head: str) -> str:
    """Return what parts the columns: of the three that are known, the one that the head has most of."""
    return max(_SEPARATORS, key=head.count)
