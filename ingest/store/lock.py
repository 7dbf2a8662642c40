"""One writer at a time: a lock file beside the database, with who holds it and since when.

The operating system lets go of the lock when its holder ends, however it ends. Where the file system ignores
locks (some network shares), the store's compare-and-swap of the sequence still keeps two writers apart.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ingest.errors import BusyError, StorageError
from ingest.processes import process_is_alive

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_LOCKED_BYTE = 4096  # Windows locks bytes, not files: one beyond the text, so that others can read who holds it


@contextmanager
def writer_lock(path: Path, since: str) -> Iterator[None]:
    """Hold the lock file for as long as the block runs.

    Raises
    ------
    BusyError
        If another process holds it; the message says which, since when.
    StorageError
        If the file cannot be made.
    """
    descriptor = _locked(path)
    try:
        _write_holder(descriptor, json.dumps({"pid": os.getpid(), "since": since}))
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
        os.close(descriptor)


def holder_of(path: Path) -> int | None:
    """Return the pid that is written into a lock file, of a live or a dead process; None where it is free."""
    try:
        return int(json.loads(path.read_bytes())["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _locked(path: Path) -> int:
    descriptor = _open(path)
    try:
        _take(descriptor)
    except OSError:
        pid, since = _holder(descriptor)
        os.close(descriptor)
        if pid is None or process_is_alive(pid):
            raise BusyError(_busy(path, pid, since)) from None
        return _reclaimed(path, pid, since)
    return descriptor


def _reclaimed(path: Path, pid: int, since: str) -> int:
    """Lock a fresh file: the holder is dead, but a child that it left behind still holds the old one open."""
    path.unlink(missing_ok=True)
    descriptor = _open(path)
    try:
        _take(descriptor)
    except OSError:
        os.close(descriptor)
        raise BusyError(_busy(path, pid, since)) from None
    return descriptor


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(f"the lock file {path} cannot be opened: {error.strerror}.") from error


def _write_holder(descriptor: int, text: str) -> None:
    with suppress(OSError):  # a full disk must not stop the lock: the text only helps people
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, text.encode())


def _holder(descriptor: int) -> tuple[int | None, str]:
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        holder = json.loads(os.read(descriptor, _LOCKED_BYTE))
        return int(holder["pid"]), str(holder["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, "a moment ago"


def _busy(path: Path, pid: int | None, since: str) -> str:
    who = f"process {pid}" if pid else "another process"
    return f"{path.parent} is being written by {who} since {since}. Wait until it has ended, then try again."
