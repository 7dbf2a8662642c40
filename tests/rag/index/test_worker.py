"""One call of FAISS at a time: bounded, and honest about what goes wrong."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.errors import BusyError
from rag.index import worker
from rag.index.worker import MAX_TOGETHER, ask_faiss, ask_faiss_together


def test_every_question_runs_on_the_same_thread():
    assert ask_faiss(threading.get_ident) == ask_faiss(threading.get_ident) != threading.get_ident()


def test_who_asks_while_nobody_is_answered_is_answered_in_its_own_thread():
    def who(asked):
        return [threading.get_ident()] * len(asked)

    assert ask_faiss_together("kind", 1, who) == threading.get_ident()


def test_never_do_two_ask_at_the_same_time():
    inside, seen = [], []

    def look(asked):
        inside.append(1)
        seen.append(len(inside))
        time.sleep(0.0002)
        inside.pop()
        return asked

    with ThreadPoolExecutor(50) as threads:
        together = [threads.submit(ask_faiss_together, n % 3, n, look) for n in range(300)]
        alone = [threads.submit(ask_faiss, lambda: look([0])) for _ in range(50)]
        assert [answer.result() for answer in together] == list(range(300))
        assert all(answer.result() == [0] for answer in alone)
    assert set(seen) == {1}


def test_what_a_question_raises_reaches_its_asker():
    with pytest.raises(ZeroDivisionError, match="by zero"):
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


def asked_all():
    """Tell whether the second batch of a hundred questions is full too."""
    batch = worker._open_batches.get("kind")
    return batch is not None and len(batch.asked) == 100 - MAX_TOGETHER


def test_questions_that_wait_at_the_same_time_are_asked_together_and_each_gets_its_own_answer():
    go_on, started, sizes = threading.Event(), threading.Event(), []

    def block():
        started.set()
        go_on.wait()

    def doubled(asked):
        sizes.append(len(asked))
        return [2 * one for one in asked]

    blocker = threading.Thread(target=ask_faiss, args=(block,))
    blocker.start()
    assert started.wait(60)
    with ThreadPoolExecutor(100) as threads:
        answers = [threads.submit(ask_faiss_together, "kind", number, doubled) for number in range(100)]
        while sum(answer.running() for answer in answers) < 100 or not asked_all():
            time.sleep(0.001)
        go_on.set()
        assert [answer.result() for answer in answers] == [2 * number for number in range(100)]
    blocker.join()
    assert sizes == [MAX_TOGETHER, 100 - MAX_TOGETHER]


def test_what_goes_wrong_reaches_all_who_asked_together_and_nobody_after():
    with pytest.raises(ZeroDivisionError, match="by zero"):
        ask_faiss_together("kind", 1, lambda asked: [one // 0 for one in asked])
    assert ask_faiss_together("kind", 1, lambda asked: [one + 1 for one in asked]) == 2


@pytest.mark.parametrize("clients", [200, 1000])
def test_t27_so_many_clients_get_an_answer_or_hear_busy_and_all_goes_on_afterwards(search, clients):
    expected = search.similar_to_image(b"aab", k=3)
    outcomes = []

    def ask(_):
        try:
            outcomes.append(search.similar_to_image(b"aab", k=3) == expected)
        except BusyError as error:
            outcomes.append(str(error).startswith("search is busy"))

    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(ask, range(2 * clients)))
    assert outcomes == [True] * (2 * clients)
    assert search.similar_to_image(b"aab", k=3) == expected
