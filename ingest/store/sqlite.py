"""The document store in a file: SQLite from the standard library, one writer, many readers in many threads.

A read borrows a connection, fetches at most one page and gives it back, so that nothing is held between two
cases and any thread may read at any time. Long reads go page by page, by `case_id` or by `sequence`.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, LiteralString

from ingest.case import parse_case, sha256_of_json, title_of_case
from ingest.errors import DamagedFile
from ingest.store.checks import require_counted
from ingest.store.collections import KIND as COLLECTION
from ingest.store.collections import collection_counts, without_collections
from ingest.store.diagnoses_read import DiagnosesRead
from ingest.store.diseases import disease_counts, without_diseases
from ingest.store.filters import Field, Filter, ValueKind, require_field
from ingest.store.interface import Entry, ImageCounts, LostChange, Page, Quarantined, StoredCase, Tombstone
from ingest.store.lock import writer_lock
from ingest.store.lookup import facet_counts, page_of, require_limit, the_only_case
from ingest.store.sql import select_sql
from ingest.store.sql_views import select_view, view_row
from ingest.store.sqlite_file import connect, prepare_file, sqlite_errors
from ingest.store.sqlite_writer import SqliteWriter
from ingest.store.stored_form import Clock, field_values, is_storable, utc_now, written_at
from ingest.store.views import SourceView, view_named

CASES_PER_READ = 200

_COLUMNS = "c.case_id, c.sequence, c.written_at, c.actor, c.document"
_CASE_BY_ID = f"SELECT {_COLUMNS} FROM cases AS c WHERE c.document IS NOT NULL AND c.case_id = ?"  # noqa: S608  constants
_CASES_BY_SHORT_ID = f"SELECT {_COLUMNS} FROM cases AS c WHERE c.document IS NOT NULL AND c.short_id = ?"  # noqa: S608
_CASES_OF_IDS = (
    f"SELECT {_COLUMNS} FROM cases AS c"  # noqa: S608
    " WHERE c.document IS NOT NULL AND c.case_id IN (SELECT value FROM json_each(?)) ORDER BY c.case_id"
)
_CHANGES = (
    f"SELECT {_COLUMNS} FROM cases AS c"  # noqa: S608
    " WHERE c.sequence > ? AND c.sequence <= ? ORDER BY c.sequence LIMIT ?"
)
_STORED_IMAGES = (
    "SELECT count(*), count(DISTINCT c.case_id) FROM ({}) AS c, json_each(c.document, '$.images') AS i"
    " WHERE json_extract(i.value, '$.object_key') IS NOT NULL"
)
_TITLES = "c.case_id, c.short_id, json_extract(c.document, '$.sections.title', '$.diagnosis')"
_ENTRIES = (
    "SELECT case_id, sequence, content_digest, document FROM cases"
    " WHERE ? IS NULL OR case_id > ? ORDER BY case_id LIMIT ?"
)
# A change is accounted for by the row of its case, as long as that is of this change or a later one.
_LOST_CHANGES = """
WITH RECURSIVE numbers (sequence) AS (
    SELECT 1 WHERE 1 <= (SELECT value FROM meta WHERE name = 'sequence')
    UNION ALL
    SELECT sequence + 1 FROM numbers WHERE sequence < (SELECT value FROM meta WHERE name = 'sequence'))
SELECT n.sequence, ch.case_id FROM numbers AS n
    LEFT JOIN changes AS ch ON ch.sequence = n.sequence
    LEFT JOIN cases AS c ON c.case_id = ch.case_id AND c.sequence >= ch.sequence
WHERE c.case_id IS NULL ORDER BY n.sequence"""
StoredRow = tuple[str, int, str, str, str | None]


class SqliteStore:
    """Keeps the promises of `DocumentStore` in one file.

    Parameters
    ----------
    path : Path
        The database; made, with its folder, where there is none.
    views : sequence of View
        What it can be asked for beside cases.
    clock : callable
        Says the time that is written beside each change.
    """

    def __init__(self, path: Path, *, views: Sequence[SourceView] = (), clock: Clock = utc_now) -> None:
        self._path = path
        self._views = tuple(views)
        self._clock = clock
        self._idle: deque[sqlite3.Connection] = deque()
        self._open = True
        self._diagnoses = DiagnosesRead(self._read)
        prepare_file(path)

    def __repr__(self) -> str:
        return f"SqliteStore({str(self._path)!r})"

    @property
    def address(self) -> str:
        """Where the documents are."""
        return str(self._path)

    @contextmanager
    def writer(self, actor: str) -> Iterator[SqliteWriter]:
        """Take the lock and yield the one who may write."""
        if not actor.strip():
            raise ValueError("a writer needs an actor: who makes the change.")
        lock = self._path.with_name(f"{self._path.name}.lock")
        with writer_lock(lock, since=written_at(self._clock)):
            with sqlite_errors(self._path):
                connection = connect(self._path)
            with closing(connection):
                yield SqliteWriter(connection, self._path, actor, self._clock)

    def get(self, case_id: str) -> StoredCase:
        """Return one case by its id or its short id."""
        rows: list[StoredRow] = []
        if case_id and is_storable(case_id):
            rows = self._read(_CASE_BY_ID, [case_id]) or self._read(_CASES_BY_SHORT_ID, [case_id])
        the_only_case(case_id, [row[0] for row in rows])
        return self._stored_case(rows[0])

    def has(self, case_id: str) -> bool:
        """Tell whether there is a live case of exactly this id."""
        return is_storable(case_id) and bool(
            self._read("SELECT 1 FROM cases WHERE document IS NOT NULL AND case_id = ?", [case_id])
        )

    def cases(self, where: Filter | None = None) -> Iterator[StoredCase]:
        """Yield the live cases that match, in order of `case_id`."""
        if where is None:
            yield from self._every_case()
            return
        ids = self.case_ids(where)  # the filter is answered once, not again for each part of the answer
        for start in range(0, len(ids), CASES_PER_READ):
            some = json.dumps(ids[start : start + CASES_PER_READ])
            yield from map(self._stored_case, self._read(_CASES_OF_IDS, [some]))

    def case_ids(self, where: Filter | None = None) -> list[str]:
        """Return the ids of the live cases that match, sorted."""
        return [row[0] for row in self._select("c.case_id", where, rest="ORDER BY c.case_id")]

    def page(self, where: Filter | None = None, *, after: str | None = None, limit: int = 25) -> Page:
        """Return the cases after one id."""
        where = self._resolved(where)
        rows = self._page_rows(where, after, require_limit(limit) + 1)
        return page_of([self._stored_case(row) for row in rows[:limit]], self.count(where), more=len(rows) > limit)

    def count(self, where: Filter | None = None) -> int:
        """Count the live cases that match."""
        return self._select("count(*)", where)[0][0]

    def facets(self, field_name: str, where: Filter | None = None) -> dict[str, int]:
        """Count cases per value of a field."""
        field = require_counted(require_field(field_name))
        if field.kind is ValueKind.DISEASE:
            return disease_counts(self.facets("diagnosis", where))
        if field.kind is ValueKind.COLLECTION:
            return collection_counts(self.records(COLLECTION), self.case_ids(where))
        if field.name == "diagnosis":
            return facet_counts(self._diagnoses.counts(None if where is None else self.case_ids(where)))
        if field.kind is ValueKind.TEXT:
            return facet_counts(self._texts(field, where))
        return facet_counts(dict(self._read_values("value, count(*)", field_name, where, rest="GROUP BY value")))

    def image_counts(self, where: Filter | None = None, *, stored: bool = False) -> ImageCounts:
        """Count the images of the live cases that match; only those that there are pixels of, if `stored`."""
        if not stored:
            return ImageCounts(*self._read_values("count(*), count(DISTINCT case_id)", "image_id", where)[0])
        cases, parameters = select_sql("c.case_id, c.document", self._resolved(where))
        return ImageCounts(*self._read(_STORED_IMAGES.format(cases), parameters)[0])

    def titles(self, where: Filter | None = None, *, limit: int | None = None) -> dict[str, str]:
        """Return what each live case that matches is called, in order of `case_id`."""
        most = -1 if limit is None else require_limit(limit)
        rows = self._select(_TITLES, where, most, rest="ORDER BY c.case_id LIMIT ?")
        said = ((case_id, short_id, *json.loads(both)) for case_id, short_id, both in rows)
        return {case_id: title_of_case(title, diagnosis, short_id) for case_id, short_id, title, diagnosis in said}

    def sequence(self) -> int:
        """Return the number of the last committed change."""
        return self._read("SELECT value FROM meta WHERE name = 'sequence'")[0][0]

    def changes_since(self, sequence: int) -> Iterator[StoredCase | Tombstone]:
        """Yield the latest state of what changed after `sequence`, up to the last change at the time of the call."""
        last = self.sequence()
        while rows := self._read(_CHANGES, [sequence, last, CASES_PER_READ]):
            for row in rows:
                yield Tombstone(*row[:4]) if row[4] is None else self._stored_case(row)
            sequence = rows[-1][1]

    def content_digest(self) -> str:
        """SHA-256 over ids and content digests of all live cases."""
        rows = self._read("SELECT case_id, content_digest FROM cases WHERE document IS NOT NULL ORDER BY case_id")
        return sha256_of_json([list(row) for row in rows])

    def entries(self) -> Iterator[Entry]:
        """Yield what is written down of every case and tombstone, in order of `case_id`, without trusting it."""
        after = None
        while rows := self._read(_ENTRIES, [after, after, CASES_PER_READ]):
            for case_id, sequence, content_digest, document in rows:
                yield Entry(case_id, sequence, content_digest, None if document is None else _json_object(document))
            after = rows[-1][0]

    def lost_changes(self) -> list[LostChange]:
        """Return the numbers up to the last change that no case or tombstone accounts for, sorted."""
        return [LostChange(*row) for row in self._read(_LOST_CHANGES)]

    def quarantined(self) -> list[Quarantined]:
        """Return the records that did not fit, sorted by source and place."""
        rows = self._read("SELECT key, source, place, reason, record FROM quarantine ORDER BY source, place, key")
        return [Quarantined(*row) for row in rows]

    @property
    def views(self) -> tuple[SourceView, ...]:
        """The views that it can be asked for."""
        return self._views

    def view(self, name: str, where: Filter | None = None, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the rows of a view for the cases that match, in order of case."""
        view = view_named(self._views, name)
        statement, parameters = select_view(view, self._resolved(where), -1 if limit is None else require_limit(limit))
        with (
            sqlite_errors(self._path),
            self._borrowed() as connection,
            closing(connection.execute(statement, parameters)) as cursor,
        ):
            yield from (view_row(view, row) for row in cursor)

    def records(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return everything saved under a kind, by key, sorted."""
        rows = self._read("SELECT key, record FROM records WHERE kind = ? ORDER BY key", [kind])
        return {key: json.loads(record) for key, record in rows}

    def record_kinds(self) -> list[str]:
        """Return the kinds under which something is saved, sorted."""
        return [kind for (kind,) in self._read("SELECT DISTINCT kind FROM records ORDER BY kind")]

    def close(self) -> None:
        """Let go of the file."""
        self._open = False
        while self._idle:
            self._idle.pop().close()

    def _every_case(self) -> Iterator[StoredCase]:
        after = None
        while page := self._page_rows(None, after, CASES_PER_READ):
            yield from map(self._stored_case, page)
            after = page[-1][0]

    def _page_rows(self, where: Filter | None, after: str | None, limit: int) -> list[StoredRow]:
        rest = "AND (? IS NULL OR c.case_id > ?) ORDER BY c.case_id LIMIT ?"
        return self._select(_COLUMNS, where, after, after, limit, rest=rest)

    def _texts(self, field: Field, where: Filter | None) -> Counter[str]:
        """Count the cases by a text, read from the documents: beside them it is kept without upper and lower case."""
        where = self._resolved(where)
        if field.of_images or field.read is not None:
            documents = (json.loads(row[0]) for row in self._select("c.document", where))
            return Counter(value for document in documents for value in field_values(document, field))
        statement, parameters = select_sql("json_extract(c.document, ?)", where)
        rows = self._read(statement, [f"$.{field.path}", *parameters])
        return Counter(text for (text,) in rows if text is not None)

    def _read_values(
        self, columns: LiteralString, field_name: str, where: Filter | None, *, rest: LiteralString = ""
    ) -> list[Any]:
        """Ask what stands in `case_values` under a field, of live cases only: a deleted one leaves nothing there."""
        asked = f"SELECT {columns} FROM case_values WHERE field_name = ?"  # noqa: S608  constants
        if where is None:
            return self._read(f"{asked} {rest}", [field_name])
        matching, parameters = select_sql("c.case_id", self._resolved(where))
        return self._read(f"{asked} AND case_id IN ({matching}) {rest}", [field_name, *parameters])

    def _select(self, columns: LiteralString, where: Filter | None, *more: Any, rest: LiteralString = "") -> list[Any]:
        statement, parameters = select_sql(columns, self._resolved(where), rest=rest)
        return self._read(statement, [*parameters, *more])

    def _resolved(self, where: Filter | None) -> Filter | None:
        plain = without_collections(where, lambda: self.records(COLLECTION))
        return without_diseases(plain, lambda: self.facets("diagnosis"))

    def _stored_case(self, row: StoredRow) -> StoredCase:
        case_id, sequence, when, actor, document = row
        try:
            case = parse_case(json.loads(document or ""))
        except ValueError as error:
            raise DamagedFile(
                f"the document of case '{case_id}' in {self._path} is damaged. Ingest it again."
            ) from error
        return StoredCase(case, sequence, when, actor)

    def _read(self, statement: str, parameters: list[Any] | None = None) -> list[Any]:
        with sqlite_errors(self._path), self._borrowed() as connection:
            return connection.execute(statement, parameters or []).fetchall()

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that no other thread uses meanwhile."""
        if not self._open:
            raise ValueError("the document store is closed.")
        connection = None
        with suppress(IndexError):
            connection = self._idle.pop()
        connection = connection or connect(self._path)
        try:
            yield connection
        finally:
            self._idle.append(connection)
            if not self._open:
                self.close()


def _json_object(text: str) -> dict[str, Any]:
    """Return what a text says as JSON; nothing where it is no JSON object."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
