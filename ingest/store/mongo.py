"""The document store in a MongoDB: the same promises as in a file, for several people and machines.

Long reads go page by page, by `case_id` or by `sequence`, so that no cursor runs out while its reader is busy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ingest.case import sha256_of_json, title_of_case
from ingest.errors import EngineUnreachable
from ingest.store.checks import require_counted
from ingest.store.collections import KIND as COLLECTION
from ingest.store.collections import collection_counts, without_collections
from ingest.store.diseases import disease_counts, without_diseases
from ingest.store.filters import Filter, ValueKind, require_field
from ingest.store.interface import Entry, ImageCounts, LostChange, Page, Quarantined, StoredCase, Tombstone
from ingest.store.lookup import facet_counts, page_of, require_limit, the_only_case
from ingest.store.mongo_address import read_mongo_address
from ingest.store.mongo_database import open_database, prepare_database
from ingest.store.mongo_document import entry_of, parse_stored
from ingest.store.mongo_faults import mongo_errors
from ingest.store.mongo_lease import Lease
from ingest.store.mongo_query import LIVE, Query, live_query, value_path
from ingest.store.mongo_views import view_pipeline
from ingest.store.mongo_writer import MongoWriter, lost_numbers
from ingest.store.stored_form import Clock, flag_text, is_storable, utc_now, written_at
from ingest.store.views import SourceView, view_named

CASES_PER_READ = 200
_LAST_TRY_S = 0.5

_WITHOUT_FOLDED = {"folded": 0, "said": 0}


class MongoStore:
    """Keeps the promises of `DocumentStore` in one database of a MongoDB.

    Parameters
    ----------
    uri : str
        ``mongodb://user:password@host:port/database``.
    views : sequence of View
        What it can be asked for beside cases; made in the database too, under their names.
    clock : callable
        Says the time that is written beside each change.
    """

    def __init__(self, uri: str, *, views: Sequence[SourceView] = (), clock: Clock = utc_now) -> None:
        address = read_mongo_address(uri)
        self._address = address.shown
        self._clock = clock
        self._views = tuple(views)
        self._client, self._database = open_database(address)
        try:
            prepare_database(self._database, self._address, self._views)
        except BaseException:
            self._client.close()
            raise

    def __repr__(self) -> str:
        return f"MongoStore({self._address!r})"

    @property
    def address(self) -> str:
        """Where the documents are, without any password."""
        return self._address

    @contextmanager
    def writer(self, actor: str) -> Iterator[MongoWriter]:
        """Take the lease and yield the one who may write."""
        if not actor.strip():
            raise ValueError("a writer needs an actor: who makes the change.")
        lease = Lease(self._database["meta"], self._address, since=written_at(self._clock))
        with mongo_errors(self._address):
            lease.take()
        patience_s = None
        try:
            yield MongoWriter(self._database, self._address, lease, actor, self._clock)
        except EngineUnreachable:  # it was waited for already
            patience_s = _LAST_TRY_S
            raise
        finally:
            lease.release(patience_s)

    def get(self, case_id: str) -> StoredCase:
        """Return one case by its id or its short id."""
        found: list[StoredCase] = []
        if case_id and is_storable(case_id):
            exact, short = {"_id": {"$eq": case_id}}, {"short_id": {"$eq": case_id}}
            found = self._read({**LIVE, **exact}) or self._read({**LIVE, **short})
        the_only_case(case_id, [stored.case.case_id for stored in found])
        return found[0]

    def has(self, case_id: str) -> bool:
        """Tell whether there is a live case of exactly this id."""
        with mongo_errors(self._address):
            query = {**LIVE, "_id": {"$eq": case_id}}
            return is_storable(case_id) and self._database["cases"].count_documents(query, limit=1) == 1

    def cases(self, where: Filter | None = None) -> Iterator[StoredCase]:
        """Yield the live cases that match, in order of `case_id`."""
        after, where = None, self._resolved(where)
        while page := self._read_page(where, after, CASES_PER_READ):
            yield from page
            after = page[-1].case.case_id

    def case_ids(self, where: Filter | None = None) -> list[str]:
        """Return the ids of the live cases that match, sorted."""
        with mongo_errors(self._address):
            found = self._database["cases"].find(self._query(where), {"_id": 1}).sort("_id", 1)
            return [row["_id"] for row in found]

    def page(self, where: Filter | None = None, *, after: str | None = None, limit: int = 25) -> Page:
        """Return the cases after one id."""
        where = self._resolved(where)
        found = self._read_page(where, after, require_limit(limit) + 1)
        return page_of(found[:limit], self.count(where), more=len(found) > limit)

    def count(self, where: Filter | None = None) -> int:
        """Count the live cases that match."""
        with mongo_errors(self._address):
            return self._database["cases"].count_documents(self._query(where))

    def facets(self, field_name: str, where: Filter | None = None) -> dict[str, int]:
        """Count cases per value of a field."""
        field = require_counted(require_field(field_name))
        if field.kind is ValueKind.DISEASE:
            return disease_counts(self.facets("diagnosis", where))
        if field.kind is ValueKind.COLLECTION:
            return collection_counts(self.records(COLLECTION), self.case_ids(where))
        path = value_path(field)
        with mongo_errors(self._address):
            rows = self._database["cases"].aggregate(
                [
                    {"$match": self._query(where)},
                    {"$project": {"value": f"${path}"}},
                    {"$unwind": "$value"},
                    {"$unwind": "$value"},  # technique is a list within the list of images
                    {"$group": {"_id": {"case": "$_id", "value": "$value"}}},
                    {"$group": {"_id": "$_id.value", "cases": {"$sum": 1}}},
                ]
            )
            counts = {row["_id"]: row["cases"] for row in rows}
        flags = field.kind is ValueKind.FLAG
        return facet_counts({flag_text(value): n for value, n in counts.items()} if flags else counts)

    def image_counts(self, where: Filter | None = None, *, stored: bool = False) -> ImageCounts:
        """Count the images of the live cases that match; only those that there are pixels of, if `stored`."""
        with mongo_errors(self._address):
            rows = self._database["cases"].aggregate(
                [
                    {"$match": self._query(where)},
                    {"$project": {"key": "$images.object_key" if stored else "$images.image_id"}},
                    {"$unwind": "$key"},
                    {"$match": {"key": {"$ne": None}}},
                    {"$group": {"_id": "$_id", "images": {"$sum": 1}}},
                    {"$group": {"_id": None, "images": {"$sum": "$images"}, "cases": {"$sum": 1}}},
                ]
            )
            counted = next(iter(rows), {"images": 0, "cases": 0})
        return ImageCounts(counted["images"], counted["cases"])

    def titles(self, where: Filter | None = None, *, limit: int | None = None) -> dict[str, str]:
        """Return what each live case that matches is called, in order of `case_id`."""
        most = 0 if limit is None else require_limit(limit)
        with mongo_errors(self._address):
            columns = {"short_id": 1, "sections.title": 1, "diagnosis": 1}
            rows = self._database["cases"].find(self._query(where), columns).sort("_id", 1).limit(most)
            said = ((row["_id"], row["sections"].get("title"), row["diagnosis"], row["short_id"]) for row in rows)
            return {case_id: title_of_case(*names) for case_id, *names in said}

    def sequence(self) -> int:
        """Return the number of the last committed change."""
        with mongo_errors(self._address):
            return (self._database["meta"].find_one({"_id": "sequence"}) or {})["value"]

    def changes_since(self, sequence: int) -> Iterator[StoredCase | Tombstone]:
        """Yield the latest state of what changed after `sequence`, up to the last change at the time of the call."""
        last = self.sequence()
        while True:
            with mongo_errors(self._address):
                found = self._database["cases"].find({"sequence": {"$gt": sequence, "$lte": last}}, _WITHOUT_FOLDED)
                rows = list(found.sort("sequence", 1).limit(CASES_PER_READ))
            if not rows:
                return
            yield from map(parse_stored, rows)
            sequence = rows[-1]["sequence"]

    def content_digest(self) -> str:
        """SHA-256 over ids and content digests of all live cases."""
        with mongo_errors(self._address):
            rows = self._database["cases"].find(LIVE, {"content_digest": 1}).sort("_id", 1)
            return sha256_of_json([[row["_id"], row["content_digest"]] for row in rows])

    def entries(self) -> Iterator[Entry]:
        """Yield what is written down of every case and tombstone, in order of `case_id`, without trusting it."""
        after = None
        while True:
            with mongo_errors(self._address):
                query = {} if after is None else {"_id": {"$gt": after}}
                rows = list(self._database["cases"].find(query, _WITHOUT_FOLDED).sort("_id", 1).limit(CASES_PER_READ))
            if not rows:
                return
            yield from map(entry_of, rows)
            after = rows[-1]["_id"]

    def lost_changes(self) -> list[LostChange]:
        """Return the numbers up to the last change that no case or tombstone accounts for, sorted."""
        with mongo_errors(self._address):
            sequence = self._database["meta"].find_one({"_id": "sequence"}) or {}
            lost = lost_numbers(self._database, 1, sequence["value"])
        unused = set(sequence.get("unused", ()))
        return [LostChange(number, case_id) for number, case_id in sorted(lost.items()) if number not in unused]

    def quarantined(self) -> list[Quarantined]:
        """Return the records that did not fit, sorted by source and place."""
        with mongo_errors(self._address):
            rows = self._database["quarantine"].find({}, {"_id": 0}).sort([("source", 1), ("place", 1), ("key", 1)])
            return [Quarantined(**row) for row in rows]

    @property
    def views(self) -> tuple[SourceView, ...]:
        """The views that it can be asked for."""
        return self._views

    def view(self, name: str, where: Filter | None = None, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield the rows of a view for the cases that match, in order of case."""
        stages = view_pipeline(view_named(self._views, name), self._resolved(where))
        if limit is not None:
            stages.append({"$limit": require_limit(limit)})
        with mongo_errors(self._address), self._database["cases"].aggregate(stages) as rows:
            yield from rows

    def records(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return everything saved under a kind, by key, sorted."""
        with mongo_errors(self._address):
            rows = self._database["records"].find({"kind": {"$eq": kind}}).sort("key", 1)
            return {row["key"]: json.loads(row["record"]) for row in rows}

    def record_kinds(self) -> list[str]:
        """Return the kinds under which something is saved, sorted."""
        with mongo_errors(self._address):
            return sorted(self._database["records"].distinct("kind"))

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _read_page(self, where: Filter | None, after: str | None, limit: int) -> list[StoredCase]:
        query = self._query(where)
        if after is not None:
            query = {"$and": [{"_id": {"$gt": after}}, query]}
        return self._read(query, limit)

    def _query(self, where: Filter | None) -> Query:
        return live_query(self._resolved(where))

    def _resolved(self, where: Filter | None) -> Filter | None:
        plain = without_collections(where, lambda: self.records(COLLECTION))
        return without_diseases(plain, lambda: self.facets("diagnosis"))

    def _read(self, query: Query, limit: int = 0) -> list[StoredCase]:
        with mongo_errors(self._address):
            rows = self._database["cases"].find(query, _WITHOUT_FOLDED).sort("_id", 1).limit(limit)
            return [stored for stored in map(parse_stored, rows) if isinstance(stored, StoredCase)]
