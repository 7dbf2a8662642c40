"""A web site on loopback that answers what a test tells it to, and fails as the net does, once or as often as asked."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from loopback_server import serving


class Fault(StrEnum):
    """What goes wrong with one answer."""

    TOO_MANY_REQUESTS = "429 with Retry-After"
    SERVER_ERROR = "500"
    CUT_SHORT = "the body ends before its stated length"
    CUT_UNNOTICED = "the body ends early, and no length was stated"
    HANG = "the body never comes"
    DRIP = "a byte now and then, without an end"
    WRONG_CHECKSUM = "another checksum is stated"
    PAGE = "a web page in place of the answer"
    PACKED = "packed, though that was not asked for"
    ENDLESS = "far more than anybody takes"


RETRY_AFTER_S = 7


@dataclass(frozen=True)
class Asked:
    """One request: a form's values stand among those of the address."""

    method: str
    path: str
    values: Mapping[str, list[str]]
    headers: Mapping[str, str]
    query: str
    at: float

    def value(self, name: str) -> str:
        return self.values.get(name, [""])[0]


@dataclass(frozen=True)
class Answer:
    """One answer."""

    content: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Script = Callable[[Asked], Answer]


@dataclass
class LoopbackSite:
    """Where the site listens, what it was asked, and which faults it still has, by a part of the path."""

    script: Script
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)

    def fails(self, path: str, *faults: Fault) -> None:
        """Answer the next requests for a path with these faults, one after the other."""
        self.faults.setdefault(path, []).extend(faults)

    def next_fault(self, path: str) -> Fault | None:
        due = next((faults for part, faults in self.faults.items() if part in path and faults), None)
        return due.pop(0) if due else None

    def paths(self, part: str = "") -> list[str]:
        return [one.path for one in self.asked if part in one.path]


@contextmanager
def loopback_site(script: Script) -> Iterator[LoopbackSite]:
    """Serve a script."""
    site = LoopbackSite(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, form: str) -> None:
            parts = urlsplit(self.path)
            values = parse_qs(parts.query, keep_blank_values=True) | parse_qs(form, keep_blank_values=True)
            asked = Asked(self.command, parts.path, values, dict(self.headers), parts.query, time.monotonic())
            site.asked.append(asked)
            with suppress(ConnectionError):
                self._fail(site.next_fault(parts.path), site.script(asked))

        def _fail(self, fault: Fault | None, due: Answer) -> None:
            content, half = due.content, due.content[: max(1, len(due.content) // 2)]
            match fault:
                case Fault.TOO_MANY_REQUESTS:
                    self._send(b'{"error":"API rate limit exceeded"}', 429, {"Retry-After": str(RETRY_AFTER_S)})
                case Fault.SERVER_ERROR:
                    self._send(b"<html>Sorry</html>", 500, {})
                case Fault.CUT_SHORT:
                    self._send(half, 200, {"Content-Length": str(len(content))}, ends=True)
                case Fault.CUT_UNNOTICED:
                    self._send(half, 200, {"Connection": "close"}, ends=True)
                case Fault.HANG:
                    self._send(half, 200, {"Content-Length": str(len(content))})
                    site.stopped.wait(30)
                    self.close_connection = True
                case Fault.DRIP:
                    self._send(b"", 200, {"Connection": "close"})
                    while not site.stopped.wait(0.05):
                        self.wfile.write(b" ")
                case Fault.WRONG_CHECKSUM:
                    wrong = base64.b64encode(hashlib.md5(b"something else").digest()).decode()
                    self._send(content, 200, {"Content-MD5": wrong})
                case Fault.PAGE:
                    self._send(b"<!DOCTYPE html><html><body><br>Service is down</body></html>", 200, {})
                case Fault.PACKED:
                    self._send(content, 200, {"Content-Encoding": "gzip"})
                case Fault.ENDLESS:
                    self._send(b"", 200, {"Connection": "close"})
                    while not site.stopped.is_set():
                        self.wfile.write(b"<!-- -->" * 65536)
                case None:
                    self._send(content, due.status, due.headers)

        def _send(self, content: bytes, status: int, headers: Mapping[str, str], *, ends: bool = False) -> None:
            self.send_response(status)
            stated = {"Content-Length": str(len(content))} if not {"Content-Length", "Connection"} & {*headers} else {}
            for name, value in {**headers, **stated}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()
            self.close_connection = self.close_connection or ends

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    with serving(Handler) as site.url:
        try:
            yield site
        finally:
            site.stopped.set()


class Clock:
    """A clock that only sleeping moves, and what was slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
