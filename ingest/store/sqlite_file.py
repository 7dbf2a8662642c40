"""The SQLite file of a workspace: its tables, how it is opened, and what its faults mean.

One row per case in `cases`; a deleted case keeps its row without a document (the tombstone). What filters look at
stands in `case_values` and `case_texts`, and each change in `changes`, written in the same transaction. The number
of the last change is the row ``sequence`` of `meta`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ingest.errors import BusyError, CaseGraphError, DamagedFile, StorageError, WorkspaceError
from ingest.store.sql import text_rows, value_rows
from ingest.store.stored_form import folded_texts

STORE_VERSION = 2  # 2: filters look at the article of a case, and at the ids of images
APPLICATION_ID = 0x43536772  # "CSgr", so that `file` and we can tell this database from another one
LOCK_TIMEOUT_S = 5.0  # SQLite's own lock is held for one transaction, well under a second

_TABLES = (
    """CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL)""",
    """CREATE TABLE cases (
        case_id TEXT PRIMARY KEY, short_id TEXT NOT NULL, sequence INTEGER NOT NULL UNIQUE,
        content_digest TEXT, document TEXT, written_at TEXT NOT NULL, actor TEXT NOT NULL)""",
    """CREATE INDEX cases_by_short_id ON cases (short_id)""",
    """CREATE TABLE changes (sequence INTEGER PRIMARY KEY, case_id TEXT NOT NULL)""",
    """CREATE TABLE case_values (
        field_name TEXT NOT NULL, value NOT NULL, case_id TEXT NOT NULL,
        PRIMARY KEY (field_name, value, case_id)) WITHOUT ROWID""",
    """CREATE INDEX case_values_by_case ON case_values (case_id)""",
    """CREATE TABLE case_texts (field_name TEXT NOT NULL, folded TEXT NOT NULL, case_id TEXT NOT NULL)""",
    """CREATE INDEX case_texts_by_case ON case_texts (case_id)""",
    """CREATE INDEX case_texts_by_field ON case_texts (field_name)""",
    """CREATE TABLE quarantine (
        key TEXT NOT NULL, source TEXT NOT NULL, place TEXT NOT NULL, reason TEXT NOT NULL, record TEXT NOT NULL,
        PRIMARY KEY (source, key))""",
    """CREATE TABLE records (
        kind TEXT NOT NULL, key TEXT NOT NULL, record TEXT NOT NULL, written_at TEXT NOT NULL, actor TEXT NOT NULL,
        PRIMARY KEY (kind, key))""",
    """INSERT INTO meta VALUES ('sequence', 0)""",
    f"""PRAGMA application_id = {APPLICATION_ID}""",
    f"""PRAGMA user_version = {STORE_VERSION}""",
)


def prepare_file(path: Path) -> None:
    """Make the database where there is none, and check the version of one that is there.

    Raises
    ------
    WorkspaceError
        If the file is another program's database, or of a newer version of this one.
    StorageError, BusyError, DamagedFile
        If it cannot be opened.
    """
    with sqlite_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"the folder {path.parent} cannot be made: {error.strerror}.") from error
        with closing(connect(path)) as connection:
            version = _version_of_ours(connection, path)
            if version is None:
                _create(connection)
            elif version < STORE_VERSION:
                _look_again(connection)


def connect(path: Path) -> sqlite3.Connection:
    """Open the database; any thread may use the connection, one at a time."""
    connection = sqlite3.connect(path, timeout=LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")  # readers go on while one writes
        connection.execute("PRAGMA synchronous = FULL")  # a committed case survives a power cut
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Say what a fault of SQLite means, with the path and without any text of a case."""
    try:
        yield
    except sqlite3.Error as error:
        raise _meaning(error, path) from error


def _meaning(error: sqlite3.Error, path: Path) -> CaseGraphError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the low byte is the primary code
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(f"{path} is locked by another process. Wait until it has ended, then try again.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedFile(
            f"{path} is not a SQLite database, or is damaged. Restore it from a backup, or ingest into a new workspace."
        )
    return StorageError(
        f"{path} cannot be read or written: {error}. What was there before is intact. "
        "Check free space and permissions, then try again."
    )


def _version_of_ours(connection: sqlite3.Connection, path: Path) -> int | None:
    """Return the version of the store in a file, None where there is none yet."""
    connection.execute("BEGIN")  # another process may make the database between two of the questions
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.execute("COMMIT")
    if tables == 0:
        return None
    if application_id != APPLICATION_ID:
        raise WorkspaceError(f"{path} is a database of another program. Choose another folder for the workspace.")
    if version > STORE_VERSION:
        raise WorkspaceError(
            f"{path} has store version {version}, this CaseGraph reads up to version {STORE_VERSION}. Update CaseGraph."
        )
    return version


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables == 0:  # else another process was quicker
            for statement in _TABLES:
                connection.execute(statement)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _look_again(connection: sqlite3.Connection) -> None:
    """Write down anew what filters look at, of every case that can be read, and with it the version."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for case_id, text in connection.execute("SELECT case_id, document FROM cases WHERE document IS NOT NULL"):
            with suppress(ValueError, KeyError, TypeError, AttributeError):  # a damaged one stays, for `doctor`
                document = json.loads(text)
                looked_at = list(value_rows(case_id, document)), list(text_rows(case_id, folded_texts(document)))
                connection.execute("DELETE FROM case_values WHERE case_id = ?", [case_id])
                connection.execute("DELETE FROM case_texts WHERE case_id = ?", [case_id])
                connection.executemany("INSERT INTO case_values VALUES (?, ?, ?)", looked_at[0])
                connection.executemany("INSERT INTO case_texts VALUES (?, ?, ?)", looked_at[1])
        connection.execute(f"PRAGMA user_version = {STORE_VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
