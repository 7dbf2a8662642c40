"""Write a backup while others read and write: what it holds is one moment of the documents, whole.

The changes of the documents are followed as a projection follows them, until none came while the rest was read. A
line that a later one of the same case takes the place of stays; whoever restores reads them in order.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ingest.backup.form import (
    CHUNK_BYTES,
    DOCUMENTS,
    FORMAT,
    MANIFEST,
    MODELS,
    OBJECTS,
    ORIGINALS,
    QUARANTINE,
    RECORDS,
    BackupManifest,
    Hashing,
    manifest_json,
    object_digest,
)
from ingest.case import json_text, sha256_of_json, to_document
from ingest.curation.decided import kept_object_keys
from ingest.errors import BusyError, InputError, StorageError
from ingest.files import PREFIX, replacing
from ingest.images.objects import ObjectStore
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.interface import DocumentStore, Quarantined, StoredCase, Tombstone
from ingest.store.stored_form import Clock, utc_now, written_at

MAX_ROUNDS = 1000  # of a writer who never pauses for as long as the last few changes take to read
_TIME_OF_MEMBERS = (1980, 1, 1, 0, 0, 0)  # when it was made stands in the manifest


@dataclass(frozen=True)
class Kept:
    """What of a workspace is backed up.

    Attributes
    ----------
    folder : Path
        The workspace: where its originals and models lie.
    encoders : mapping of str to str
        Those that it compares images and texts by.
    """

    store: DocumentStore
    objects: ObjectStore
    folder: Path
    encoders: Mapping[str, str]


@dataclass
class _Documents:
    """What was written of the documents so far: of each live case its digest, and the images that it names."""

    sequence: int = 0
    digests: dict[str, str] = field(default_factory=dict)
    images: dict[str, frozenset[str]] = field(default_factory=dict)

    def take(self, change: StoredCase | Tombstone) -> dict[str, Any]:
        """Take note of a change, and return it as a line of the backup."""
        self.sequence = change.sequence
        if isinstance(change, Tombstone):
            self.digests.pop(change.case_id, None)
            self.images.pop(change.case_id, None)
            return {"deleted": change.case_id, "written_at": change.written_at, "actor": change.actor}
        case = change.case
        named = ((*image.object_keys, image.derived_from) for image in case.images)
        self.digests[case.case_id] = case.content_digest
        self.images[case.case_id] = frozenset(key for keys in named for key in keys if key)
        return {"case": to_document(case), "written_at": change.written_at, "actor": change.actor}


def write_backup(
    kept: Kept,
    path: Path,
    *,
    models: bool = True,
    clock: Clock = utc_now,
    on_progress: ProgressCallback = ignore_progress,
) -> BackupManifest:
    """Write a backup to a new file; it appears whole or not at all.

    Parameters
    ----------
    models : bool
        Whether the models that were added go along.

    Raises
    ------
    InputError
        If the file is there already.
    StorageError
        If it cannot be written.
    BusyError
        If somebody writes without a pause.
    DamagedFile
        If a document or an image is damaged: mend it first.
    """
    try:
        if path.exists():
            raise InputError(f"'{path}' is there already, and a backup overwrites nothing. Name a new file.")
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, private=True) as stream, zipfile.ZipFile(stream, "w") as archive:
            return _Members(archive).write(kept, written_at(clock), models, on_progress)
    except OSError as error:
        raise StorageError(
            f"the backup cannot be written to {path}: {error.strerror or error}. Free space or allow writing, then "
            "make it again."
        ) from error


@dataclass
class _Members:
    """The members of a backup that is being written."""

    archive: zipfile.ZipFile
    digests: dict[str, str] = field(default_factory=dict)

    def write(self, kept: Kept, now: str, with_models: bool, on_progress: ProgressCallback) -> BackupManifest:
        documents, records, unfit = self._texts(kept.store)
        images, missing = self._images(kept, documents, on_progress)
        self._files(kept.folder, f"{ORIGINALS}/**/*")
        if with_models:
            self._files(kept.folder, f"{MODELS}/*/**/*")  # what is fitted on the cases lies beside their folders
        manifest = BackupManifest(
            FORMAT,
            version("casegraph"),
            now,
            len(documents.digests),
            images,
            len(records),
            len(unfit),
            documents.sequence,
            sha256_of_json(sorted(map(list, documents.digests.items()))),
            tuple(missing),
            kept.encoders,
            dict(self.digests),
        )
        self.archive.writestr(MANIFEST, manifest_json(manifest), zipfile.ZIP_DEFLATED)
        return manifest

    def _texts(self, store: DocumentStore) -> tuple[_Documents, list[dict[str, Any]], list[Quarantined]]:
        """Write documents, records and quarantine as of one moment: no case changed while the last were read."""
        documents = _Documents()
        records: list[dict[str, Any]] = []
        unfit: list[Quarantined] = []
        with self._member(DOCUMENTS, compressed=True) as member:
            for _ in range(MAX_ROUNDS):
                before = store.sequence()  # of which a crash may have spent the last numbers on no change
                for change in store.changes_since(documents.sequence):
                    _write_line(member, documents.take(change))
                kinds = store.record_kinds()
                found = ((kind, key, record) for kind in kinds for key, record in store.records(kind).items())
                records = [{"kind": kind, "key": key, "record": record} for kind, key, record in found]
                unfit = store.quarantined()
                if store.sequence() == before:
                    documents.sequence = before
                    break
            else:
                raise BusyError("somebody writes cases without a pause. Make the backup again when that has ended.")
        self._lines(RECORDS, records)
        self._lines(QUARANTINE, map(asdict, unfit))
        return documents, records, unfit

    def _images(self, kept: Kept, documents: _Documents, on_progress: ProgressCallback) -> tuple[int, list[str]]:
        """Copy the images; return how many there are, and which of those that the documents name are not."""
        named = frozenset[str]().union(*documents.images.values())
        there = sorted((named | kept_object_keys(kept.store)) & set(kept.objects.keys()))
        for done, key in enumerate(there):
            on_progress(done, len(there))
            with self._member(f"{OBJECTS}/{key}") as member:
                member.write(kept.objects.read(key))
        on_progress(len(there), len(there))
        return len(there), sorted(named.difference(there))

    def _files(self, workspace: Path, pattern: str) -> None:
        for path in sorted(workspace.glob(pattern)):
            if path.is_file() and not path.is_symlink() and not path.name.startswith(PREFIX):
                with path.open("rb") as source, self._member(path.relative_to(workspace).as_posix()) as member:
                    shutil.copyfileobj(source, member, CHUNK_BYTES)

    def _lines(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        with self._member(name, compressed=True) as member:
            for row in rows:
                _write_line(member, row)

    @contextmanager
    def _member(self, name: str, *, compressed: bool = False) -> Iterator[Hashing]:
        about = zipfile.ZipInfo(name, _TIME_OF_MEMBERS)
        about.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        about.external_attr = 0o600 << 16
        with self.archive.open(about, "w", force_zip64=True) as stream:
            member = Hashing(stream)
            yield member
        if object_digest(name) is None:
            self.digests[name] = member.sha256


def _write_line(member: Hashing, row: Mapping[str, Any]) -> None:
    member.write(f"{json_text(row)}\n".encode())
