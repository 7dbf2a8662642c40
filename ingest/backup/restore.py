"""Read a backup: compare it with its own digests, and make documents, images and models of it.

Nothing of a backup is believed: members go only where their names allow, every byte is compared with its digest, and
the documents that came of it with the digest of those that went in.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from ingest.backup.form import (
    CHUNK_BYTES,
    DOCUMENTS,
    MANIFEST,
    MAX_LINE_BYTES,
    MAX_MANIFEST_BYTES,
    QUARANTINE,
    RECORDS,
    BackupManifest,
    Hashing,
    is_safe,
    object_digest,
    parse_manifest,
)
from ingest.case import parse_case
from ingest.errors import DamagedFile, InputError, RejectedRecord, StorageError, UnknownCase
from ingest.files import replacing
from ingest.progress import ProgressCallback, ignore_progress
from ingest.store.interface import DocumentStore, Quarantined, Writer

_TEXTS = frozenset({DOCUMENTS, RECORDS, QUARANTINE})
_COMPRESSIONS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def read_manifest(path: Path) -> BackupManifest:
    """Return what a backup says that it holds, without comparing it.

    Raises
    ------
    InputError
        If the file is no backup, or one of another format.
    DamagedFile
        If it is damaged.
    """
    with _opened(path) as archive:
        return _manifest(archive, path)


def check_backup(path: Path, on_progress: ProgressCallback = ignore_progress) -> BackupManifest:
    """Read a backup whole and compare every member with its digest.

    Raises
    ------
    InputError
        If the file is no backup, or one of another format.
    DamagedFile
        If a member is damaged, is missing, or is one that no backup has.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        names = _members(archive, manifest, path)
        for done, name in enumerate(names):
            on_progress(done, len(names))
            _compare(archive, name, manifest, path, None)
        on_progress(len(names), len(names))
        return manifest


def restore_backup(
    path: Path,
    store: DocumentStore,
    folder: Path,
    *,
    actor: str,
    on_progress: ProgressCallback = ignore_progress,
) -> BackupManifest:
    """Write what a backup holds into an empty document store, and into the folder of a workspace.

    The backup should have been checked before: what was written until a fault is found stays.

    Raises
    ------
    InputError
        If the store is not empty.
    DamagedFile
        If the documents are not those that the manifest speaks of.
    StorageError
        If a file cannot be written.
    """
    if store.sequence() or store.record_kinds():
        raise InputError(f"{store.address} is not empty. Restore into an empty database.")
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        names = _members(archive, manifest, path)
        with store.writer(actor) as writer, _meaning(path):
            _write_changes(writer, _lines(archive, DOCUMENTS))
            for row in _lines(archive, RECORDS):
                writer.save_record(row["kind"], row["key"], row["record"])
            unfit = sorted((Quarantined(**row) for row in _lines(archive, QUARANTINE)), key=lambda item: item.source)
            for source, items in groupby(unfit, key=lambda item: item.source):
                writer.replace_quarantine(source, items)
        files = [name for name in names if name not in _TEXTS]
        for done, name in enumerate(files):
            on_progress(done, len(files))
            _write_member(archive, name, manifest, path, folder)
        on_progress(len(files), len(files))
    if store.content_digest() != manifest.content_digest:
        raise DamagedFile(f"{path} is damaged: its documents are not those that its manifest names.")
    return manifest


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise InputError(f"'{path}' is not a backup, or is cut short. Name a backup file.") from error
    except NotImplementedError as error:  # it says that it needs a later version of the format
        raise DamagedFile(f"{path} is damaged: {error}. Take another backup.") from error
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror or error}.") from error
    try:
        with archive:
            _require_known_compression(archive, path)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        # an encrypted member gives a RuntimeError, one before the file's begin an OSError
        raise DamagedFile(f"{path} is damaged: {error}. Take another backup.") from error


def _require_known_compression(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse members that are compressed as no backup is: others end in errors of their own where they are damaged.

    Raises
    ------
    DamagedFile
        If there is one.
    """
    if any(member.compress_type not in _COMPRESSIONS for member in archive.infolist()):
        raise DamagedFile(
            f"{path} is damaged: a file in it is compressed in a way that no backup is. Take another backup."
        )


def _manifest(archive: zipfile.ZipFile, path: Path) -> BackupManifest:
    try:
        about = archive.getinfo(MANIFEST)
    except KeyError as error:
        raise InputError(f"'{path}' is a zip file, but not a workspace backup: it has no {MANIFEST}.") from error
    if about.file_size > MAX_MANIFEST_BYTES:
        raise DamagedFile(f"{path} is damaged: its manifest is too long. Take another backup.")
    return parse_manifest(archive.read(about), path)


def _members(archive: zipfile.ZipFile, manifest: BackupManifest, path: Path) -> list[str]:
    """Return the names of the members but the manifest, where they are those of a backup and all there."""
    names = [name for name in archive.namelist() if name != MANIFEST]
    images = {name for name in names if object_digest(name)}
    odd = [name for name in manifest.members if name not in _TEXTS and not is_safe(name)]
    if len(set(names)) != len(names) or set(names) - images != set(manifest.members) or odd:
        raise DamagedFile(f"{path} is damaged: its files are not those that its manifest names. Take another backup.")
    if len(images) != manifest.images or _TEXTS - set(names):
        raise DamagedFile(f"{path} is damaged: files are missing. Take another backup.")
    return names


def _compare(
    archive: zipfile.ZipFile, name: str, manifest: BackupManifest, path: Path, target: IO[bytes] | None
) -> None:
    """Read a member, into a file where one is given. Raises DamagedFile where it is not what was written."""
    hashing = Hashing(target)
    with archive.open(name) as source:
        while chunk := source.read(CHUNK_BYTES):
            hashing.write(chunk)
    if hashing.sha256 != (object_digest(name) or manifest.members[name]):
        raise DamagedFile(f"{path} is damaged: {name} is not what was written. Take another backup.")


def _write_member(archive: zipfile.ZipFile, name: str, manifest: BackupManifest, path: Path, folder: Path) -> None:
    place = folder / name
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with replacing(place, private=True) as stream:
            _compare(archive, name, manifest, path, stream)
    except OSError as error:
        raise StorageError(
            f"{place} cannot be written: {error.strerror or error}. Free space or allow writing, then restore again."
        ) from error


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, Any]]:
    with archive.open(name) as stream:
        while line := stream.readline(MAX_LINE_BYTES):
            if not line.endswith(b"\n"):
                raise ValueError(f"a line of {name} is cut short or too long.")
            yield json.loads(line)


@contextmanager
def _meaning(path: Path) -> Iterator[None]:
    """Say of a text that is not as it was written that the backup is damaged."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RejectedRecord) as error:
        raise DamagedFile(f"{path} is damaged: its documents cannot be read. Take another backup.") from error


def _write_changes(writer: Writer, lines: Iterable[dict[str, Any]]) -> None:
    """Do the changes again, in order: runs of cases together, each deletion by itself."""
    for is_deletion, run in groupby(lines, key=lambda line: "deleted" in line):
        if not is_deletion:
            writer.write_cases(parse_case(line["case"]) for line in run)
            continue
        for line in run:
            with suppress(UnknownCase):  # it came and went before the backup first saw it
                writer.delete_case(line["deleted"])
