"""Writing to the SQLite store: batches of cases, each batch one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.case import Case
from ingest.errors import BusyError, UnknownCase
from ingest.store.interface import Change, ChangeKind, Quarantined
from ingest.store.records import canonical_json, quarantine_items
from ingest.store.sql import text_rows, value_rows
from ingest.store.sqlite_file import sqlite_errors
from ingest.store.stored_form import Clock, StoredForm, is_storable, stored_form, written_at

CASES_PER_TRANSACTION = 100  # one disk flush for so many; 602 cases of 6 kB then take under a second


class SqliteWriter:
    """The one who may write; made by `SqliteStore.writer`, which holds the lock."""

    def __init__(self, connection: sqlite3.Connection, path: Path, actor: str, clock: Clock) -> None:
        self._connection = connection
        self._path = path
        self._actor = actor
        self._clock = clock
        self._sequence = self._read_sequence()

    def write_cases(self, cases: Iterable[Case]) -> list[Change]:
        """Write the cases, so many per transaction; one that is unchanged takes no number."""
        remaining = iter(cases)
        changes: list[Change] = []
        while batch := [stored_form(case) for case in islice(remaining, CASES_PER_TRANSACTION)]:
            with self._transaction():
                changes += [self._write_case(form) for form in batch]
        return changes

    def delete_case(self, case_id: str) -> Change:
        """Leave a tombstone in place of the case."""
        with self._transaction():
            if not self._digest(case_id):
                raise UnknownCase(f"there is no case '{case_id}' to delete.")
            self._sequence += 1
            self._forget_values(case_id)
            self._note_change(case_id)
            self._connection.execute(
                "UPDATE cases SET sequence = ?, content_digest = NULL, document = NULL, written_at = ?, actor = ?"
                " WHERE case_id = ?",
                [self._sequence, written_at(self._clock), self._actor, case_id],
            )
            return Change(case_id, ChangeKind.DELETED, self._sequence)

    def replace_quarantine(self, source: str, items: Iterable[Quarantined]) -> None:
        """Make `items` the whole quarantine of `source`."""
        rows = [astuple(item) for item in quarantine_items(source, items)]
        with self._transaction():
            self._connection.execute("DELETE FROM quarantine WHERE source = ?", [source])
            self._connection.executemany("INSERT INTO quarantine VALUES (?, ?, ?, ?, ?)", rows)

    def save_record(self, kind: str, key: str, record: Mapping[str, Any]) -> None:
        """Keep something that people did, in place of what has the same kind and key."""
        row = [kind, key, canonical_json(kind, key, record), written_at(self._clock), self._actor]
        with self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)", row)

    def delete_record(self, kind: str, key: str) -> None:
        """Forget it; silent where it is not there."""
        with self._transaction():
            self._connection.execute("DELETE FROM records WHERE kind = ? AND key = ?", [kind, key])

    def _write_case(self, form: StoredForm) -> Change:
        before = self._digest(form.case_id)
        if before == form.content_digest:
            return Change(form.case_id, ChangeKind.UNCHANGED, None)
        self._sequence += 1
        self._forget_values(form.case_id)
        self._note_change(form.case_id)
        self._connection.execute(
            "INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                form.case_id,
                form.short_id,
                self._sequence,
                form.content_digest,
                json.dumps(form.document, ensure_ascii=False, allow_nan=False),
                written_at(self._clock),
                self._actor,
            ],
        )
        self._connection.executemany(
            "INSERT INTO case_values VALUES (?, ?, ?)", value_rows(form.case_id, form.document)
        )
        self._connection.executemany("INSERT INTO case_texts VALUES (?, ?, ?)", text_rows(form.case_id, form.folded))
        return Change(form.case_id, ChangeKind.CHANGED if before else ChangeKind.ADDED, self._sequence)

    def _digest(self, case_id: str) -> str | None:
        """Return the digest of a live case; None for a tombstone and where there is nothing."""
        if not is_storable(case_id):
            return None
        row = self._connection.execute("SELECT content_digest FROM cases WHERE case_id = ?", [case_id]).fetchone()
        return row[0] if row else None

    def _forget_values(self, case_id: str) -> None:
        self._connection.execute("DELETE FROM case_values WHERE case_id = ?", [case_id])
        self._connection.execute("DELETE FROM case_texts WHERE case_id = ?", [case_id])

    def _note_change(self, case_id: str) -> None:
        self._connection.execute("INSERT INTO changes VALUES (?, ?)", [self._sequence, case_id])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit all or nothing, the sequence with it; refuse if somebody else moved the sequence."""
        before = self._sequence
        with sqlite_errors(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._require_sequence(before)
                yield
                self._connection.execute("UPDATE meta SET value = ? WHERE name = 'sequence'", [self._sequence])
                self._connection.execute("COMMIT")
            except BaseException:
                self._sequence = before
                if self._connection.in_transaction:  # SQLite itself rolls back on some faults, such as a full disk
                    self._connection.execute("ROLLBACK")
                raise

    def _require_sequence(self, expected: int) -> None:
        if self._read_sequence() != expected:
            raise BusyError(f"{self._path} was written by another process meanwhile. Try again.")

    def _read_sequence(self) -> int:
        with sqlite_errors(self._path):
            return self._connection.execute("SELECT value FROM meta WHERE name = 'sequence'").fetchone()[0]
