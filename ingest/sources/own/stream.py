"""The stream of what the tables of own cases hold: cases, rows that do not fit, files of no image."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.case import sha256_of_text
from ingest.errors import RejectedRecord
from ingest.ids import CaseId
from ingest.images.finding import is_image
from ingest.sources.own.build import build_case, case_id_of, require_fitting
from ingest.sources.own.files import ListedFiles
from ingest.sources.own.table import CASE_TABLE, IMAGE, TableRow, rows_of
from ingest.sources.source import DocumentKind, Found, OrphanFile, Rejection, Repetition


@dataclass(frozen=True)
class Described:
    """The rows of the table of images by case, what of them does not fit, and how many occur again."""

    of_case: Mapping[str, Sequence[TableRow]] = field(default_factory=dict)
    unfit: Sequence[Rejection] = ()
    repeated: int = 0


def read_described(table: Path) -> Described:
    """Read the table that describes images.

    Raises
    ------
    SourceError
        If it is damaged.
    """
    rows: defaultdict[str, list[TableRow]] = defaultdict(list)
    taken = _Taken()
    unfit: list[Rejection] = []
    repeated = 0
    for row in rows_of(table):
        try:
            case_id, image = _described(row)
            if taken.before((case_id, image), row):
                repeated += 1
            else:
                rows[case_id].append(row)
        except RejectedRecord as error:
            unfit.append(Rejection(DocumentKind.IMAGE, row.place, error.reason, _as_json(row)))
    return Described(dict(rows), unfit, repeated)


def _described(row: TableRow) -> tuple[CaseId, str]:
    """Return the case and the file of a row that describes an image.

    Raises
    ------
    RejectedRecord
        If it does not fit.
    """
    case_id = case_id_of(row)
    require_fitting(row)
    image = row.values.get(IMAGE, "").strip()
    if not image:
        raise RejectedRecord(row.place, f"line {row.line} names no file in '{IMAGE}'.")
    return case_id, image


class _Taken:
    """What was taken of a table, and at which line: what comes again is passed over, or is refused if it differs."""

    def __init__(self) -> None:
        self._rows: dict[object, tuple[int, str]] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def before(self, key: object, row: TableRow) -> bool:
        """Take a row; tell whether it was taken before, word for word.

        Raises
        ------
        RejectedRecord
            If another row was taken for the same.
        """
        digest = sha256_of_text(_as_json(row))
        line, known = self._rows.setdefault(key, (row.line, digest))
        if known != digest:
            raise RejectedRecord(row.place, f"line {row.line} repeats line {line} with other values.")
        return line != row.line


class TableRows:
    """Everything that the tables hold; to be taken once."""

    def __init__(self, table: Path, described: Described, files: ListedFiles) -> None:
        self._table = table
        self._described = described
        self._files = files
        self._taken = _Taken()
        self._used: set[Path] = set()

    def __iter__(self) -> Iterator[Found]:
        for row in rows_of(self._table):
            yield self._of_row(row)
        yield from self._described.unfit
        if self._described.repeated:
            yield Repetition(DocumentKind.IMAGE, self._described.repeated)
        yield from self._of_no_case()
        for name, path in self._files.paths.items():
            if path not in self._used and (path.is_symlink() or is_image(path)):
                yield OrphanFile(name)

    def _of_row(self, row: TableRow) -> Found:
        ids: tuple[CaseId, ...] = ()
        try:
            case_id = case_id_of(row)
            ids = (case_id,)
            if self._taken.before(case_id, row):
                return Repetition(DocumentKind.CASE)
            read = build_case(row, self._described.of_case.get(case_id, ()), self._files)
        except RejectedRecord as error:
            return Rejection(DocumentKind.CASE, row.place, error.reason, _as_json(row), ids)
        self._used.update(read.files.values())
        return read

    def _of_no_case(self) -> Iterator[Rejection]:
        """Yield the images of cases that the table of cases does not have."""
        for case_id, rows in self._described.of_case.items():
            if case_id not in self._taken:
                for row in rows:
                    reason = f"line {row.line} is of a case that {CASE_TABLE} does not have."
                    yield Rejection(DocumentKind.IMAGE, row.place, reason, _as_json(row))


def _as_json(row: TableRow) -> str:
    beyond = {"beyond the columns": list(row.beyond)} if row.beyond else {}
    return json.dumps({**row.values, **beyond}, ensure_ascii=False, sort_keys=True)
