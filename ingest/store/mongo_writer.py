"""Writing to the MongoDB store: one operation per case, no transactions, so that a single server is enough.

A batch first reserves its numbers by compare-and-swap and notes what each is for, then writes, then publishes them as
the store's sequence.
Changes are told only up to the published number, so that no projection covers a number whose change it has not
seen. Numbers that a crash left reserved are published by the next writer, who notes which of them nobody used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from ingest.case import Case
from ingest.errors import BusyError, UnknownCase
from ingest.store.interface import Change, ChangeKind, Quarantined, Tombstone
from ingest.store.mongo_document import mongo_document, tombstone_document
from ingest.store.mongo_faults import mongo_errors
from ingest.store.mongo_lease import Lease
from ingest.store.records import canonical_json, quarantine_items
from ingest.store.stored_form import Clock, StoredForm, is_storable, stored_form, written_at

if TYPE_CHECKING:
    from pymongo.database import Database

CASES_PER_BATCH = 100  # one round trip for so many

_SEQUENCE = {"_id": "sequence"}


class MongoWriter:
    """The one who may write; made by `MongoStore.writer`, which holds the lease."""

    def __init__(
        self, database: Database[dict[str, Any]], address: str, lease: Lease, actor: str, clock: Clock
    ) -> None:
        self._database = database
        self._address = address
        self._lease = lease
        self._actor = actor
        self._clock = clock
        with mongo_errors(address):
            sequence = database["meta"].find_one(_SEQUENCE) or {}
            self._published: int = sequence["value"]
            self._reserved: int = sequence["reserved"]
            self._publish()

    def write_cases(self, cases: Iterable[Case]) -> list[Change]:
        """Write the cases, each in one operation; one that is unchanged takes no number."""
        remaining = iter(cases)
        changes: list[Change] = []
        while batch := [stored_form(case) for case in islice(remaining, CASES_PER_BATCH)]:
            with self._writing():
                changes += self._write_batch(batch)
        return changes

    def delete_case(self, case_id: str) -> Change:
        """Leave a tombstone in place of the case."""
        with self._writing():
            live = {"_id": case_id, "deleted": False}
            found = self._database["cases"].find_one(live, {"short_id": 1}) if is_storable(case_id) else None
            if found is None:
                raise UnknownCase(f"there is no case '{case_id}' to delete.")
            self._reserve([case_id])
            tombstone = Tombstone(case_id, self._reserved, written_at(self._clock), self._actor)
            self._database["cases"].replace_one(live, tombstone_document(tombstone, found["short_id"]))
            self._publish()
        return Change(case_id, ChangeKind.DELETED, tombstone.sequence)

    def replace_quarantine(self, source: str, items: Iterable[Quarantined]) -> None:
        """Make `items` the whole quarantine of `source`: first the new ones in, then the old ones out."""
        kept = quarantine_items(source, items)
        with self._writing():
            for item in kept:
                key = {"source": item.source, "key": item.key}
                self._database["quarantine"].replace_one(key, {**key, **_about(item)}, upsert=True)
            gone = {"source": {"$eq": source}, "key": {"$nin": [item.key for item in kept]}}
            self._database["quarantine"].delete_many(gone)

    def save_record(self, kind: str, key: str, record: Mapping[str, Any]) -> None:
        """Keep something that people did, in place of what has the same kind and key."""
        place = {"kind": kind, "key": key}
        about = {"record": canonical_json(kind, key, record), "written_at": written_at(self._clock)}
        with self._writing():
            self._database["records"].replace_one(place, {**place, **about, "actor": self._actor}, upsert=True)

    def delete_record(self, kind: str, key: str) -> None:
        """Forget it; silent where it is not there."""
        with self._writing():
            self._database["records"].delete_one({"kind": {"$eq": kind}, "key": {"$eq": key}})

    def _write_batch(self, batch: list[StoredForm]) -> list[Change]:
        from pymongo import ReplaceOne

        changes = self._changes(batch)
        when = written_at(self._clock)
        operations = [
            ReplaceOne({"_id": form.case_id}, mongo_document(form, change.sequence, when, self._actor), upsert=True)
            for form, change in zip(batch, changes, strict=True)
            if change.sequence is not None
        ]
        if operations:
            self._reserve([change.case_id for change in changes if change.sequence is not None])
            self._database["cases"].bulk_write(operations, ordered=True)
            self._publish()
        return changes

    def _changes(self, batch: list[StoredForm]) -> list[Change]:
        """Say what writing each case will change, with the numbers that follow the last one."""
        ids = [form.case_id for form in batch]
        found = self._database["cases"].find({"_id": {"$in": ids}}, {"content_digest": 1})
        digests: dict[str, str | None] = {row["_id"]: row.get("content_digest") for row in found}
        changes: list[Change] = []
        last = self._reserved
        for form in batch:
            before = digests.get(form.case_id)
            if before == form.content_digest:
                changes.append(Change(form.case_id, ChangeKind.UNCHANGED, None))
                continue
            last += 1
            changes.append(Change(form.case_id, ChangeKind.CHANGED if before else ChangeKind.ADDED, last))
            digests[form.case_id] = form.content_digest
        return changes

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with mongo_errors(self._address):
            self._lease.renew()
            yield

    def _reserve(self, case_ids: Sequence[str]) -> None:
        """Take the next numbers for changes of these cases, if nobody else took them."""
        first = self._reserved + 1
        taken = self._database["meta"].update_one(
            {**_SEQUENCE, "reserved": self._reserved}, {"$inc": {"reserved": len(case_ids)}}
        )
        if not taken.matched_count:
            raise BusyError(f"{self._address} was written by another process meanwhile. Try again.")
        self._reserved += len(case_ids)
        noted = [{"_id": number, "case_id": case_id} for number, case_id in enumerate(case_ids, start=first)]
        self._database["changes"].insert_many(noted)

    def _publish(self) -> None:
        """Make the reserved numbers the store's sequence; it never goes back."""
        unused = self._unused_numbers()
        news = {"$max": {"value": self._reserved}, "$addToSet": {"unused": {"$each": unused}}}
        self._database["meta"].update_one(_SEQUENCE, news)
        self._published = self._reserved

    def _unused_numbers(self) -> list[int]:
        """Return which of the reserved numbers a crash or a fault has kept from being used."""
        wanted = {"$gt": self._published, "$lte": self._reserved}
        if self._database["cases"].count_documents({"sequence": wanted}) == self._reserved - self._published:
            return []
        return sorted(lost_numbers(self._database, self._published + 1, self._reserved))


def lost_numbers(database: Database[dict[str, Any]], first: int, last: int) -> dict[int, str | None]:
    """Return the numbers that no case or tombstone accounts for, each with the case that it was meant for.

    A number is accounted for by its case, as long as that is of this change or a later one.
    """
    noted = {row["_id"]: row["case_id"] for row in database["changes"].find({"_id": {"$gte": first, "$lte": last}})}
    written = {row["_id"]: row["sequence"] for row in database["cases"].find({}, {"sequence": 1})}
    numbers = range(first, last + 1)
    return {number: noted.get(number) for number in numbers if written.get(noted.get(number), 0) < number}


def _about(item: Quarantined) -> dict[str, str]:
    return {"place": item.place, "reason": item.reason, "record": item.record}
