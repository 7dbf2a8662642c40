"""A chat model on loopback that speaks the OpenAI-compatible protocol and answers what a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[dict[str, Any]], "tuple[int, str] | str"]


@dataclass
class ScriptedModel:
    """Where the model listens, and what it was asked."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)

    @property
    def table(self) -> dict[str, Any]:
        """The evidence table of the last request."""
        return evidence_table(self.requests[-1])


def evidence_table(request: dict[str, Any]) -> dict[str, Any]:
    return json.loads(request["messages"][-1]["content"])


@contextmanager
def scripted_model(script: Script, *, delay_s: float = 0.0) -> Iterator[ScriptedModel]:
    """Serve `script`: it gets a request and returns the content of the answer, or a status and a raw body."""
    model = ScriptedModel("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            request["authorization"] = self.headers.get("Authorization")
            model.requests.append(request)
            time.sleep(delay_s)
            answer = script(request)
            status, body = answer if isinstance(answer, tuple) else (200, completion(answer))
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def completion(content: str) -> str:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "scripted", "choices": [choice]}
    return json.dumps({**answer, "usage": usage})


def statements(*items: tuple[str, str, str, list[str]]) -> str:
    """Return the content of an answer: (section, subject, text, evidence ids) each."""
    names = ("section", "subject", "text", "evidence_ids")
    return json.dumps({"statements": [dict(zip(names, item, strict=True)) for item in items]})
