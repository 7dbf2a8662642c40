"""A folder that appears whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import InputError, StorageError
from ingest.files import flush_folder, unfinished_path


@contextmanager
def whole_folder(folder: Path) -> Generator[Path]:
    """Yield an unfinished folder that becomes `folder` when the block ends without error, and goes otherwise.

    Raises
    ------
    InputError
        If `folder` is there and not empty: nothing is overwritten.
    StorageError
        If it cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError(f"'{folder}' is not empty, and nothing is overwritten. Name a new folder.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = unfinished_path(folder.parent)
        unfinished.mkdir()
        try:
            yield unfinished
            if folder.exists():
                folder.rmdir()
            unfinished.rename(folder)
        except BaseException:  # also on Ctrl-C: what is half-written goes, the error goes on
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        flush_folder(folder.parent)
    except OSError as error:
        message = f"cannot write the data set to {folder}: {error.strerror or error}. Free space or allow writing."
        raise StorageError(message) from error
