"""Files that are written whole or not at all: beside their place, flushed to the disk, then renamed into it.

Own code, for no library that is kept up does this: atomicwrites was given up by its author in 2022, and none of the
others flushes the folder or names what a killed process leaves behind so that it can be found and removed. And
whether a path that comes from elsewhere may be written to at all.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ingest.processes import process_is_alive

PREFIX = ".writing-"
# What is on its way is hidden and bears the number of its process until it is whole.
_UNFINISHED = re.compile(re.escape(PREFIX) + r"(\d+)-.*", re.DOTALL)
_CREATED = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_PRIVATE, _AS_USUAL = 0o600, 0o666  # less what the process's umask takes away


def leads_inside(name: str) -> bool:
    r"""Tell whether a path that a package or a browser names stays below the folder that it is written into.

    Examples
    --------
    >>> leads_inside("images/a.png"), leads_inside("images/../../a"), leads_inside("/a"), leads_inside("..\\a")
    (True, False, False, False)
    """
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and "\0" not in name


def write_file(path: Path, content: bytes | str, *, private: bool = False) -> None:
    """Write `content`, a text as UTF-8, in place of an earlier file; a reader sees all of one or all of the other.

    Raises
    ------
    OSError
        If it cannot be written; an earlier file is then intact.
    """
    with replacing(path, private=private) as stream:
        stream.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """Give a stream whose content takes the place of the file `path` when the block ends without error.

    What was written can be read back from it before that.

    Parameters
    ----------
    private : bool
        Whether only the user may read the file.

    Raises
    ------
    OSError
        If it cannot be written; an earlier file is then intact.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.EEXIST, "is a device, not a file")  # its place must not be taken by a file
    unfinished = unfinished_path(path.parent)
    try:
        handle = os.open(unfinished, _CREATED, _PRIVATE if private else _AS_USUAL)
        with _stream(handle) as stream:
            yield stream
            _flush(stream)
        unfinished.replace(path)
    except BaseException:  # also on Ctrl-C: the half-written file goes, the error goes on
        with suppress(OSError):
            unfinished.unlink()
        raise
    flush_folder(path.parent)


def _stream(handle: int) -> BinaryIO:
    try:
        return os.fdopen(handle, "w+b")
    except BaseException:
        os.close(handle)
        raise


def write_flushed(path: Path, data: bytes) -> None:
    """Write a file of a folder that takes its place as a whole, so that it needs no rename of its own."""
    with path.open("xb") as stream:
        stream.write(data)
        _flush(stream)


def _flush(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def flush_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: after a power cut a renamed file has its new name."""
    if os.name == "nt":  # Windows cannot open a folder; its rename is flushed with the journal
        return
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unfinished_path(folder: Path) -> Path:
    """Return a new name in `folder` for a file or folder on its way."""
    return folder / f"{PREFIX}{os.getpid()}-{secrets.token_hex(8)}"


def left_behind(folder: Path) -> list[Path]:
    """Return the files and folders in `folder` that processes which have ended did not finish; none is ever read."""
    named = [(path, _UNFINISHED.fullmatch(path.name)) for path in sorted(folder.glob(f"{PREFIX}*"))]
    return [path for path, pid in named if pid is not None and not process_is_alive(int(pid[1]))]
