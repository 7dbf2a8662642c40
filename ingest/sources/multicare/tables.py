"""The tables of a release, row by row: never more than a few hundred rows of one are in memory.

pyarrow reads Parquet; it comes with the tool of the app. A file that is cut short or damaged is refused by name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.errors import SourceError
from ingest.sources.multicare.folder import WHERE_TO_GET

ROWS_PER_BATCH = 200
_BUFFER_BYTES = 1 << 20  # pages are read through a buffer: releases have all rows in one group
MAX_FIELD = 1_000_000  # characters of a field of the CSV; a caption has some thousands, an unclosed quote all the rest

ReleaseRow = dict[str, Any]


def parquet_rows(path: Path) -> Iterator[ReleaseRow]:
    """Yield the rows of a Parquet file as plain values; one whose texts are no UTF-8 comes empty.

    Raises
    ------
    SourceError
        If the file is cut short, damaged or none.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    number = 0
    try:
        with ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER_BYTES) as file:
            for batch in file.iter_batches(batch_size=ROWS_PER_BATCH):
                for place in range(len(batch)):
                    number += 1
                    yield _plain(batch.slice(place, 1))
    except (ArrowException, OSError) as error:
        raise SourceError(broken(path, number)) from error


def expected_values(path: Path, column: str) -> int:
    """Return how many values the column of this name has, lists in rows counted through; else how many rows.

    Raises
    ------
    SourceError
        If the file is cut short, damaged or none.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path, pre_buffer=False) as file:
            places = [place for place in range(len(file.schema)) if file.schema.column(place).name == column]
            groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
            return sum(group.column(places[0]).num_values for group in groups) if places else file.metadata.num_rows
    except (ArrowException, OSError) as error:
        raise SourceError(broken(path, 0)) from error


def _plain(row: Any) -> ReleaseRow:
    try:
        return row.to_pylist()[0]
    except UnicodeDecodeError:
        return {}


def broken(path: Path, after: int) -> str:
    """Return the sentence for a table that ends too early or cannot be read on."""
    where = f" after row {after}" if after else ""
    size = f"{path.stat().st_size:,} bytes" if path.is_file() else "gone"
    return f"{path.name} is cut short or damaged{where} ({size}). {WHERE_TO_GET}."


def csv_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file with their line numbers.

    Raises
    ------
    SourceError
        If it is cut short: it ends inside a row, or is no text.
    """
    before = csv.field_size_limit(MAX_FIELD)
    line = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            names = next(reader, [])
            for values in reader:
                line = reader.line_num
                if len(values) != len(names):
                    raise SourceError(broken(path, line - 1))
                yield line, dict(zip(names, values, strict=True))
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        raise SourceError(broken(path, line)) from error
    finally:
        csv.field_size_limit(before)
