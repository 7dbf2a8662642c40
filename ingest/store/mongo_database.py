"""The MongoDB of a workspace: how it is reached, what it holds, and what its faults mean.

Collections: `cases` (one document per case or tombstone), `changes` (which case each number of the sequence is
about), `meta` (the documents ``store``, ``sequence`` and ``writer``), `quarantine`, `records`; and the views of the
paper. CaseGraph writes into a database of its own: one that already has collections of these names and was not made
by CaseGraph is refused and left as it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.errors import (
    BusyError,
    CaseGraphError,
    EngineRefused,
    EngineUnreachable,
    InputError,
    StorageError,
    WorkspaceError,
)
from ingest.store.mongo_views import MONGO_VIEWS

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.database import Database

STORE_VERSION = 1
CONNECT_TIMEOUT_MS = 4000
# One operation, with looking for the server and all repetitions: a person waits for it. Well under the lease, so that a
# write that hangs has failed before another writer may start.
TIMEOUT_MS = 9000
COLLECTIONS = ("cases", "changes", "meta", "quarantine", "records")

_UNAUTHORIZED = {13, 18, 8000}  # Unauthorized, AuthenticationFailed, AtlasError (its wrong password)
_DUPLICATE_KEY = 11000
_NAMESPACE_EXISTS = 48
_OUT_OF_DISK_SPACE = 14031
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def address_without_password(uri: str) -> str:
    """Return the address with the user, hosts and database, without password and options.

    Everything up to the last ``@`` counts as the login, so that a password with unescaped signs stays secret too.
    """
    scheme, _, rest = uri.partition("://")
    login, at, place = rest.rpartition("@")
    user = login.partition(":")[0]
    return f"{scheme}://{user}{at}{place.partition('?')[0]}"


def open_database(uri: str) -> tuple[MongoClient[dict[str, Any]], Database[dict[str, Any]]]:
    """Return a client and the database that the address names; nothing is sent yet.

    Raises
    ------
    InputError
        If the address is not well-formed or names no database of its own.
    """
    from pymongo import MongoClient, WriteConcern
    from pymongo.errors import ConfigurationError, PyMongoError

    form = "Write mongodb://user:password@host:27017/database, with special signs of the password percent-encoded."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # pymongo would go on without an option that it cannot read
            client: MongoClient[dict[str, Any]] = MongoClient(
                uri, connectTimeoutMS=CONNECT_TIMEOUT_MS, timeoutMS=TIMEOUT_MS, connect=False
            )
    except (PyMongoError, ValueError, TypeError, UserWarning):  # their messages may quote the address
        raise InputError(f"the MongoDB address cannot be read. {form}") from None
    try:
        database = client.get_default_database(write_concern=WriteConcern(w="majority", j=True))
    except ConfigurationError:
        client.close()
        raise InputError(f"the MongoDB address {address_without_password(uri)} names no database. {form}") from None
    if database.name in ("admin", "config", "local"):
        client.close()
        raise InputError(f"database '{database.name}' belongs to MongoDB itself. Name a database for CaseGraph alone.")
    return client, database


def prepare_database(database: Database[dict[str, Any]], address: str) -> None:
    """Make collections, indexes and views where they are not there yet, and check the version.

    Raises
    ------
    WorkspaceError
        If the database holds something else, or was made by a newer CaseGraph.
    EngineUnreachable, EngineRefused
        If the server does not answer or declines.
    """
    with mongo_errors(address):
        present = {entry["name"] for entry in database.list_collections()}
        store = database["meta"].find_one({"_id": "store"})
        if store is None:
            taken = sorted(present & {*COLLECTIONS, *MONGO_VIEWS})
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
            _make(database, present)


@contextmanager
def mongo_errors(address: str) -> Iterator[None]:
    """Say what a fault of MongoDB means, with the address and without password or any text of a case."""
    from pymongo.errors import PyMongoError

    try:
        yield
    except PyMongoError as error:
        raise _meaning(error, address) from error


def _meaning(error: Exception, address: str) -> CaseGraphError | ValueError:
    from pymongo import errors

    if isinstance(error, errors.InvalidOperation):
        return ValueError("the document store is closed.")
    if isinstance(error, errors.ConnectionFailure) or (isinstance(error, errors.PyMongoError) and error.timeout):
        return EngineUnreachable(
            f"MongoDB at {address} does not answer in time. "
            "Start it (docker compose up mongodb), or correct the address."
        )
    if isinstance(error, errors.ProtocolError):
        return EngineUnreachable(f"MongoDB at {address} does not answer as a MongoDB does. Correct the address.")
    if isinstance(error, errors.DocumentTooLarge):
        return InputError(f"MongoDB at {address} stores at most 16 MB in one piece. Shorten it.")
    return _meaning_of_code(_code(error), address)


def _meaning_of_code(code: int | None, address: str) -> CaseGraphError:
    if code in _UNAUTHORIZED:
        return EngineRefused(
            f"MongoDB at {address} refuses the login: wrong user or password, or no right to read and write there. "
            "Correct the login in the address; a user of another database needs ?authSource=admin."
        )
    if code == _DUPLICATE_KEY:
        return BusyError(f"{address} was written by another process meanwhile. Try again.")
    if code == _OUT_OF_DISK_SPACE:
        return StorageError(f"MongoDB at {address} has no space left. What it acknowledged is intact. Make room.")
    return EngineRefused(f"MongoDB at {address} declines with code {code}. Its own log says why.")


def _code(error: Exception) -> int | None:
    from pymongo.errors import BulkWriteError, OperationFailure

    if isinstance(error, BulkWriteError):
        failures = error.details.get("writeErrors") or [{}]
        return failures[0].get("code")
    return error.code if isinstance(error, OperationFailure) else None


def _make(database: Database[dict[str, Any]], present: set[str]) -> None:
    from pymongo.errors import CollectionInvalid, OperationFailure

    database["cases"].create_index("sequence", unique=True)
    database["cases"].create_index("short_id")
    database["quarantine"].create_index([("source", 1), ("key", 1)], unique=True)
    database["records"].create_index([("kind", 1), ("key", 1)], unique=True)
    _insert_once(database, {"_id": "sequence", "value": 0, "reserved": 0})
    _insert_once(database, {"_id": "writer", "token": "", "host": "", "pid": 0, "since": "", "expires_at": _LONG_AGO})
    for name, pipeline in MONGO_VIEWS.items():
        if name not in present:
            try:
                database.create_collection(name, viewOn="cases", pipeline=pipeline)
            except CollectionInvalid:  # another process was quicker
                continue
            except OperationFailure as error:  # it was quicker by less than one question
                if error.code != _NAMESPACE_EXISTS:
                    raise
    database["meta"].update_one({"_id": "store"}, {"$set": {"prepared": True}})


def _insert_once(database: Database[dict[str, Any]], document: dict[str, Any]) -> None:
    from pymongo.errors import DuplicateKeyError

    try:
        database["meta"].update_one({"_id": document["_id"]}, {"$setOnInsert": document}, upsert=True)
    except DuplicateKeyError:  # another process was quicker
        return
