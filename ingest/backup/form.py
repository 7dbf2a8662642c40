"""What a backup is made of: one zip file that any program opens, its members, and what its manifest says of them.

======================  ================================================================================
``documents.jsonl``     one change a line, in order of the change: a case, or the id of a deleted one
``records.jsonl``       what people did: decisions, drafts, saved queries, sessions, collections
``quarantine.jsonl``    the records that did not fit
``objects/``            the images, each under the digest of its content
``originals/``          the full-size images that were fetched, and where from
``models/``             the models that were added
``manifest.json``       written last: what there is, and the SHA-256 of every member that its name does not say
======================  ================================================================================

Graph and vectors are not in it: they are made from the documents. No member names a place on the machine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError

from ingest.errors import DamagedFile, InputError

FORMAT = 1
MANIFEST, DOCUMENTS, RECORDS, QUARANTINE = "manifest.json", "documents.jsonl", "records.jsonl", "quarantine.jsonl"
OBJECTS, ORIGINALS, MODELS = "objects", "originals", "models"
MAX_MANIFEST_BYTES, MAX_LINE_BYTES = 256 << 20, 64 << 20
CHUNK_BYTES = 1 << 20
_OBJECT = re.compile(rf"{OBJECTS}/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})\.png", re.ASCII)
_PART = re.compile(r"(?!\.\.?$)[^\\/:\0]+")


@dataclass(frozen=True)
class BackupManifest:
    """What a backup holds.

    Attributes
    ----------
    format : int
        Of the backup.
    version : str
        Of the CaseGraph that made it.
    made_at : str
        When, UTC in ISO 8601.
    cases, images, records, quarantined : int
        How many it has.
    sequence : int
        The last change of the documents that it has.
    content_digest : str
        Of all its cases, as a document store gives it.
    missing_images : tuple of str
        Images that the documents name and that were not there.
    encoders : mapping of str to str
        Those that the workspace compared images and texts by.
    members : mapping of str to str
        SHA-256 of each member but images and the manifest, by its name.
    """

    format: int
    version: str
    made_at: str
    cases: int
    images: int
    records: int
    quarantined: int
    sequence: int
    content_digest: str
    missing_images: tuple[str, ...]
    encoders: Mapping[str, str]
    members: Mapping[str, str]


_MANIFEST = TypeAdapter(BackupManifest)


def manifest_json(manifest: BackupManifest) -> bytes:
    """Return the manifest as it stands in the file."""
    return _MANIFEST.dump_json(manifest, indent=2)


def parse_manifest(text: bytes, path: Path) -> BackupManifest:
    """Return what a manifest says.

    Raises
    ------
    DamagedFile
        If it is none.
    InputError
        If it is of a format that this version does not read.
    """
    try:
        manifest = _MANIFEST.validate_json(text)
    except ValidationError as error:
        raise DamagedFile(f"{path} is damaged: its manifest cannot be read. Take another backup.") from error
    if manifest.format != FORMAT:
        raise InputError(
            f"{path} is a backup of format {manifest.format}, made by CaseGraph {manifest.version}; this one reads "
            f"format {FORMAT}. Use the version that made it."
        )
    return manifest


def object_digest(name: str) -> str | None:
    """Return the SHA-256 that the name of an image's member says; None for every other member."""
    found = _OBJECT.fullmatch(name)
    return found[2] if found else None


def is_safe(name: str) -> bool:
    r"""Tell whether a member that is no image may become a file of a workspace: below its folders, by plain names.

    Examples
    --------
    >>> is_safe("models/mine/model.safetensors"), is_safe("models/../casegraph.json"), is_safe("models/C:\\x")
    (True, False, False)
    """
    folder, *parts = name.split("/")
    return folder in (ORIGINALS, MODELS) and bool(parts) and all(_PART.fullmatch(part) for part in parts)


class Hashing:
    """A stream of a member, and the SHA-256 of what has gone into it.

    Parameters
    ----------
    stream : file
        Where it goes; None only hashes.
    """

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def write(self, content: bytes) -> None:
        """Write, and take note."""
        self._digest.update(content)
        if self._stream is not None:
            self._stream.write(content)

    @property
    def sha256(self) -> str:
        """Of everything written so far."""
        return self._digest.hexdigest()
