"""A watch on a server: who waits for it gets an error when it has said nothing for too long.

The driver bounds each of its own steps, not their sum: it connects again and tries again; and once connected it waits
for as long as the other end seems to be there, for ever where the server has gone and nothing says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


class Watch:
    """Lets work wait for a server, at most `timeout_s` from its start or from the last time that it answered."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._last_reply = time.monotonic()

    def answered(self) -> None:
        """Wait again from now on."""
        self._last_reply = time.monotonic()

    def run(self, work: Callable[[], T]) -> T:
        """Return what the work returns. It runs in another thread, which is left alone when it takes too long.

        Raises
        ------
        TimeoutError
            If the server has said nothing for so long.
        """
        future = Future[T]()
        Thread(target=_fulfil, args=(future, work), name="graph", daemon=True).start()
        while (left_s := self._last_reply + self._timeout_s - time.monotonic()) > 0:
            if wait([future], left_s).done:
                return future.result()
        raise TimeoutError


def _fulfil(future: Future[T], work: Callable[[], T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - who waits for the future gets it
        future.set_exception(error)
