"""The process between us and the embedded graph server: it ends the server when nobody uses it any more.

Run as a file, with nothing but the standard library: ``python guard.py USERS_LOCK JAVA_ARGUMENT...``. Each of
our processes that uses the server holds a shared lock on USERS_LOCK for as long as it lives; the kernel lets go
of it even after kill -9. Once the guard gets that lock for itself alone, there is no user left.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time

# How often to look whether somebody still uses the server.
LOOK_EVERY_S = 0.25
# The server closes its files within about half a second; after this long it hangs.
STOP_TIMEOUT_S = 10
# <sys/prctl.h>: the signal that a child gets when its parent ends; on Linux only.
_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    """Run the server until it ends, until nobody uses it, or until SIGTERM."""
    users_lock, *command = arguments
    signal.signal(signal.SIGTERM, _stop)
    descriptor = os.open(users_lock, os.O_RDWR | os.O_CREAT, 0o600)
    server = subprocess.Popen(command, preexec_fn=_end_with_parent, stdin=subprocess.DEVNULL)  # noqa: PLW1509 - one thread
    try:
        while server.poll() is None and not _unused(descriptor):
            time.sleep(LOOK_EVERY_S)
    except SystemExit:
        pass
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return _end(server)


def _unused(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end(server: subprocess.Popen[bytes]) -> int:
    server.terminate()
    try:
        return server.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()


def _stop(_signal: int, _frame: object) -> None:
    raise SystemExit


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
