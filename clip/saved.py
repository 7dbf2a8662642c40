"""Fitted models on disk: arrays as safetensors, everything else as JSON, never a pickle.

``<name>.json`` is written last and names the file of arrays with its SHA-256, so that a model that was only
half written is never read, and a damaged one is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.case import sha256_of_json
from ingest.errors import DamagedFile, StaleProjection, StorageError
from ingest.files import write_file
from ingest.remedies import Remedy, RemedyAction

_REBUILD = Remedy(RemedyAction.REBUILD_INDEX)


@dataclass(frozen=True, eq=False)
class Saved:
    """What was fitted: arrays by name, plain facts by name, and the SHA-256 over both."""

    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]
    fingerprint: str


def write_saved(folder: Path, name: str, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> Saved:
    """Write a fitted model into `folder`, in place of an earlier one of that name.

    Raises
    ------
    StorageError
        If it cannot be written; an earlier one is then intact.
    """
    from safetensors.numpy import save

    data = save({key: np.asarray(array, order="C") for key, array in arrays.items()})
    digest = hashlib.sha256(data).hexdigest()
    kept = {**facts, "arrays_sha256": digest}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_file(_arrays_path(folder, name, digest), data)
        write_file(folder / f"{name}.json", json.dumps(kept, ensure_ascii=False, allow_nan=False))
        _remove_older(_arrays_path(folder, name, digest), name)
    except OSError as error:
        raise StorageError(f"{name} could not be written to {folder}: {error.strerror}. Free space there.") from error
    return Saved(dict(arrays), kept, sha256_of_json(kept))


def move_saved(source: Path, folder: Path) -> None:
    """Put every fitted model of the folder `source` in the place of that of its name in `folder`.

    Raises
    ------
    StorageError
        If one cannot be moved.
    """
    for facts in sorted(source.glob("*.json")):
        arrays = _arrays_path(folder, facts.stem, json.loads(facts.read_bytes())["arrays_sha256"])
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (source / arrays.name).replace(arrays)
            facts.replace(folder / facts.name)
            _remove_older(arrays, facts.stem)
        except OSError as error:
            raise StorageError(
                f"{facts.stem} cannot be kept in {folder}: {error.strerror}. Correct its permissions."
            ) from error


def _remove_older(arrays: Path, name: str) -> None:
    for older in arrays.parent.glob(f"{name}-*.safetensors"):
        if older != arrays:
            older.unlink(missing_ok=True)


def read_saved(folder: Path, name: str) -> Saved:
    """Read what `write_saved` wrote.

    Raises
    ------
    StaleProjection
        If there is none.
    DamagedFile
        If a file is not what was written.
    """
    from safetensors.numpy import load

    path = folder / f"{name}.json"
    try:
        facts = json.loads(path.read_bytes())
        arrays_path = _arrays_path(folder, name, facts["arrays_sha256"])
    except FileNotFoundError:
        message = f"{name} has not been fitted on these cases: {path} is missing. Fit it."
        raise StaleProjection(message, remedy=_REBUILD) from None
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedFile(f"{path} is damaged. Fit {name} again.", remedy=_REBUILD) from error
    data = arrays_path.read_bytes() if arrays_path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != facts["arrays_sha256"]:
        raise DamagedFile(f"{arrays_path} is damaged or missing. Fit {name} again.", remedy=_REBUILD)
    return Saved(load(data), facts, sha256_of_json(facts))


def _arrays_path(folder: Path, name: str, digest: str) -> Path:
    return folder / f"{name}-{digest[:16]}.safetensors"
