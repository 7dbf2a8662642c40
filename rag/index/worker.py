"""One call of FAISS at a time, for the whole process, and the bounded queue in front of it.

FAISS starts a team of threads for each thread that calls it, and two hundred callers at once end the process by a
segmentation fault. So callers queue here for the one thread that asks; when too many wait, a new one is told at once.
Questions to one index that wait at the same time are asked together, in one call. Who comes while nobody is being
answered asks at once, in its own thread: handing over costs a tenth of a question, and more on a busy machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ingest.errors import BusyError

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

MAX_WAITING = 512  # at a fraction of a millisecond a question, the last in the queue waits well under a second
MAX_TOGETHER = 64  # questions in one call: what came last should not wait for all that came first

_places = threading.BoundedSemaphore(MAX_WAITING)
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="faiss")
_lock = threading.Lock()
_faiss = threading.Lock()  # held by whoever calls FAISS


@dataclass(eq=False)
class _Batch:
    """Questions of one kind that are asked together, and the answers to come, in their order."""

    asked: list[Any] = field(default_factory=list)
    answers: Future[Sequence[Any]] | None = None


_open_batches: dict[Hashable, _Batch] = {}


def ask_faiss(question: Callable[[], Answer]) -> Answer:
    """Run `question` on the one FAISS thread and return its answer.

    Raises
    ------
    BusyError
        If the queue is full.
    """
    _take_place()
    try:
        return _worker.submit(_alone, question).result()
    finally:
        _places.release()


def ask_faiss_together(kind: Hashable, asked: Asked, ask: Callable[[Sequence[Asked]], Sequence[Answer]]) -> Answer:
    """Ask at once where nobody is being answered, else in one call with all questions of the same kind that wait then.

    Parameters
    ----------
    kind : hashable
        Questions of equal kind may be asked together: the same index, restriction and number of neighbours.
    asked
        The question.
    ask : callable
        Answers several questions, in their order.

    Raises
    ------
    BusyError
        If the queue is full.
    """
    _take_place()
    try:
        if not _open_batches and _faiss.acquire(blocking=False):
            try:
                return ask([asked])[0]
            finally:
                _faiss.release()
        with _lock:
            batch = _open_batches.setdefault(kind, _Batch())
            place = len(batch.asked)
            batch.asked.append(asked)
            answers = batch.answers = batch.answers or _worker.submit(_ask_all, kind, batch, ask)
            if len(batch.asked) == MAX_TOGETHER:
                del _open_batches[kind]
        return answers.result()[place]
    finally:
        _places.release()


def _ask_all(kind: Hashable, batch: _Batch, ask: Callable[[Sequence[Any]], Sequence[Any]]) -> Sequence[Any]:
    with _lock:
        if _open_batches.get(kind) is batch:
            del _open_batches[kind]
    return _alone(lambda: ask(batch.asked))


def _alone(question: Callable[[], Answer]) -> Answer:
    with _faiss:
        return question()


def _take_place() -> None:
    if not _places.acquire(blocking=False):
        raise BusyError(f"search is busy: {MAX_WAITING} questions wait already. Try again in a second.")
