"""Opening the document store by its address: the word ``sqlite``, or the address of a MongoDB."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.errors import InputError
from ingest.store.interface import DocumentStore
from ingest.store.mongo_address import SCHEMES, read_mongo_address
from ingest.store.stored_form import Clock, utc_now
from ingest.store.views import SourceView

SQLITE = "sqlite"
SQLITE_FILE_NAME = "documents.sqlite"


def open_store(
    address: str, folder: Path, *, views: Sequence[SourceView] = (), clock: Clock = utc_now
) -> DocumentStore:
    """Open the documents of a workspace; an empty store is made where there is none.

    Parameters
    ----------
    address : str
        ``sqlite`` for a file in `folder`, or ``mongodb://host:port/database``.
    folder : Path
        The workspace.
    views : sequence of View
        What the store can be asked for beside cases: the views that sources declare.
    clock : callable
        Says the time that is written beside each change.

    Raises
    ------
    InputError
        If the address names no engine that there is.
    """
    if address == SQLITE:
        from ingest.store.sqlite import SqliteStore

        return SqliteStore(folder / SQLITE_FILE_NAME, views=views, clock=clock)
    if address.startswith(SCHEMES):
        from ingest.store.mongo import MongoStore

        return MongoStore(address, views=views, clock=clock)
    raise InputError("the address of the documents names no engine. Write 'sqlite' or mongodb://host:27017/database.")


def address_to_remember(address: str) -> str:
    """Return the address of documents without its secrets, its options kept. Raises InputError if it is none."""
    return read_mongo_address(address).kept if address.startswith(SCHEMES) else address
