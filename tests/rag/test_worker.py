"""The one FAISS thread: bounded, and honest about what goes wrong on it."""

from __future__ import annotations

import threading

import pytest

from ingest.errors import BusyError
from rag import worker
from rag.worker import ask_faiss


def test_every_question_runs_on_the_same_thread():
    assert ask_faiss(threading.get_ident) == ask_faiss(threading.get_ident) != threading.get_ident()


def test_what_a_question_raises_reaches_its_asker():
    with pytest.raises(ZeroDivisionError):
        ask_faiss(lambda: 1 // 0)


def test_t27_a_full_queue_says_busy_at_once(monkeypatch):
    monkeypatch.setattr(worker, "_places", threading.BoundedSemaphore(1))
    go_on, started = threading.Event(), threading.Event()

    def slow():
        started.set()
        return go_on.wait(5)

    first = threading.Thread(target=ask_faiss, args=(slow,))
    first.start()
    assert started.wait(5)
    with pytest.raises(BusyError, match="busy"):
        ask_faiss(lambda: None)
    go_on.set()
    first.join()
    assert ask_faiss(lambda: 7) == 7
