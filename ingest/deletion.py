"""Delete a case for good: its document, the case as it was read, and the images that no other case has.

The intention is written down first and struck out last. So a deletion that was interrupted anywhere is ended by
`finish_deletions`, which `casegraph index` calls. A tombstone stays in the documents; graph and vectors follow it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.curation.decided import cases_as_read, forget_as_read, kept_object_keys
from ingest.curation.reports import forget_reports
from ingest.images.objects import ObjectStore
from ingest.store.interface import DocumentStore, Entry, Writer

DELETION = "deletion"
"""Kind under which the store keeps the deletions that were begun and not ended."""


@dataclass(frozen=True)
class DeletionReport:
    """What went: the case, the change of the documents that took it out, and how many images."""

    case_id: str
    sequence: int
    images: int


def delete_case(store: DocumentStore, objects: ObjectStore, case_id: str, *, actor: str) -> DeletionReport:
    """Delete one case by its id or short id.

    Raises
    ------
    UnknownCase
        If there is no such case and no deletion of it to end.
    BusyError
        If another process writes.
    """
    with store.writer(actor) as writer:
        if case_id not in unfinished_deletions(store):
            case_id = case_id if store.has(case_id) else store.get(case_id).case.case_id
            _begin(store, writer, case_id)
        return _finish(store, objects, writer, case_id)


def finish_deletions(store: DocumentStore, objects: ObjectStore, *, actor: str) -> list[DeletionReport]:
    """End the deletions that were interrupted."""
    if not unfinished_deletions(store):
        return []
    with store.writer(actor) as writer:
        return [_finish(store, objects, writer, case_id) for case_id in unfinished_deletions(store)]


def unfinished_deletions(store: DocumentStore) -> list[str]:
    """Return the ids of the cases whose deletion was begun and not ended."""
    return list(store.records(DELETION))


def _begin(store: DocumentStore, writer: Writer, case_id: str) -> None:
    entry = next(entry for entry in store.entries() if entry.case_id == case_id)
    as_read = cases_as_read(store).get(case_id)
    originals = {key for image in as_read.images for key in image.object_keys} if as_read else set[str]()
    intention = {"sequence": entry.sequence, "object_keys": sorted(originals | object_keys_of(entry))}
    writer.save_record(DELETION, case_id, intention)


def _finish(store: DocumentStore, objects: ObjectStore, writer: Writer, case_id: str) -> DeletionReport:
    intention = store.records(DELETION)[case_id]
    entries = {entry.case_id: entry for entry in store.entries()}
    entry = entries.pop(case_id)
    sequence = entry.sequence
    if entry.document is not None and entry.sequence == intention["sequence"]:  # else it has come back since then
        sequence = writer.delete_case(case_id).sequence or sequence
        forget_as_read(writer, case_id)
        forget_reports(store, writer, case_id)
    elif entry.document is not None:
        entries[case_id] = entry
    unused = set(intention["object_keys"]) - _named(entries.values()) - kept_object_keys(store)
    for object_key in unused:
        objects.remove(object_key)
    writer.delete_record(DELETION, case_id)
    return DeletionReport(case_id, sequence, len(unused))


def _named(entries: Iterable[Entry]) -> set[str]:
    return {object_key for entry in entries for object_key in object_keys_of(entry)}


def object_keys_of(entry: Entry) -> set[str]:
    """Return the images that a document names, without asking whether the document is whole."""
    images = (entry.document or {}).get("images") or ()
    named = (part for image in images for part in (image, image.get("grey_values") or {}))
    return {str(part["object_key"]) for part in named if part.get("object_key")}
