"""Read MedPix 2.0 from a MongoDB that somebody else filled. Nothing is ever written to it.

Two layouts are known: the published script writes collections ``descriptions`` and ``cases`` into the database
``medical_database``; the paper names ``Image_Descriptions`` and ``Clinical_reports``. Images stay files: found by
the ``file://`` address in a description, or in a folder that the caller names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ingest.errors import InputError, SourceError
from ingest.images.finding import FoundImages, find_images
from ingest.sources.medpix2.json_text import decode_line
from ingest.sources.medpix2.pairing import pair
from ingest.sources.medpix2.records import RawRecord, Record, Release, image_names
from ingest.store.mongo_address import read_mongo_address
from ingest.store.mongo_database import open_client
from ingest.store.mongo_faults import NO_RIGHT, mongo_errors

if TYPE_CHECKING:
    from pymongo.database import Database

    MongoDatabase = Database[dict[str, Any]]

SCRIPT_DATABASE = "medical_database"
TIMEOUT_S = 5.0  # a server that is up answers in milliseconds


@dataclass(frozen=True)
class Layout:
    """Names of the two collections."""

    cases: str
    descriptions: str


LAYOUTS = (Layout("cases", "descriptions"), Layout("Clinical_reports", "Image_Descriptions"))


def read_mongodb(uri: str, images: Path | None = None) -> Release:
    """Read every case of a MongoDB database.

    Parameters
    ----------
    uri : str
        Address such as ``mongodb://localhost:27017/medical_database``; without a database, that one is looked for
        first and then every other one.
    images : Path, optional
        Folder of the image files, where descriptions have no ``file://`` address.

    Raises
    ------
    SourceError
        If there is no database with the collections of MedPix 2.0.
    EngineUnreachable, EngineRefused
        If the server does not answer, or declines.
    """
    milliseconds = int(TIMEOUT_S * 1000)
    try:
        address = read_mongo_address(uri)
        client = open_client(
            address, serverSelectionTimeoutMS=milliseconds, connectTimeoutMS=milliseconds, socketTimeoutMS=60_000
        )
    except InputError as error:
        raise SourceError(str(error)) from None
    with mongo_errors(address.shown), client:
        return _read(client, images)


def _read(client: Any, images: Path | None) -> Release:
    database, layout = _find(client)
    pairs = pair(_documents(database, layout.cases), _documents(database, layout.descriptions))
    found = find_images(images, image_names(pairs.records)) if images else FoundImages()
    return Release(
        address=f"mongodb:{database.name}",
        records=pairs.records,
        rejected=pairs.rejected,
        case_count=pairs.case_count,
        description_count=pairs.description_count,
        repeated_cases=pairs.repeated_cases,
        repeated_descriptions=pairs.repeated_descriptions,
        found=replace(found, paths={**_paths_by_address(pairs.records), **found.paths}),
    )


def _find(client: Any) -> tuple[MongoDatabase, Layout]:
    """Return the database and its layout, by looking which collections are there."""
    named = client.get_default_database(default=SCRIPT_DATABASE)
    if layout := _layout_of(named):
        return named, layout
    others = sorted(_names_of_databases(client) - {SCRIPT_DATABASE}) if named.name == SCRIPT_DATABASE else []
    for name in others:
        if layout := _layout_of(client[name]):
            return client[name], layout
    wanted = " or ".join(f"'{layout.cases}' with '{layout.descriptions}'" for layout in LAYOUTS)
    looked = f"database '{named.name}'" + (f" or {len(others)} others" if others else "")
    raise SourceError(
        f"no MedPix 2.0 in {looked}: looked for the collections or views {wanted} that may be read. "
        "Name the database in the address; a user needs the right to find in both."
    )


def _names_of_databases(client: Any) -> set[str]:
    """Return the databases that the user may list; none where that is not allowed."""
    from pymongo.errors import OperationFailure

    try:
        return set(client.list_database_names())
    except OperationFailure as error:
        if error.code != NO_RIGHT:
            raise
        return set()


def _layout_of(database: MongoDatabase) -> Layout | None:
    """Return the layout of a database, of collections or views. CaseGraph's own database has some of these names."""
    present = _readable(database)
    found = next((layout for layout in LAYOUTS if {layout.cases, layout.descriptions} <= present), None)
    return None if found and "meta" in present and _is_of_casegraph(database) else found


def _readable(database: MongoDatabase) -> set[str]:
    """Return the collections and views that the user may read, of which only those of MedPix 2.0 need to be named."""
    from pymongo.errors import OperationFailure

    try:
        return set(database.list_collection_names(authorizedCollections=True))
    except OperationFailure as error:
        if error.code != NO_RIGHT:
            raise
    names = [name for layout in LAYOUTS for name in (layout.cases, layout.descriptions)]
    found = {name for name in names if _may_find(database, name)}
    if not found:  # nothing at all may be read: let the server say so
        database[LAYOUTS[0].cases].find_one({}, {"_id": 1})
    return found


def _may_find(database: MongoDatabase, name: str) -> bool:
    """Tell whether the user may read a collection or view, and it holds something."""
    from pymongo.errors import OperationFailure

    try:
        return database[name].find_one({}, {"_id": 1}) is not None
    except OperationFailure as error:
        if error.code != NO_RIGHT:
            raise
        return False


def _is_of_casegraph(database: MongoDatabase) -> bool:
    return database["meta"].find_one({"_id": "store", "store_version": {"$exists": True}}) is not None


def _documents(database: MongoDatabase, collection: str) -> Iterator[RawRecord]:
    """Yield the documents of a collection in the order of its `_id`, which keeps places stable.

    Each goes through MongoDB's Extended JSON, so that a live database and what mongoexport writes of it read the same.
    """
    from bson import json_util
    from bson.codec_options import DatetimeConversion

    options = database.codec_options.with_options(datetime_conversion=DatetimeConversion.DATETIME_AUTO)
    documents = database.get_collection(collection, codec_options=options)
    cursor = documents.find({}, projection={"_id": False}).sort("_id", 1)
    for index, document in enumerate(cursor):
        text = json_util.dumps(document, json_options=json_util.RELAXED_JSON_OPTIONS)
        yield RawRecord(f"{database.name}.{collection}[{index}]", text, decode_line(text))


def _paths_by_address(records: tuple[Record, ...]) -> dict[str, Path]:
    return {
        description.image_name: Path(url2pathname(urlsplit(description.url).path))
        for record in records
        for description in record.descriptions
        if description.url
    }
