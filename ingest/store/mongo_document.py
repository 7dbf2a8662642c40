"""A case as a document of the collection `cases`, and back.

The keys of `source_values` are a source's own words and may hold points and dollar signs, which MongoDB gives
meaning to: they are stored as a list of ``{k: key, v: value}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingest.case import parse_case
from ingest.errors import RejectedRecord
from ingest.store.interface import Entry, StoredCase, Tombstone
from ingest.store.stored_form import StoredForm, said_values

MAX_SIZE_BYTES = 16 * 1024 * 1024  # of one document, MongoDB manual, "Limits and Thresholds"


# What the store writes down beside the case itself.
_OF_THE_STORE = frozenset(
    ("_id", "short_id", "deleted", "sequence", "content_digest", "written_at", "actor", "folded", "said")
)


def mongo_document(form: StoredForm, sequence: int, written_at: str, actor: str) -> dict[str, Any]:
    """Return the document of a live case.

    Raises
    ------
    RejectedRecord
        If it is larger than MongoDB stores.
    """
    from bson import encode

    document = {
        "_id": form.case_id,
        "short_id": form.short_id,
        "deleted": False,
        "sequence": sequence,
        "content_digest": form.content_digest,
        "written_at": written_at,
        "actor": actor,
        **_with_pairs(form.document),
        "images": [_with_pairs(image) for image in form.document["images"]],
        "folded": form.folded,
        "said": said_values(form.document),
    }
    size_bytes = len(encode(document))
    if size_bytes > MAX_SIZE_BYTES:
        raise RejectedRecord(
            form.case_id,
            f"it takes {size_bytes / 1e6:.1f} MB, MongoDB stores at most {MAX_SIZE_BYTES / 1e6:.1f} MB per document. "
            "Shorten its texts, or use the embedded store.",
        )
    return document


def tombstone_document(tombstone: Tombstone, short_id: str) -> dict[str, Any]:
    """Return what is left of a deleted case."""
    return {
        "_id": tombstone.case_id,
        "short_id": short_id,
        "deleted": True,
        "sequence": tombstone.sequence,
        "written_at": tombstone.written_at,
        "actor": tombstone.actor,
    }


def parse_stored(document: Mapping[str, Any]) -> StoredCase | Tombstone:
    """Return what a document of `cases` says."""
    about = (document["sequence"], document["written_at"], document["actor"])
    if document["deleted"]:
        return Tombstone(document["_id"], *about)
    images = [_with_mapping(image) for image in document["images"]]
    return StoredCase(parse_case({**_with_mapping(document), "images": images}), *about)


def entry_of(document: Mapping[str, Any]) -> Entry:
    """Return a document of `cases` as it stands; one that cannot be read as a case becomes an empty one."""
    about = (document["_id"], document["sequence"], document.get("content_digest"))
    if document.get("deleted"):
        return Entry(*about, None)
    try:
        images = [_with_mapping(image) for image in document["images"]]
        whole = {**_with_mapping(document), "images": images}
    except (KeyError, TypeError):
        return Entry(*about, {})
    return Entry(*about, {name: value for name, value in whole.items() if name not in _OF_THE_STORE})


def _with_pairs(owner: Mapping[str, Any]) -> dict[str, Any]:
    return {**owner, "source_values": [{"k": key, "v": value} for key, value in owner["source_values"].items()]}


def _with_mapping(owner: Mapping[str, Any]) -> dict[str, Any]:
    return {**owner, "source_values": {pair["k"]: pair["v"] for pair in owner["source_values"]}}
