"""Who uses the embedded graph server: locks that the kernel lets go of when a process ends, even by kill -9.

Each user holds a shared lock on ``users.lock`` for as long as it lives; the guard ends the server once it gets
that lock alone (`kg.engine.guard`). Whoever starts a server holds ``start.lock`` meanwhile.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import BusyError

# An ending server has ten seconds to close its files; a starting one is given a minute.
LOCK_TIMEOUT_S = 60
_LOOK_EVERY_S = 0.02


def join(folder: Path) -> int:
    """Become a user of the folder's server; the descriptor returned is the membership."""
    return _locked(folder / "users.lock", fcntl.LOCK_SH, "is ending")


@contextmanager
def starting(folder: Path, timeout_s: float = LOCK_TIMEOUT_S) -> Generator[None]:
    """Be the only process that starts a server on the folder."""
    descriptor = _locked(folder / "start.lock", fcntl.LOCK_EX, "is being started by another process", timeout_s)
    try:
        yield
    finally:
        os.close(descriptor)


def leave(users: int, guard: subprocess.Popen[bytes] | None) -> None:
    """Stop being a user. Whoever started the server and leaves last waits until it has ended."""
    if guard is None:
        os.close(users)
        return
    try:
        last = _try(users, fcntl.LOCK_EX)
        if last:
            guard.terminate()
            guard.wait()
    finally:
        os.close(users)
    if not last:  # the guard is our child: take note of its end, whenever that is
        threading.Thread(target=guard.wait, name="graph server guard", daemon=True).start()


def _locked(path: Path, kind: int, reason: str, timeout_s: float = LOCK_TIMEOUT_S) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + timeout_s
    while not _try(descriptor, kind):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise BusyError(f"the graph server of {path.parent} {reason} since {timeout_s:.0f} s. Try again later.")
        time.sleep(_LOOK_EVERY_S)
    return descriptor


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
