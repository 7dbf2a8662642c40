"""The MongoDB of a workspace: how it is reached, and what it holds.

Collections: `cases` (one document per case or tombstone), `changes` (which case each number of the sequence is
about), `meta` (the documents ``store``, ``sequence`` and ``writer``), `quarantine`, `records`; and the views that
sources declare. CaseGraph writes into a database of its own: one that already has collections of these names and was
not made by CaseGraph is refused and left as it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.errors import InputError, WorkspaceError
from ingest.store.mongo_address import FORM, MongoAddress
from ingest.store.mongo_document import entry_of
from ingest.store.mongo_faults import mongo_errors
from ingest.store.mongo_views import Expression, view_pipeline
from ingest.store.stored_form import folded_texts, said_values
from ingest.store.views import SourceView

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.database import Database

STORE_VERSION = 2  # 2: filters look at the article of a case
CONNECT_TIMEOUT_MS = 4000
# One operation, with looking for the server and all repetitions: a person waits for it. Well under the lease, so that a
# write that hangs has failed before another writer may start.
TIMEOUT_MS = 9000
COLLECTIONS = ("cases", "changes", "meta", "quarantine", "records")

_NAMESPACE_EXISTS = 48
_CASES_AT_ONCE = 200
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def open_client(address: MongoAddress, **more: Any) -> MongoClient[dict[str, Any]]:
    """Return a client of the address; nothing is sent yet.

    Raises
    ------
    InputError
        If the address lacks a password, or its parts do not go together.
    """
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    if address.lacks_password:
        raise InputError(f"MongoDB at {address.shown} needs the password of this user, which is not given. {FORM}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # pymongo would go on without an option that it cannot read
            return MongoClient(address.uri, connect=False, **more)
    except (PyMongoError, ValueError, TypeError, OSError, UserWarning) as error:
        said = str(error).partition("\n")[0].rstrip(".")  # its options are known to be good: they do not go together
        raise InputError(f"the MongoDB address {address.shown} cannot be used: {said}. Correct it.") from None


def open_database(address: MongoAddress) -> tuple[MongoClient[dict[str, Any]], Database[dict[str, Any]]]:
    """Return a client and the database that the address names; nothing is sent yet.

    Raises
    ------
    InputError
        If the address cannot be used or names no database of its own.
    """
    from pymongo import WriteConcern
    from pymongo.errors import ConfigurationError

    client = open_client(address, connectTimeoutMS=CONNECT_TIMEOUT_MS, timeoutMS=TIMEOUT_MS)
    try:
        database = client.get_default_database(write_concern=WriteConcern(w="majority", j=True))
    except ConfigurationError:
        client.close()
        raise InputError(f"the MongoDB address {address.shown} names no database. {FORM}.") from None
    if database.name in ("admin", "config", "local"):
        client.close()
        raise InputError(f"database '{database.name}' belongs to MongoDB itself. Name a database for CaseGraph alone.")
    return client, database


def prepare_database(database: Database[dict[str, Any]], address: str, views: Sequence[SourceView] = ()) -> None:
    """Make collections, indexes and views where they are not there yet, and check the version.

    A view that is there with other columns is made to have those that are declared now.

    Raises
    ------
    WorkspaceError
        If the database holds something else, or was made by a newer CaseGraph.
    EngineUnreachable, EngineRefused
        If the server does not answer or declines.
    """
    with mongo_errors(address):
        present = {entry["name"]: entry for entry in database.list_collections()}
        store = database["meta"].find_one({"_id": "store"})
        if store is None:
            taken = sorted(present.keys() & {*COLLECTIONS, *(view.name for view in views)})
            if taken:
                raise WorkspaceError(
                    f"{address} already holds '{taken[0]}', which CaseGraph did not make. "
                    "Name another database: CaseGraph writes into one of its own."
                )
            _insert_once(database, {"_id": "store", "store_version": STORE_VERSION, "prepared": False})
        elif store["store_version"] > STORE_VERSION:
            raise WorkspaceError(
                f"{address} has store version {store['store_version']}, this CaseGraph reads up to version "
                f"{STORE_VERSION}. Update CaseGraph."
            )
        if store is None or not store["prepared"]:
            _make(database)
        elif store["store_version"] < STORE_VERSION:
            _look_again(database)
        for view in views:
            _show(database, view, present.get(view.name))


def _make(database: Database[dict[str, Any]]) -> None:
    database["cases"].create_index("sequence", unique=True)
    database["cases"].create_index("short_id")
    database["quarantine"].create_index([("source", 1), ("key", 1)], unique=True)
    database["records"].create_index([("kind", 1), ("key", 1)], unique=True)
    _insert_once(database, {"_id": "sequence", "value": 0, "reserved": 0})
    _insert_once(database, {"_id": "writer", "token": "", "host": "", "pid": 0, "since": "", "expires_at": _LONG_AGO})
    database["meta"].update_one({"_id": "store"}, {"$set": {"prepared": True}})


def _look_again(database: Database[dict[str, Any]]) -> None:
    """Write down anew what filters look at, of every case that can be read, and then the version."""
    from pymongo import UpdateOne

    updates: list[UpdateOne] = []
    for stored in database["cases"].find({"deleted": False}, {"folded": 0, "said": 0}):
        document = entry_of(stored).document
        if document:
            seen = {"folded": folded_texts(document), "said": said_values(document)}
            updates.append(UpdateOne({"_id": stored["_id"], "sequence": stored["sequence"]}, {"$set": seen}))
        if len(updates) >= _CASES_AT_ONCE:
            database["cases"].bulk_write(updates, ordered=False)
            updates = []
    if updates:
        database["cases"].bulk_write(updates, ordered=False)
    database["meta"].update_one({"_id": "store"}, {"$set": {"store_version": STORE_VERSION}})


def _show(database: Database[dict[str, Any]], view: SourceView, present: Mapping[str, Any] | None) -> None:
    """Have a view in the database, of the columns declared now."""
    pipeline = view_pipeline(view)
    if present is None:
        _create_view(database, view.name, pipeline)
    elif present["options"].get("pipeline") != pipeline:
        database.command("collMod", view.name, viewOn="cases", pipeline=pipeline)


def _create_view(database: Database[dict[str, Any]], name: str, pipeline: list[Expression]) -> None:
    from pymongo.errors import CollectionInvalid, OperationFailure

    try:
        database.create_collection(name, viewOn="cases", pipeline=pipeline)
    except CollectionInvalid:  # another process was quicker
        return
    except OperationFailure as error:  # it was quicker by less than one question
        if error.code != _NAMESPACE_EXISTS:
            raise


def _insert_once(database: Database[dict[str, Any]], document: dict[str, Any]) -> None:
    from pymongo.errors import DuplicateKeyError

    try:
        database["meta"].update_one({"_id": document["_id"]}, {"$setOnInsert": document}, upsert=True)
    except DuplicateKeyError:  # another process was quicker
        return
