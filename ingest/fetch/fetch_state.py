"""What a fetch has done, on disk beside the articles: the next run goes on from it, whatever ended this one.

A file of its own, ``.fetch/state.sqlite`` in the folder of articles. Each step is one transaction, written after what
it tells of: a file that lies in its place without being told of is whole, for files appear whole only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import StorageError, WorkspaceError
from ingest.fetch.article_record import ArticleRecord
from ingest.fetch.client import Downloaded
from ingest.fetch.windows import DateWindow
from ingest.store.lock import writer_lock
from ingest.store.sqlite_file import connect, sqlite_errors

FOLDER = ".fetch"
_FORMAT = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS window (
    search TEXT, first TEXT, last TEXT, found INTEGER, listed INTEGER DEFAULT 0, PRIMARY KEY (search, first, last));
CREATE TABLE IF NOT EXISTS listed (search TEXT, id TEXT, PRIMARY KEY (search, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS link (pmid TEXT PRIMARY KEY, pmcid TEXT);
CREATE TABLE IF NOT EXISTS record (service TEXT, pmcid TEXT, record TEXT, PRIMARY KEY (service, pmcid));
CREATE TABLE IF NOT EXISTS file (place TEXT PRIMARY KEY, sha256 TEXT, size INTEGER);
"""


class FetchState:
    """The state of one folder, held by one process at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._rows = connection

    def counted(self, search: str, window: DateWindow) -> int | None:
        """Return how many articles a search found in a window, if it was asked."""
        query = "SELECT found FROM window WHERE (search, first, last) = (?, ?, ?)"
        row = self._rows.execute(query, _key(search, window)).fetchone()
        return row[0] if row else None

    def save_count(self, search: str, window: DateWindow, found: int) -> None:
        """Keep how many articles a search finds in a window."""
        with _transaction(self._rows):
            self._rows.execute(
                "INSERT OR REPLACE INTO window (search, first, last, found) VALUES (?, ?, ?, ?)",
                (*_key(search, window), found),
            )

    def is_listed(self, search: str, window: DateWindow) -> bool:
        """Tell whether the articles of a window were listed."""
        query = "SELECT 1 FROM window WHERE (search, first, last) = (?, ?, ?) AND listed"
        return self._rows.execute(query, _key(search, window)).fetchone() is not None

    def save_list(self, search: str, window: DateWindow, ids: Iterable[str]) -> None:
        """Keep the articles of a window."""
        with _transaction(self._rows):
            self._rows.executemany("INSERT OR IGNORE INTO listed VALUES (?, ?)", ((search, one) for one in ids))
            query = "UPDATE window SET listed = 1 WHERE (search, first, last) = (?, ?, ?)"
            self._rows.execute(query, _key(search, window))

    def listed(self, search: str) -> list[str]:
        """Return the articles that a search listed, the numbers in order."""
        query = "SELECT id FROM listed WHERE search = ? ORDER BY length(id), id"
        return [one for (one,) in self._rows.execute(query, (search,))]

    def links(self) -> dict[str, str | None]:
        """Return the ids in PubMed Central by those in PubMed, as far as they were asked."""
        return dict(self._rows.execute("SELECT pmid, pmcid FROM link"))

    def save_links(self, links: Mapping[str, str | None]) -> None:
        """Keep ids in PubMed Central by those in PubMed."""
        with _transaction(self._rows):
            self._rows.executemany("INSERT OR REPLACE INTO link VALUES (?, ?)", links.items())

    def forget_search(self, search: str) -> None:
        """Forget what a search found, which is done: the next one asks anew, and finds what has come since."""
        with _transaction(self._rows):
            self._rows.execute("DELETE FROM window WHERE search = ?", (search,))
            self._rows.execute("DELETE FROM listed WHERE search = ?", (search,))
            self._rows.execute("DELETE FROM link WHERE pmcid IS NULL")
            self._rows.execute("DELETE FROM record WHERE NOT json_extract(record, '$.is_open')")

    def record(self, service: str, pmcid: str) -> ArticleRecord | None:
        """Return what a service said of an article, if it was asked."""
        query = "SELECT record FROM record WHERE (service, pmcid) = (?, ?)"
        row = self._rows.execute(query, (service, pmcid)).fetchone()
        return ArticleRecord.of_json(row[0]) if row else None

    def save_record(self, service: str, record: ArticleRecord) -> None:
        """Keep what a service says of an article."""
        with _transaction(self._rows):
            values = (service, record.pmcid, record.to_json())
            self._rows.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", values)

    def forget_record(self, service: str, pmcid: str) -> None:
        """Forget what a service said of an article, which turned out wrong."""
        with _transaction(self._rows):
            self._rows.execute("DELETE FROM record WHERE (service, pmcid) = (?, ?)", (service, pmcid))

    def file(self, place: str) -> Downloaded | None:
        """Return what is known of a file in its place."""
        row = self._rows.execute("SELECT sha256, size FROM file WHERE place = ?", (place,)).fetchone()
        return Downloaded(*row) if row else None

    def save_file(self, place: str, file: Downloaded) -> None:
        """Keep what is known of a file."""
        with _transaction(self._rows):
            self._rows.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?)", (place, file.sha256, file.size_bytes))


@contextmanager
def opened_state(folder: Path) -> Iterator[FetchState]:
    """Open the state of a folder of articles, making both where they are not there.

    Raises
    ------
    BusyError
        If another process fetches into the folder.
    StorageError
        If the folder cannot be written to.
    DamagedFile, WorkspaceError
        If its state is damaged, or of another version.
    """
    inner = folder / FOLDER
    try:
        inner.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make '{inner}': {error.strerror}. Name another folder.") from error
    path = inner / "state.sqlite"
    since = datetime.now(UTC).isoformat(timespec="seconds")
    with writer_lock(inner / "lock", since), sqlite_errors(path), closing(connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, _FORMAT):
            raise WorkspaceError(f"'{path}' is of another version of CaseGraph. Name another folder.")
        connection.executescript(f"{_TABLES} PRAGMA user_version = {_FORMAT};")
        yield FetchState(connection)


def _key(search: str, window: DateWindow) -> Sequence[str]:
    return search, window.first.isoformat(), window.last.isoformat()


@contextmanager
def _transaction(rows: sqlite3.Connection) -> Iterator[None]:
    rows.execute("BEGIN IMMEDIATE")
    with rows:  # commits, or rolls back
        yield
