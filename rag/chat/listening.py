"""Listen to a source that another thread reads, for a limited time in all.

A client bounds each wait for bytes, not their sum: a server that sends a byte now and then would hold its caller for
ever. Here the caller keeps its own clock; who calls back is called in the caller's thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


class _End:
    """Said when the source has ended."""


def listen(source: Callable[[], Iterator[T]], deadline: float) -> Iterator[T]:
    """Yield what a source yields.

    Parameters
    ----------
    source : callable
        Called and read in a thread of its own, which ends with the next item once nobody listens any more.
    deadline : float
        On the clock of `time.monotonic`.

    Raises
    ------
    TimeoutError
        At the deadline.
    """
    received: SimpleQueue[T | _End | Exception] = SimpleQueue()
    left = Event()
    Thread(target=_read, args=(source, received, left), name="listening", daemon=True).start()
    try:
        while not isinstance(item := _next(received, deadline), _End):
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        left.set()


def _next(received: SimpleQueue[T], deadline: float) -> T:
    try:
        return received.get(timeout=max(0.0, deadline - time.monotonic()))
    except Empty:
        raise TimeoutError from None


def _read(source: Callable[[], Iterator[T]], received: SimpleQueue[T | _End | Exception], left: Event) -> None:
    try:
        for item in source():
            received.put(item)
            if left.is_set():
                return
        received.put(_End())
    except Exception as error:  # noqa: BLE001 - who listens gets it
        received.put(error)
