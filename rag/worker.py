"""The one thread that calls FAISS, for the whole process.

FAISS starts a team of threads for each thread that calls it, and two hundred callers at once end the process by a
segmentation fault. So callers queue here; when too many wait, a new one is told so at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ingest.errors import BusyError

Answer = TypeVar("Answer")

MOST_WAITING = 512  # at a fraction of a millisecond a question, the last in the queue waits well under a second

_places = threading.BoundedSemaphore(MOST_WAITING)
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="faiss")


def ask_faiss(question: Callable[[], Answer]) -> Answer:
    """Run `question` on the one FAISS thread and return its answer.

    Raises
    ------
    BusyError
        If the queue is full.
    """
    if not _places.acquire(blocking=False):
        raise BusyError(f"search is busy: {MOST_WAITING} questions wait already. Try again in a second.")
    try:
        return _worker.submit(question).result()
    finally:
        _places.release()
