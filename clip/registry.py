"""Models by name: those that CaseGraph describes, one JSON each in ``clip/models``, and those a workspace was given.

A description is in open_clip's own form (``model_cfg``, ``preprocess_cfg``; those of ``compact`` lie with its weights)
and says under ``casegraph`` where weights come from and, where it is known, the SHA-256 of that file. A model that
`clip.adding.add_model` added is a folder of its own with ``model.json``, which has the SHA-256 of every file; it is
used only while all of them are what they were.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from clip.builtin import FOLDER as COMPACT_FOLDER
from clip.encoder_names import COMPACT, HOG_PCA, MINILM, TFIDF_SVD
from clip.weights import sha256_of_file
from ingest.errors import DamagedFile, InputError, StorageError
from ingest.remedies import Remedy, RemedyAction

ADDED = "added"
RECORD = "model.json"
IMAGES_AND_TEXTS = "images and texts"
TEXTS = "texts"
RUNS_CODE = (".pkl", ".pickle", ".pt", ".pth", ".bin", ".ckpt", ".npy", ".py")
"""Suffixes of files that can carry code; no model that was added has one."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_TAKEN = (COMPACT, HOG_PCA, TFIDF_SVD, MINILM)


@dataclass(frozen=True)
class ModelSource:
    """Where a file or folder of weights comes from; `sha256` is None where the publisher's digest is not known here."""

    source: str
    sha256: str | None


@dataclass(frozen=True)
class ModelDescription:
    """A model that CaseGraph describes; `text` is where its text encoder comes from, where that is not CLIP's own."""

    name: str
    title: str
    licence: str
    weights: ModelSource
    text: ModelSource | None
    config: Mapping[str, Any]


@dataclass(frozen=True)
class AddedModel:
    """A model that a workspace was given.

    Attributes
    ----------
    source_name : str
        Name of the file or folder that it was made from.
    source_sha256 : str or None
        Of that file; None for a folder.
    files : mapping of str to str
        SHA-256 of each file in `folder`, by its path there.
    """

    name: str
    kind: str
    source_name: str
    source_sha256: str | None
    files: Mapping[str, str]
    folder: Path


def described_models() -> dict[str, ModelDescription]:
    """Return every model that CaseGraph describes, by name."""
    places = sorted((files("clip") / "models").iterdir(), key=lambda place: place.name)
    return {place.name.removesuffix(".json"): _description(place) for place in places if place.name.endswith(".json")}


def _description(place: Any) -> ModelDescription:
    config = json.loads(place.read_text(encoding="utf-8"))
    said = config["casegraph"]
    text = said.get("text")
    return ModelDescription(
        name=place.name.removesuffix(".json"),
        title=said["title"],
        licence=said["licence"],
        weights=ModelSource(**said["weights"]),
        text=ModelSource(**text) if text else None,
        config=config,
    )


def require_free_name(name: str) -> str:
    """Return the name if a model may be added under it. Raises InputError."""
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise InputError(
            f"'{name}' cannot name a model. Use lower-case letters, digits, '.', '_' and '-', and none of "
            f"{', '.join(_TAKEN)}."
        )
    return name


def added_models(folder: Path) -> dict[str, AddedModel]:
    """Return the models that were added to a workspace's folder of models, by name.

    Raises
    ------
    DamagedFile
        If the record of one of them is damaged.
    StorageError
        If the folder cannot be read, or its name is too long.
    """
    try:
        records = sorted((folder / ADDED).glob(f"*/{RECORD}"))
    except OSError as error:
        raise StorageError(f"cannot read the models in {str(folder)[:200]}: {error.strerror or error}.") from error
    return {record.parent.name: read_added(record.parent) for record in records if _NAME.fullmatch(record.parent.name)}


def read_added(place: Path) -> AddedModel:
    """Read the record of an added model. Raises DamagedFile if it is damaged."""
    try:
        said = json.loads((place / RECORD).read_bytes())
        digests = {str(name): str(digest) for name, digest in said["files"].items()}
        return AddedModel(place.name, said["kind"], said["source_name"], said["source_sha256"], digests, place)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedFile(
            f"{place / RECORD} is damaged. Add '{place.name}' again.", remedy=Remedy(RemedyAction.ADD_MODEL, place.name)
        ) from error


def find_added(name: str, folder: Path) -> AddedModel | None:
    """Return the model that was added under this name; None where there is none."""
    place = folder / ADDED / name
    return read_added(place) if _NAME.fullmatch(name) and (place / RECORD).is_file() else None


def problems_of(model: AddedModel) -> list[str]:
    """Return what is wrong with an added model, a sentence each: nothing where it is what was added."""
    found = []
    for name, digest in model.files.items():
        path = model.folder / name
        if not path.is_file():
            found.append(f"'{name}' is missing")
        elif sha256_of_file(path) != digest:
            found.append(f"'{name}' is not what was added (SHA-256 differs)")
    for name in files_below(model.folder):
        if name not in model.files and name != RECORD:
            code = ", and a file of its kind can carry code" if name.endswith(RUNS_CODE) else ""
            found.append(f"'{name}' was not added{code}")
    return found


def problems_of_builtin() -> list[str]:
    """Return what is wrong with the built-in model, a sentence each."""
    from clip.model_folder import WEIGHTS

    path, wanted = COMPACT_FOLDER / WEIGHTS, described_models()[COMPACT].weights.sha256
    whole = path.is_file() and sha256_of_file(path) == wanted
    return [] if whole else [f"'{path}' is missing or damaged. Install CaseGraph again"]


def require_unchanged(model: AddedModel) -> AddedModel:
    """Return the model if it is what was added. Raises DamagedFile, and reads no weights before."""
    problems = problems_of(model)
    if problems:
        raise DamagedFile(
            f"model '{model.name}': {problems[0]}. Add it again.", remedy=Remedy(RemedyAction.ADD_MODEL, model.name)
        )
    return model


def files_below(folder: Path) -> list[str]:
    """Return the paths of all files below a folder, with ``/`` between their parts."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
