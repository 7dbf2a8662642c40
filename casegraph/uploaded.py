"""A folder that somebody uploads: laid on the disk of the machine that serves, for as long as it is read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ingest.errors import InputError, StorageError
from ingest.files import leads_inside


def lay_down(files: Iterable[tuple[str, bytes]], folder: Path) -> Path:
    """Write the files of an uploaded folder; return the folder that holds them all.

    Parameters
    ----------
    files : iterable of tuple
        The path of each below what was chosen, as a browser says it (``my-cases/images/a.png``), and its bytes. What is
        hidden, such as ``.DS_Store``, is left out.
    folder : Path
        An empty folder.

    Raises
    ------
    InputError
        If there is nothing, a path leads elsewhere, or one stands twice.
    StorageError
        If it cannot be written.
    """
    starts: set[str] = set()
    for name, content in files:
        parts = _parts(name)
        if any(part.startswith(".") for part in parts):
            continue
        path = folder.joinpath(*parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(content)
        except (FileExistsError, NotADirectoryError) as error:
            raise InputError("the upload has two files with the same path. Choose the folder again.") from error
        except OSError as error:
            raise StorageError(f"the upload cannot be kept while it is read: {error.strerror}. Make room.") from error
        starts.add(parts[0] if len(parts) > 1 else "")
    if not starts:
        raise InputError("the upload has no files. Choose a folder with cases in it.")
    return folder / starts.pop() if len(starts) == 1 else folder


def _parts(name: str) -> tuple[str, ...]:
    """Return the steps of a path below the folder that was chosen.

    Raises
    ------
    InputError
        If it leads elsewhere.
    """
    path = PurePosixPath(name)
    if not path.parts or ":" in name or not leads_inside(name):
        raise InputError(
            "the upload has a file whose path leads outside its folder. Rename it, and choose the folder again."
        )
    return path.parts
