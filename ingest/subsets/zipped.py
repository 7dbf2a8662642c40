"""A written data set as one file, to be handed on."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from ingest.errors import InputError, StorageError
from ingest.files import replacing, unfinished_path

_PRESSED = frozenset({".png", ".parquet", ".tar"})  # these hold nothing that could be pressed further
_BUFFER = 1 << 20
_UNIX_FILE = 0o100644 << 16
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP file can tell: equal data sets become equal files


def write_zip(folder: Path, file: Path) -> None:
    """Write the files of a folder into one ZIP file, below the folder's name, each streamed from the disk.

    Raises
    ------
    StorageError
        If it cannot be written; nothing half-written stays.
    """
    try:
        with replacing(file) as stream, ZipFile(stream, "w") as pressed:
            for path in sorted(one for one in folder.rglob("*") if one.is_file()):
                entry = ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", _TIME)
                entry.compress_type = ZIP_STORED if path.suffix in _PRESSED else ZIP_DEFLATED
                entry.external_attr = _UNIX_FILE
                entry.file_size = path.stat().st_size
                with path.open("rb") as source, pressed.open(entry, "w") as target:
                    while block := source.read(_BUFFER):
                        target.write(block)
    except OSError as error:
        message = f"cannot write {file}: {error.strerror or error}. Free space or allow writing."
        raise StorageError(message) from error


@contextmanager
def folder_for(file: Path) -> Generator[Path]:
    """Yield the place of a folder that is called as `file` without its ending, and is gone afterwards.

    Raises
    ------
    InputError
        If `file` is there: nothing is overwritten.
    """
    try:
        is_there = file.exists()
    except OSError as error:  # a name that is too long
        raise InputError(f"'{file}' cannot be written: {error.strerror}. Name another file.") from error
    if is_there:
        raise InputError(f"'{file}' is there already, and nothing is overwritten. Name a new file.")
    unfinished = unfinished_path(file.parent)
    try:
        yield unfinished / file.stem
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
