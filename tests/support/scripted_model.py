"""A chat model on loopback that answers what a test tells it to, as OpenAI-compatible servers or Ollama stream it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from loopback_server import serving

TOKENIZE = "/tokenize"

Script = Callable[[dict[str, Any]], "tuple[int, str] | str"]


@dataclass
class ScriptedModel:
    """Where the model listens, and what it was asked."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    """Who asked for something beside the chat, as the header Authorization says it."""

    @property
    def table(self) -> dict[str, Any]:
        """The evidence table of the last request."""
        return evidence_table(self.requests[-1])


def evidence_table(request: dict[str, Any]) -> dict[str, Any]:
    """Return the table in a request, where the rules may stand before it in the same message."""
    content: str = request["messages"][-1]["content"]
    return json.loads(content[content.index('{"number of similar cases"') :])


@contextmanager
def scripted_model(
    script: Script,
    *,
    between_s: float = 0.0,
    ending: str = "stop",
    told: Mapping[str, dict[str, Any]] | None = None,
) -> Iterator[ScriptedModel]:
    """Serve `script`: it gets a request and returns the content of the answer, or a status and a raw body.

    The server waits `between_s` between the pieces of an answer; `ending` is why it says that it ends, and without one
    it hangs up. Beside its chat it tells what `told` holds by path; with ``/tokenize`` there it counts words.
    """
    beside = told or {}
    model = ScriptedModel("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            model.keys.append(self.headers.get("Authorization"))
            found = self.path in beside
            self._send(200 if found else 404, "application/json", [json.dumps(beside.get(self.path, {})).encode()])

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == TOKENIZE:
                model.keys.append(self.headers.get("Authorization"))
                counted = {"tokens": [*range(len(request["content"].split()))]} if TOKENIZE in beside else {}
                self._send(200 if counted else 404, "application/json", [json.dumps(counted).encode()])
                return
            request["authorization"] = self.headers.get("Authorization")
            request["path"] = self.path
            model.requests.append(request)
            answer = script(request)
            if isinstance(answer, tuple):
                kind = "text/html" if answer[1].startswith("<") else "application/json"
                self._send(answer[0], kind, [answer[1].encode()])
            elif self.path.endswith("/api/chat"):
                self._send(200, "application/x-ndjson", _as_ollama(answer, ending))
            elif request.get("stream"):
                self._send(200, "text/event-stream", _as_openai(answer, ending))
            else:
                self._send(200, "application/json", [at_once(answer, ending).encode()])

        def _send(self, status: int, kind: str, pieces: Iterable[bytes]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            with suppress(ConnectionError):  # who asked may have hung up
                for piece in pieces:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b"")
                    self.wfile.flush()
                    time.sleep(between_s)
                if ending:
                    self.wfile.write(b"0\r\n\r\n")
            self.close_connection = not ending

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    with serving(Handler) as address:
        model.url = f"{address}/v1"
        yield model


def _pieces(content: str) -> Iterator[str]:
    """Yield a text as a model says it: some letters at a time."""
    size = max(16, len(content) // 50)
    yield from (content[start : start + size] for start in range(0, len(content), size))


def _as_openai(content: str, ending: str) -> Iterator[bytes]:
    said = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    for piece in _pieces(content):
        choice = {"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}
        yield b"data: %b\n\n" % json.dumps({**said, "choices": [choice]}).encode()
    if not ending:
        return
    end = {"index": 0, "delta": {}, "finish_reason": ending}
    yield b"data: %b\n\n" % json.dumps({**said, "choices": [end]}).encode()
    yield b"data: [DONE]\n\n"


def at_once(content: str, ending: str = "stop") -> str:
    """Return an answer as an OpenAI-compatible server gives it that does not stream."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": ending}
    return json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "scripted", "choices": [choice]})


def _as_ollama(content: str, ending: str) -> Iterator[bytes]:
    said = {"model": "scripted", "created_at": "2026-01-01T00:00:00Z"}
    for piece in _pieces(content):
        yield json.dumps({**said, "message": {"role": "assistant", "content": piece}, "done": False}).encode() + b"\n"
    if not ending:
        return
    end = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": ending}
    yield json.dumps({**said, **end}).encode() + b"\n"


def statements(*items: tuple[str, str, str, list[str]]) -> str:
    """Return the content of an answer: (section, subject, text, evidence ids) each."""
    names = ("section", "subject", "text", "evidence_ids")
    return json.dumps({"statements": [dict(zip(names, item, strict=True)) for item in items]})
