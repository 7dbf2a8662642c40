"""What a document store can do. Two engines keep the promise: SQLite in a file, and MongoDB by address.

Documents are the only truth. Every committed write or deletion takes the next number of one sequence; a
deletion leaves a tombstone that carries its number. A projection (graph, vectors) asks for the changes since
the number that it covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from ingest.case import Case
from ingest.store.filters import Filter
from ingest.store.views import SourceView


class ChangeKind(StrEnum):
    """What a write did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DELETED = "deleted"


@dataclass(frozen=True)
class Change:
    """One committed change. `sequence` is None where nothing changed."""

    case_id: str
    kind: ChangeKind
    sequence: int | None


@dataclass(frozen=True)
class StoredCase:
    """A case as the store holds it."""

    case: Case
    sequence: int
    written_at: str
    actor: str


@dataclass(frozen=True)
class Tombstone:
    """What is left of a deleted case."""

    case_id: str
    sequence: int
    written_at: str
    actor: str


@dataclass(frozen=True)
class Entry:
    """What the store has written down of one case or tombstone, taken as it stands: for checking it.

    `document` is the case document; None on a tombstone, and empty where it cannot be read as one.
    """

    case_id: str
    sequence: int
    content_digest: str | None
    document: Mapping[str, Any] | None


@dataclass(frozen=True)
class LostChange:
    """A committed change of which no case and no tombstone tells. `case_id` is None where nobody knows any more."""

    sequence: int
    case_id: str | None


@dataclass(frozen=True)
class Page:
    """One page of cases, in order of `case_id`. `next_after` is None on the last one."""

    cases: tuple[StoredCase, ...]
    total: int
    next_after: str | None


@dataclass(frozen=True)
class Quarantined:
    """A record that did not fit, kept whole with its reason and place. `key` is stable across runs."""

    key: str
    source: str
    place: str
    reason: str
    record: str


@dataclass(frozen=True)
class ImageCounts:
    """How many images some cases have, and how many of the cases have one."""

    images: int
    cases: int


class Writer(Protocol):
    """The one who may write, for as long as the store's lock is held."""

    def write_cases(self, cases: Iterable[Case]) -> list[Change]:
        """Write each case in one operation; a case whose content digest is unchanged takes no number."""
        ...

    def delete_case(self, case_id: str) -> Change:
        """Replace the case with a tombstone. Raises UnknownCase."""
        ...

    def replace_quarantine(self, source: str, items: Iterable[Quarantined]) -> None:
        """Make `items` the whole quarantine of `source`."""
        ...

    def save_record(self, kind: str, key: str, record: Mapping[str, Any]) -> None:
        """Keep something that people did: a saved query, a draft. Replaces what has the same kind and key."""
        ...

    def delete_record(self, kind: str, key: str) -> None:
        """Forget it; silent where it is not there."""
        ...


class DocumentStore(Protocol):
    """Cases and what people did with them."""

    @property
    def address(self) -> str:
        """Where the documents are, without any password."""
        ...

    def writer(self, actor: str) -> AbstractContextManager[Writer]:
        """Take the lock. Raises BusyError with who holds it since when, ValueError on an empty actor."""
        ...

    def get(self, case_id: str) -> StoredCase:
        """Return one case by its id, or by its short id where only one case has it. Raises UnknownCase."""
        ...

    def has(self, case_id: str) -> bool:
        """Tell whether there is a live case of exactly this id."""
        ...

    def cases(self, where: Filter | None = None) -> Iterator[StoredCase]:
        """Yield the live cases that match, in order of `case_id`, without holding them all in memory."""
        ...

    def case_ids(self, where: Filter | None = None) -> list[str]:
        """Return the ids of the live cases that match, sorted."""
        ...

    def page(self, where: Filter | None = None, *, after: str | None = None, limit: int = 25) -> Page:
        """Return the cases after one id; stable while others write."""
        ...

    def count(self, where: Filter | None = None) -> int:
        """Count the live cases that match."""
        ...

    def facets(self, field_name: str, where: Filter | None = None) -> dict[str, int]:
        """Count cases per value of a field, most frequent first, then by value."""
        ...

    def image_counts(self, where: Filter | None = None, *, stored: bool = False) -> ImageCounts:
        """Count the images of the live cases that match; only those that there are pixels of, if `stored`.

        Which images are stored stands in the documents alone: of many cases it takes long to read.
        """
        ...

    def titles(self, where: Filter | None = None, *, limit: int | None = None) -> dict[str, str]:
        """Return what each live case that matches is called, in order of `case_id`; at most the first `limit`."""
        ...

    def sequence(self) -> int:
        """Return the number of the last committed change; 0 in an empty store."""
        ...

    def changes_since(self, sequence: int) -> Iterator[StoredCase | Tombstone]:
        """Yield the latest state of everything that changed after `sequence`, each case once, in order of number."""
        ...

    def content_digest(self) -> str:
        """SHA-256 over ids and content digests of all live cases: equal stores have equal digests."""
        ...

    def entries(self) -> Iterator[Entry]:
        """Yield what is written down of every case and tombstone, in order of `case_id`, without trusting it."""
        ...

    def lost_changes(self) -> list[LostChange]:
        """Return the numbers up to the last change that no case or tombstone accounts for, sorted."""
        ...

    def quarantined(self) -> list[Quarantined]:
        """Return the records that did not fit, sorted by source and place."""
        ...

    @property
    def views(self) -> tuple[SourceView, ...]:
        """The views that it can be asked for."""
        ...

    def view(self, name: str, where: Filter | None = None, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the rows of a view for the cases that match, in order of case. Raises InputError on an unknown name."""
        ...

    def records(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return everything saved under a kind, by key, sorted."""
        ...

    def record_kinds(self) -> list[str]:
        """Return the kinds under which something is saved, sorted."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
