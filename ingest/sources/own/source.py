"""Own cases as a source, in the words of the port."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.errors import SourceError
from ingest.sources.own.build import CASE_COLUMNS, IMAGE_COLUMNS, SOURCE
from ingest.sources.own.files import image_files
from ingest.sources.own.stream import Described, TableRows, read_described
from ingest.sources.own.table import CASE, CASE_TABLE, IMAGE, IMAGE_TABLE, columns_of, rows_of
from ingest.sources.source import Reading
from ingest.store.views import SourceView

IMAGE_FOLDER = "images"


class OwnCases:
    """A folder with a table of cases, and their images beside it."""

    name = SOURCE
    expects = (
        f"a folder with your own cases: {CASE_TABLE}, a row for each case with the columns case, age, sex, history, "
        f"findings, diagnosis and others, and the images in the folder '{IMAGE_FOLDER}'"
    )
    views: tuple[SourceView, ...] = ()

    def recognises(self, address: str) -> bool:
        """Tell whether a folder has the table of cases or of images."""
        if "://" in address:
            return False
        return any((Path(address) / name).is_file() for name in (CASE_TABLE, IMAGE_TABLE))

    def read(self, address: str, images: Path | None = None) -> Reading:
        """Read the table of images and list the files; cases come with the stream, row by row.

        Raises
        ------
        SourceError
            If there is no table of cases, it has no column of ids, or a table is no text or damaged.
        """
        root = Path(address)
        cases, described = root / CASE_TABLE, root / IMAGE_TABLE
        if not cases.is_file():
            raise SourceError(f"'{root}' lacks {CASE_TABLE}. Expected {self.expects}.")
        if images is not None and not images.is_dir():
            raise SourceError(f"there is no folder of images '{images}'.")
        missing = [*_unknown(cases, CASE_COLUMNS, required=(CASE,))]
        if described.is_file():
            missing += _unknown(described, IMAGE_COLUMNS, required=(CASE, IMAGE))
        inside = root / IMAGE_FOLDER
        folder = images or (inside if inside.is_dir() else root)
        files = image_files(folder, besides=(cases, described))
        expected = sum(
            1 for _ in rows_of(cases)
        )  # a table that is damaged anywhere is refused before anything is written
        rows = TableRows(cases, read_described(described) if described.is_file() else Described(), files)
        return Reading(address, rows, expected, folder, len(files.paths), tuple(missing))


def _unknown(table: Path, known: Sequence[str], *, required: Sequence[str]) -> Iterator[str]:
    """Yield a sentence on the columns that mean nothing to us.

    Raises
    ------
    SourceError
        If a column that is needed is not there.
    """
    columns = columns_of(table)
    lacking = next((name for name in required if name not in columns), None)
    if lacking:
        raise SourceError(f"{table.name} has no column '{lacking}'. Its columns can be: {', '.join(known)}.")
    others = ", ".join(f"'{name}'" for name in columns if name and name not in known)
    if others:
        yield (
            f"{table.name} has columns that CaseGraph does not know and keeps as written: {others}. "
            f"It knows: {', '.join(known)}."
        )
