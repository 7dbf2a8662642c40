"""``casegraph.json``: what makes a folder a workspace, and what the workspace remembers about its engines."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from clip.encoder_names import COMPACT, TFIDF_SVD
from ingest.errors import StorageError, WorkspaceError
from ingest.files import write_file
from ingest.remedies import Remedy, RemedyAction

FORMAT = 1
FILE_NAME = "casegraph.json"


@dataclass(frozen=True)
class WorkspaceFile:
    """Addresses without passwords, and the names of the encoders."""

    format: int = FORMAT
    documents: str = "sqlite"
    graph: str = "embedded"
    vectors: str = "faiss"
    image_encoder: str = COMPACT
    text_encoder: str = TFIDF_SVD
    fitted_on_cases: int = 0


def is_workspace(folder: Path) -> bool:
    """Tell whether the folder holds a workspace; a name that is too long, or holds a null character, names none."""
    try:
        return (folder / FILE_NAME).is_file()
    except (OSError, ValueError):
        return False


def read_workspace_file(folder: Path) -> WorkspaceFile:
    """Return what the workspace remembers.

    Raises
    ------
    WorkspaceError
        If the folder is no workspace, its file is damaged, or it was made by a newer CaseGraph.
    """
    path = folder / FILE_NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = int(content["format"])
    except (FileNotFoundError, NotADirectoryError) as error:
        raise WorkspaceError(
            f"'{folder}' is not a workspace: it has no {FILE_NAME}. Make one.",
            remedy=Remedy(RemedyAction.MAKE_WORKSPACE),
        ) from error
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise WorkspaceError(f"{path} cannot be read as a workspace file: {type(error).__name__}.") from error
    if version != FORMAT:
        raise WorkspaceError(
            f"{path} has format {version}, this CaseGraph reads format {FORMAT}. Use the version that made it."
        )
    kinds: dict[str, type[object]] = {field.name: type(field.default) for field in fields(WorkspaceFile)}
    known = {name: value for name, value in content.items() if name in kinds}
    for name, value in known.items():
        if type(value) is not kinds[name]:
            raise WorkspaceError(
                f"{path}: '{name}' must be {'a number' if kinds[name] is int else 'text'}. Correct it, or leave it out."
            )
    return WorkspaceFile(**known)


def write_workspace_file(folder: Path, content: WorkspaceFile) -> None:
    """Write the file whole or not at all, making the folder where it is not there.

    Raises
    ------
    StorageError
        If the folder cannot be written to.
    """
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_file(path, json.dumps(asdict(content), indent=2) + "\n")
    except OSError as error:
        raise StorageError(
            f"cannot write {path}: {error.strerror or error}. Choose another folder.",
            remedy=Remedy(RemedyAction.OTHER_WORKSPACE),
        ) from error
