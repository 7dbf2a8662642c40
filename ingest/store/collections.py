"""Named collections of cases: what people gathered, and a condition that a filter may name.

A collection is a record with the ids of its cases. In a filter ``collection=strokes`` becomes one on these ids before
an engine translates it, so that it holds wherever a filter does; a case that was deleted matches no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.errors import InputError, InvalidFilter
from ingest.spelling import did_you_mean
from ingest.store.checks import check_filter
from ingest.store.filters import Filter, OneOf, ValueKind, asks_by, with_values
from ingest.store.interface import DocumentStore, Writer

KIND = "collection"
MAX_NAME_LENGTH = 60
MAX_CASES = 20_000

Records = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Collection:
    """Cases that somebody gathered under a name.

    Attributes
    ----------
    case_ids : tuple of str
        In the order in which they were added.
    """

    name: str
    case_ids: tuple[str, ...]


def kept_collections(store: DocumentStore) -> list[Collection]:
    """Return all collections by name, each with those of its cases that are in the documents."""
    return [_present(store, _parse(name, record)) for name, record in store.records(KIND).items()]


def require_collection(store: DocumentStore, name: str) -> Collection:
    """Return one collection, with those of its cases that are in the documents. Raises InputError."""
    records = store.records(KIND)
    if name not in records:
        raise InputError(_unknown(name, records))
    return _present(store, _parse(name, records[name]))


def add_to_collection(store: DocumentStore, name: str, case_ids: Sequence[str], *, actor: str) -> Collection:
    """Put cases into a collection, which is made where there is none of this name.

    Raises
    ------
    InputError
        If the name is none, or the collection would grow beyond `MAX_CASES`.
    UnknownCase
        If there is no such case; then none is added.
    """
    said = _require_name(name)
    ids = [store.get(case_id).case.case_id for case_id in case_ids]
    with store.writer(actor) as writer:
        record = store.records(KIND).get(said)
        before = _parse(said, record).case_ids if record else ()
        return _save(writer, Collection(said, tuple(dict.fromkeys((*before, *ids)))))


def remove_from_collection(
    store: DocumentStore, name: str, case_ids: Iterable[str] | None = None, *, actor: str
) -> Collection | None:
    """Take cases out of a collection, or forget it whole; the cases themselves stay. Raises InputError."""
    with store.writer(actor) as writer:
        collection = require_collection(store, name)
        if case_ids is None:
            writer.delete_record(KIND, name)
            return None
        gone = {store.get(case_id).case.case_id for case_id in case_ids}
        return _save(writer, Collection(name, tuple(kept for kept in collection.case_ids if kept not in gone)))


def rename_collection(store: DocumentStore, writer: Writer, name: str, new_name: str) -> Collection:
    """Give a collection another name. Raises InputError where there is none of this name, or one of the new name."""
    collection, said = require_collection(store, name), _require_name(new_name)
    if said == name:
        return collection
    if said in store.records(KIND):
        raise InputError(f"there is a collection '{said}' already. Choose another name.")
    writer.delete_record(KIND, name)
    return _save(writer, Collection(said, collection.case_ids))


def renamed_in(where: Filter, name: str, new_name: str) -> Filter:
    """Return a filter that names a collection by its new name."""
    return with_values(where, ValueKind.COLLECTION, KIND, lambda value: (new_name if value == name else value,))


def without_collections(where: Filter | None, records: Callable[[], Records]) -> Filter | None:
    """Return the filter with the cases of each collection that it names in its place.

    Parameters
    ----------
    records : callable
        Gives the records of collections by name; asked only where the filter names one.

    Raises
    ------
    InvalidFilter
        If the filter does not make sense, or names a collection that there is not.
    """
    if where is None:
        return None
    check_filter(where)
    if not asks_by(where, ValueKind.COLLECTION):
        return where
    known = records()
    return with_values(where, ValueKind.COLLECTION, "case_id", lambda name: _cases_of(name, known))


def collection_counts(records: Records, case_ids: Iterable[str]) -> dict[str, int]:
    """Return how many of some cases each collection has, those of none left out."""
    among = frozenset(case_ids)
    counts = {name: len(among.intersection(_parse(name, record).case_ids)) for name, record in records.items()}
    return {name: counts[name] for name in sorted(counts, key=lambda name: (-counts[name], name)) if counts[name]}


def _cases_of(name: str, records: Records) -> tuple[str, ...]:
    if name not in records:
        raise InvalidFilter(_unknown(name, records))
    return _parse(name, records[name]).case_ids


def _unknown(name: str, records: Records) -> str:
    hint = did_you_mean(name, records) or f"Collections: {', '.join(records) or 'none yet'}."
    return f"there is no collection '{name}'. {hint}"


def _require_name(name: str) -> str:
    said = " ".join(name.split())
    if not said or len(said) > MAX_NAME_LENGTH or not said.isprintable():
        raise InputError(f"a collection needs a name of 1 to {MAX_NAME_LENGTH} characters. Give it one.")
    return said


def _present(store: DocumentStore, collection: Collection) -> Collection:
    there = frozenset(store.case_ids(OneOf("case_id", collection.case_ids)))
    return Collection(collection.name, tuple(case_id for case_id in collection.case_ids if case_id in there))


def _save(writer: Writer, collection: Collection) -> Collection:
    if len(collection.case_ids) > MAX_CASES:
        raise InputError(f"a collection has at most {MAX_CASES} cases. Take a narrower filter.")
    writer.save_record(KIND, collection.name, {"case_ids": list(collection.case_ids)})
    return collection


def _parse(name: str, record: Mapping[str, Any]) -> Collection:
    return Collection(name, tuple(str(case_id) for case_id in record["case_ids"]))
