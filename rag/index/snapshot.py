"""Vector snapshots on disk: written once, verified before use, replaced as a whole.

A folder of snapshots looks like this::

    CURRENT                        name of the snapshot in use
    snapshot-000602-8c1e-1f0c9a…/  number of the documents' sequence, a random part, start of the manifest's digest
        vectors.npy                float32 of shape (n, d), unit rows
        rows.json                  per row: vector id, case id, key of the content that was embedded
        manifest.json              encoder, dimension, metric, sequence, SHA-256 and size of the two others

A new snapshot is written beside the old one, flushed to the disk, then made current by renaming one file. A
process that dies on the way leaves the old snapshot in use; what it left behind is removed by the next write.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clip.encoders import Encoder
from clip.vectors import Vectors, require_vectors
from ingest.errors import DamagedFile, InputError, StaleProjection, StorageError
from ingest.files import PREFIX, flush_folder, unfinished_path, write_file, write_flushed
from ingest.remedies import Remedy, RemedyAction
from rag.index.interface import METRIC, REBUILD, VectorRow, VectorState, require_same_encoder

FORMAT_VERSION = 1
CURRENT = "CURRENT"
_VECTORS, _ROWS = "vectors.npy", "rows.json"

_NAME = re.compile(r"snapshot-[0-9]{6,20}-[0-9a-f]{8}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says of itself; in its file the values of `state` stand beside the others."""

    state: VectorState
    sha256: dict[str, str]
    size_bytes: dict[str, int]
    format_version: int = FORMAT_VERSION


@dataclass(frozen=True)
class Snapshot:
    """One verified snapshot in memory."""

    name: str
    manifest: Manifest
    rows: tuple[VectorRow, ...]
    vectors: Vectors


def write_snapshot(
    folder: Path, rows: Sequence[VectorRow], vectors: Vectors, *, encoder: Encoder, sequence: int
) -> str:
    """Write a new snapshot, make it current, remove all others, and return its name.

    Raises
    ------
    InputError
        If an id occurs twice, or a vector is not a finite unit vector of the encoder's dimension.
    StorageError
        If the disk refuses; the previous snapshot stays in use.
    """
    _require_sound(rows, vectors, encoder)
    files = {_VECTORS: _npy_bytes(vectors), _ROWS: _rows_bytes(rows)}
    sha256 = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    state = VectorState(
        encoder.name,
        encoder.fingerprint,
        encoder.dimension,
        METRIC,
        sequence,
        count=len(rows),
        digest=sha256[_VECTORS],
    )
    sizes = {name: len(data) for name, data in files.items()}
    files["manifest.json"] = _manifest_bytes(Manifest(state, sha256, sizes))
    digest = hashlib.sha256(files["manifest.json"]).hexdigest()
    name = f"snapshot-{sequence:06d}-{uuid.uuid4().hex[:8]}-{digest[:12]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_folder(folder, name, files)
        write_file(folder / CURRENT, name)
        remove_unused(folder)
    except OSError as error:
        raise StorageError(
            f"the vectors could not be written to '{folder}': {error.strerror}. The previous ones are in use. "
            "Make room or mend the rights, then write them again.",
            remedy=Remedy(RemedyAction.INDEX),
        ) from error
    return name


def read_manifest(folder: Path) -> Manifest | None:
    """Return what the current snapshot says of itself, or None where there is no snapshot yet."""
    current = _current(folder)
    return None if current is None else _parse_manifest(current / "manifest.json", _read(current / "manifest.json"))


def load_snapshot(folder: Path, encoder: Encoder | None = None) -> Snapshot | None:
    """Return the current snapshot, every byte checked, or None where there is none yet.

    Raises
    ------
    DamagedFile
        If a file is missing or differs from its written digest.
    StaleProjection
        If another encoder than `encoder` made the vectors.
    """
    current = _current(folder)
    if current is None:
        return None
    try:
        return _load(current, encoder)
    except DamagedFile:
        if _current(folder) == current:
            raise
        return load_snapshot(folder, encoder)  # a writer swapped snapshots while we read the old one


def _load(current: Path, encoder: Encoder | None) -> Snapshot:
    manifest_bytes = _read(current / "manifest.json")
    if current.name.rpartition("-")[2] != hashlib.sha256(manifest_bytes).hexdigest()[:12]:
        raise _damaged(current / "manifest.json")
    manifest = _parse_manifest(current / "manifest.json", manifest_bytes)
    if encoder is not None:
        require_same_encoder(manifest.state, encoder)
    vectors = np.load(io.BytesIO(_verified(current / _VECTORS, manifest)), allow_pickle=False)
    rows = tuple(VectorRow(*values) for values in json.loads(_verified(current / _ROWS, manifest)))
    return Snapshot(current.name, manifest, rows, vectors)


def _require_sound(rows: Sequence[VectorRow], vectors: Vectors, encoder: Encoder) -> None:
    names = [row.vector_id for row in rows]
    if len(names) != len(vectors):
        raise InputError(f"encoder '{encoder.name}' gave {len(vectors)} vectors, expected {len(names)}.")
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(f"vector id '{name}' occurs {count} times. Each vector needs an id of its own.")
    require_vectors(vectors, names, dimension=encoder.dimension)


def _npy_bytes(vectors: Vectors) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(vectors), allow_pickle=False)
    return buffer.getvalue()


def _rows_bytes(rows: Sequence[VectorRow]) -> bytes:
    return json.dumps([[row.vector_id, row.case_id, row.content_key] for row in rows], ensure_ascii=False).encode()


def _manifest_bytes(manifest: Manifest) -> bytes:
    said = vars(manifest.state) | vars(manifest)
    del said["state"], said["digest"]  # the digest is the SHA-256 of the vectors
    return json.dumps(said, indent=1, sort_keys=True).encode()


def _write_folder(folder: Path, name: str, files: dict[str, bytes]) -> None:
    unfinished = unfinished_path(folder)
    unfinished.mkdir()
    for file_name, data in files.items():
        write_flushed(unfinished / file_name, data)
    flush_folder(unfinished)
    unfinished.rename(folder / name)
    flush_folder(folder)


def remove_snapshot(folder: Path) -> None:
    """Take the vectors away, for documents that hold no case any more; silent where there are none.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    try:
        (folder / CURRENT).unlink(missing_ok=True)
        remove_unused(folder)
    except OSError as error:
        raise StorageError(
            f"the vectors in '{folder}' cannot be removed: {error.strerror}. Mend the rights."
        ) from error


def unused_paths(folder: Path) -> list[Path]:
    """Return what unfinished or replaced snapshots have left behind; a writer that is at work has some too."""
    current = _current(folder)
    names = (path for path in folder.glob("*") if path.name.startswith(("snapshot-", PREFIX)))
    return sorted(path for path in names if current is None or path.name != current.name)


def remove_unused(folder: Path) -> None:
    """Remove what unfinished or replaced snapshots have left behind."""
    for path in unused_paths(folder):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _current(folder: Path) -> Path | None:
    pointer = folder / CURRENT
    if not pointer.exists():
        return None
    name = _read(pointer).decode(errors="replace")
    if not _NAME.fullmatch(name):
        raise _damaged(pointer)
    return folder / name


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path) from error


def _verified(path: Path, manifest: Manifest) -> bytes:
    data = _read(path)
    if hashlib.sha256(data).hexdigest() != manifest.sha256.get(path.name):
        raise _damaged(path)
    return data


def _parse_manifest(path: Path, data: bytes) -> Manifest:
    try:
        values: dict[str, Any] = dict(json.loads(data))
        sha256, size_bytes = values.pop("sha256"), values.pop("size_bytes")
        version = values.pop("format_version", FORMAT_VERSION)
        state = VectorState(**values, digest=sha256[_VECTORS])
        manifest = Manifest(state, sha256, size_bytes, version)
    except (ValueError, TypeError, KeyError) as error:
        raise _damaged(path) from error
    if manifest.format_version != FORMAT_VERSION:
        raise StaleProjection(
            f"the vectors have format {manifest.format_version}, this program reads {FORMAT_VERSION}. Rebuild them.",
            remedy=REBUILD,
        )
    return manifest


def _damaged(path: Path) -> DamagedFile:
    return DamagedFile(f"'{path}' is missing or not as it was written. Rebuild the vectors.", remedy=REBUILD)
