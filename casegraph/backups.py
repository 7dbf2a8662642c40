"""Backups of a workspace: one file that holds what cannot be made again, and a new workspace made of it."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from casegraph.engines import Engines
from casegraph.file import is_workspace, read_workspace_file, write_workspace_file
from casegraph.settings import Settings
from casegraph.way_back import ENCODERS
from ingest.backup.form import MODELS, ORIGINALS, BackupManifest
from ingest.backup.restore import check_backup, read_manifest, restore_backup
from ingest.backup.write import Kept, write_backup
from ingest.errors import CaseGraphError, InputError, StorageError
from ingest.files import left_behind, unfinished_path
from ingest.progress import ProgressCallback, ignore_progress
from ingest.remedies import Remedy, RemedyAction

__all__ = ["Backup", "Backups", "backups_in", "check", "name_of_backup", "restore"]

ENDING = ".zip"


@dataclass(frozen=True)
class Backup:
    """A backup, and what it holds.

    Attributes
    ----------
    file : str
        Where it is.
    size_bytes : int
        Of the file.
    made_at : str
        When, UTC in ISO 8601.
    version : str
        Of the CaseGraph that made it.
    cases, images, originals, records, quarantined : int
        How many it has; records are what people did, such as decisions and drafts.
    models : tuple of str
        The models that were added.
    missing_images : tuple of str
        Images that the documents name and that were not there.
    sequence : int
        The last change of the documents that it has.
    content_digest : str
        Of all its cases; that of the workspace, if nothing was written meanwhile.
    """

    file: str
    size_bytes: int
    made_at: str
    version: str
    cases: int
    images: int
    originals: int
    records: int
    quarantined: int
    models: tuple[str, ...]
    missing_images: tuple[str, ...]
    sequence: int
    content_digest: str

    def describe(self) -> str:
        """Return in a sentence what it holds."""
        counts = (
            (self.cases, "case"),
            (self.images, "image"),
            (self.records, "record", "of what people did"),
            (self.quarantined, "record", "in quarantine"),
            (self.originals, "original"),
        )
        parts = [
            " ".join((f"{count:,}", f"{noun}{'s' * (count != 1)}", *rest)) for count, noun, *rest in counts if count
        ]
        parts += [f"the models {', '.join(self.models)}"] if self.models else []
        return f"{self.file} of {self.made_at[:16].replace('T', ' ')} UTC: {', '.join(parts) or 'no cases'}"


@dataclass(frozen=True)
class Backups:
    """The backups of one workspace."""

    _engines: Engines

    def write(self, file: Path, *, models: bool = True, on_progress: ProgressCallback = ignore_progress) -> Backup:
        """Write documents, images, originals, what people did and added models to a new file.

        Others may read and write meanwhile. What it raises: `ingest.backup.write.write_backup`.
        """
        engines = self._engines
        encoders = {name: getattr(engines.memory, name) for name in ENCODERS}
        kept = Kept(engines.store, engines.objects, engines.folder, encoders)
        return _backup(file, write_backup(kept, file, models=models, on_progress=on_progress))


def check(file: Path, on_progress: ProgressCallback = ignore_progress) -> Backup:
    """Read a backup whole and compare every part with its digest; see `ingest.backup.restore.check_backup`."""
    return _backup(file, check_backup(file, on_progress))


def restore(file: Path, settings: Settings, on_progress: ProgressCallback = ignore_progress) -> Backup:
    """Make a new workspace of a backup, where the settings say; it appears whole or not at all.

    Documents that the settings keep in a database are written there, into an empty one. Graph and vectors are for
    `indexing.run` to make.

    Raises
    ------
    InputError
        If the file is no backup, or the folder of the workspace or the database is not empty.
    DamagedFile
        If a part of the backup is damaged or missing: nothing is written then.
    StorageError
        If the workspace cannot be written.
    """
    folder = settings.workspace
    try:
        is_taken = folder.exists() and any(folder.iterdir())
    except OSError as error:
        raise StorageError(f"'{folder}' cannot be a workspace: {error.strerror}. Name another folder.") from error
    if is_taken:
        raise InputError(
            f"'{folder}' is not empty, and a backup is restored into a new workspace only. Name another folder.",
            remedy=Remedy(RemedyAction.OTHER_WORKSPACE),
        )
    check_backup(file)
    unfinished = _place_for(folder)
    try:
        manifest = _restored(file, settings.model_copy(update={"workspace": unfinished}), on_progress)
        with suppress(FileNotFoundError):
            folder.rmdir()
        unfinished.rename(folder)
    except OSError as error:
        raise StorageError(f"the workspace cannot be written to {folder}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return _backup(file, manifest)


def backups_in(folder: Path) -> list[Backup]:
    """Return the backups that lie in a folder, the newest first; other files are none."""
    found: list[Backup] = []
    for path in sorted(folder.glob(f"*{ENDING}")):
        with suppress(CaseGraphError):
            found.append(_backup(path, read_manifest(path)))
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def name_of_backup(workspace: Path, now: datetime | None = None) -> str:
    """Return the name of a new backup: that of the workspace, and the time in UTC.

    Examples
    --------
    >>> name_of_backup(Path("archive"), datetime(2031, 5, 4, 13, 30, 9, tzinfo=UTC))
    'archive-20310504-133009.zip'
    """
    return f"{workspace.resolve().name}-{now or datetime.now(UTC):%Y%m%d-%H%M%S}{ENDING}"


def _place_for(folder: Path) -> Path:
    """Return where a workspace is made before it takes its place; what killed processes left there goes."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"the folder {folder.parent} cannot be made: {error.strerror}.") from error
    for path in left_behind(folder.parent):
        if is_workspace(path):
            shutil.rmtree(path, ignore_errors=True)
    return unfinished_path(folder.parent)


def _restored(file: Path, settings: Settings, on_progress: ProgressCallback) -> BackupManifest:
    with Engines.open(settings, create=True) as engines:
        actor = settings.actor_name
        manifest = restore_backup(file, engines.store, engines.folder, actor=actor, on_progress=on_progress)
        engines.keep()
    known = {name: value for name, value in manifest.encoders.items() if name in ENCODERS}
    write_workspace_file(settings.workspace, replace(read_workspace_file(settings.workspace), **known))
    return manifest


def _backup(file: Path, manifest: BackupManifest) -> Backup:
    models = {name.split("/")[1] for name in manifest.members if name.startswith(f"{MODELS}/")}
    originals = sum(name.startswith(f"{ORIGINALS}/origins/") for name in manifest.members)
    return Backup(
        file=str(file),
        size_bytes=file.stat().st_size,
        made_at=manifest.made_at,
        version=manifest.version,
        cases=manifest.cases,
        images=manifest.images,
        originals=originals,
        records=manifest.records,
        quarantined=manifest.quarantined,
        models=tuple(sorted(models)),
        missing_images=manifest.missing_images,
        sequence=manifest.sequence,
        content_digest=manifest.content_digest,
    )
