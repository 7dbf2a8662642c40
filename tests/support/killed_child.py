"""Runs jobs in forked children that kill themselves at a chosen point; see `killing`.

Started as a program. It imports everything once, then reads one request a line, forks, and answers with how the
child ended. The child counts the calls that Python makes into C (of all, or of those that write) and sends itself
SIGKILL before the wanted one is made or just after it: the same number is the same point, on every run. Or it is
killed from outside after so many microseconds, which may be within a call.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
from patience import TIMES
from search_cases import WordEncoder

import ingest.fetch.pace
import ingest.load
import kg.projection.project
from casegraph.fetching import fetch_pmc
from casegraph.settings import read_settings
from ingest.annotation.annotate import annotate_text
from ingest.deletion import delete_case, finish_deletions
from ingest.errors import RejectedFile
from ingest.images.decoder import Decoder
from ingest.images.decoding import decode_image
from ingest.images.objects import ObjectStore
from ingest.store.opening import open_store
from ingest.vocabulary import Section
from kg.engine.graph import connect
from kg.engine.server import embedded_graph
from rag.index.interface import VectorRow
from rag.index.snapshot import write_snapshot

WRITES = {
    "execute", "executemany", "fsync", "replace", "rename", "unlink", "ftruncate", "write", "mkstemp", "open",
    "close", "flock", "mkdir", "sendall", "send",
}  # fmt: skip


class DecoderInProcess(Decoder):
    """Decodes without children of its own: their start would be all that is ever killed."""

    def decode_files(self, paths: Any) -> Iterator[Any]:
        """Yield each file with its image."""
        for path in paths:
            try:
                yield path, decode_image(path.read_bytes())
            except RejectedFile as error:
                yield path, error


def ingest_job(tell: Callable[[str], None], source: str, workspace: str, address: str = "sqlite") -> None:
    store = open_store(address, Path(workspace))
    objects = ObjectStore(Path(workspace) / "objects")
    ingest.load.ingest(source, store, objects, actor="killed", on_progress=lambda done, total: tell(str(done)))


def delete_job(tell: Callable[[str], None], workspace: str, case_id: str) -> None:
    store = open_store("sqlite", Path(workspace))
    delete_case(store, ObjectStore(Path(workspace) / "objects"), case_id, actor="killed")


def finish_job(tell: Callable[[str], None], workspace: str) -> None:
    store = open_store("sqlite", Path(workspace))
    finish_deletions(store, ObjectStore(Path(workspace) / "objects"), actor="killed")


def project_job(
    tell: Callable[[str], None],
    workspace: str,
    *,
    folder: str = "",
    address: str = "",
    user: str = "",
    password: str = "",
) -> None:
    store = open_store("sqlite", Path(workspace))
    graph = embedded_graph(Path(folder)) if folder else connect(address, user=user, password=password)
    kg.projection.project.project(graph, store, rebuild=True, on_progress=lambda done, total: tell(str(done)))


def snapshot_job(tell: Callable[[str], None], folder: str) -> None:
    vectors = np.eye(9, 8, dtype=np.float32)
    vectors[8, 0] = 1.0
    rows = [VectorRow(f"v{number}", f"c{number}", f"k{number}") for number in range(9)]
    write_snapshot(Path(folder), rows, vectors, encoder=WordEncoder(dimension=8), sequence=2)


def fetch_job(tell: Callable[[str], None], url: str, folder: str) -> None:
    names = ("ncbi_eutils_url", "pmc_cloud_url", "pmc_oa_url", "pmc_packages_url")
    settings = read_settings(**dict.fromkeys(names, url), ncbi_email="a@b.org")
    days = {"first": date(2020, 1, 1), "last": date(2021, 12, 31)}
    fetch_pmc(settings, "kidney", Path(folder), **days, on_progress=lambda done, total: tell(str(done)))


JOBS = {
    "fetch": fetch_job,
    "ingest": ingest_job,
    "delete": delete_job,
    "finish": finish_job,
    "project": project_job,
    "snapshot": snapshot_job,
}


def arm(kill_at: int | None, kind: str, counted: dict[str, int]) -> None:
    """Kill this process at the wanted call, and count calls meanwhile."""

    def seen(_frame: FrameType, event: str, argument: Any) -> None:
        if event in ("c_call", "c_return"):
            counted["call"] += 1
            if getattr(argument, "__name__", "") in WRITES:
                counted["write"] += 1
            elif kind == "write":
                return
            if kill_at is not None and counted.get(kind) == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(seen)  # work that waits for a server runs in threads of its own
    sys.setprofile(seen)


def child(request: dict[str, Any]) -> None:
    told = os.open(request["told"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    counted = {"call": 0, "write": 0}
    begun = time.monotonic()
    if request["kind"]:
        arm(request["kill_at"], request["kind"], counted)

    def tell(line: str) -> None:
        os.write(told, f"{line}\n".encode())

    JOBS[request["job"]](tell, *request["arguments"], **request["named"])
    threading.setprofile(None)
    sys.setprofile(None)
    tell(f"ended {json.dumps({**counted, 'microsecond': int(1e6 * (time.monotonic() - begun))})}")


def main() -> None:
    ingest.load.CASES_PER_BATCH = 2
    ingest.load.Decoder = DecoderInProcess
    kg.projection.project.BATCH_SIZE = 2
    ingest.fetch.pace.Pace.wait = lambda self: None
    for module, name, value in TIMES:
        setattr(module, name, value)
    annotate_text("a mass", Section.FINDINGS)  # the lexicon is built once, before the first fork
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(request)
                code = 0
            finally:
                os._exit(code)
        if request["kind"] == "microsecond" and request["kill_at"]:
            time.sleep(request["kill_at"] / 1e6)
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        print(json.dumps(status), flush=True)


if __name__ == "__main__":
    main()
