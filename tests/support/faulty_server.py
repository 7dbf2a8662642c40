"""A server on the loopback that fails in one of the ways of T31, in front of a real one where that is needed.

It can be healthy first and fail later: what it does, it does from the next bytes of the real server on.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

import pytest

from ingest.errors import EngineRefused, EngineUnreachable

LIMIT_S = 20.0  # ten that users wait at most, and ten that a machine shared with others may stand still


class Fault(StrEnum):
    """What goes wrong; the eighth way, a wrong password, needs no such server."""

    REFUSED = "nothing listens"
    NO_ANSWER = "takes the call and says nothing"
    HALF_OPEN = "the other end is gone, and nothing says so"
    RESET = "resets in the middle of an answer"
    GARBAGE = "answers with garbage"
    SLOW = "a byte now and then"
    CLOSES = "closes at once"


class FaultyServer:
    """Passes bytes on to a real server and back, until it has a fault. Counts the calls that it gets."""

    def __init__(self, behind: int | None, fault: Fault | None) -> None:
        self.fault = fault
        self.calls = 0
        self._behind = behind
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def fail(self, fault: Fault) -> None:
        """Fail from now on."""
        self.fault = fault
        if fault is Fault.REFUSED:
            self.close()

    def close(self) -> None:
        """Hang up, and take no more calls."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._sockets:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self.calls += 1
            self._sockets.append(caller)
            if self.fault is Fault.CLOSES:
                caller.close()
            elif self._behind is None:
                threading.Thread(target=self._speak, args=(caller,), daemon=True).start()
            else:
                real = socket.create_connection(("127.0.0.1", self._behind))
                self._sockets.append(real)
                threading.Thread(target=self._pass_on, args=(caller, real, False), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(real, caller, True), daemon=True).start()

    def _speak(self, caller: socket.socket) -> None:
        """Answer what no real server stands behind."""
        with suppress(OSError):
            while caller.recv(65536):
                self._answer(caller, b"\0" * 64)

    def _pass_on(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while read := source.recv(65536):
                if answers and self.fault is not None:
                    self._answer(target, read)
                elif self.fault not in (Fault.HALF_OPEN, Fault.NO_ANSWER):
                    target.sendall(read)

    def _answer(self, caller: socket.socket, due: bytes) -> None:
        match self.fault:
            case Fault.RESET:
                caller.sendall(due[: max(1, len(due) // 2)])
                caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                caller.close()
            case Fault.GARBAGE:
                caller.sendall(random.Random(7).randbytes(4096))
            case Fault.SLOW:
                for number in range(len(due)):
                    caller.sendall(due[number : number + 1])
                    time.sleep(0.5)
            case Fault.CLOSES:
                caller.close()
            case _:
                return


@contextmanager
def faulty_server(behind: int | None = None, fault: Fault | None = None) -> Iterator[FaultyServer]:
    """Yield a server in front of the one at port `behind`, or of none."""
    server = FaultyServer(behind, fault)
    if fault is Fault.REFUSED:
        server.close()
    try:
        yield server
    finally:
        server.close()


@contextmanager
def told_in_time(server: FaultyServer, sentence: str, *, calls: int, secret: str) -> Iterator[None]:
    """Expect that what is done inside fails in time with one sentence of ours, and calls the server seldom."""
    before, begun = server.calls, time.monotonic()
    with pytest.raises((EngineUnreachable, EngineRefused), match=rf"\A(?:{sentence})\Z") as told:
        yield
    assert time.monotonic() - begun <= LIMIT_S
    assert secret not in str(told.value)
    assert server.calls - before <= calls
