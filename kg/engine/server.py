"""The embedded graph server: ArcadeDB from its Python wheel, a child process that speaks Bolt on loopback.

The wheel brings a Java runtime and the server's jars; nothing of it runs inside our process. Several of our
processes share one server per folder, and it ends with the last of them (`kg.engine.sharing`, `kg.engine.guard`). In
the folder::

    server.json   address, passwords and pid of the running server; mode 0600
    server.log    what the server printed since its last start
    databases/    the graph itself

References
----------
ArcadeDB's options: https://docs.arcadedb.com/#settings
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

from ingest.errors import EngineError, EngineUnreachable, StorageError
from kg.engine.graph import TIMEOUT_S, Graph, Login, connect
from kg.engine.server_users import READER, WRITER, Passwords, new_passwords, user_files, write_user_files

DATABASE = "casegraph"
# A cold start takes 1 to 2.5 s on two cores; a machine under load may need ten times that.
START_TIMEOUT_S = 60
_LOOK_EVERY_S = 0.02
_ADVICE = "Use a Neo4j server instead: give its address, for example bolt://localhost:7687, as the graph setting."
_ENDED = "The embedded server has ended; try again: it starts again."
_LISTENING = re.compile(r"Listening for incoming BOLT connections on \S*:(\d+)")
_STARTED = "ArcadeDB Server started in"
# Without the last, Java keeps its counters in a mapped file, and stands still for as long as a busy disk takes for it.
_JAVA_OPTIONS = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+PerfDisableSharedMem")


def embedded_graph(folder: Path) -> Graph:
    """Return the graph kept in `folder`, from the server that runs on it or else from a new one.

    Closing the graph or the end of this process ends the server, unless another process uses it.

    Raises
    ------
    EngineUnreachable
        If the server does not start; its log is named.
    EngineError
        If this platform has no embedded server.
    StorageError
        If the folder cannot be written.
    BusyError
        If a server on the folder neither starts nor ends in time.
    """
    wheel = _require_wheel()
    from kg.engine import sharing

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        users = sharing.join(folder)
    except OSError as error:
        raise StorageError(f"graph folder {folder} cannot be written: {error.strerror}.") from error
    guard = None
    try:
        graph = _running_graph(folder)
        if graph is None:
            with sharing.starting(folder):
                graph = _running_graph(folder)
                if graph is None:
                    passwords = new_passwords()
                    guard = _start(folder, wheel, passwords)
                    graph = _ready_graph(folder, guard, passwords)
    except BaseException:
        sharing.leave(users, guard)
        raise
    graph.embedded = True
    graph.on_close(partial(sharing.leave, users, guard))
    return graph


def _require_wheel() -> Path:
    """Return the installed wheel's folder, with its Java runtime and jars."""
    found = importlib.util.find_spec("arcadedb_embedded")
    # Sharing rests on POSIX file locks, so on Windows the wheel is of no use yet.
    if found is None or found.origin is None or sys.platform == "win32":
        raise EngineError(f"there is no embedded graph server for this platform ({sys.platform}). {_ADVICE}")
    return Path(found.origin).parent


def _running_graph(folder: Path) -> Graph | None:
    """Return the graph of the server that runs on the folder, None where none answers."""
    try:
        running = json.loads((folder / "server.json").read_text())
        return _connect(running["address"], Passwords(**running["passwords"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError, EngineError):
        return None  # never written, half written, or left behind by a server that is gone: a new one starts


def _connect(address: str, passwords: Passwords) -> Graph:
    reader = Login(READER, passwords.reader)
    return connect(address, user=WRITER, password=passwords.writer, database=DATABASE, advice=_ENDED, reader=reader)


def _start(folder: Path, wheel: Path, passwords: Passwords) -> subprocess.Popen[bytes]:
    """Start guard and server; of the passwords it reads hashes, from files that only we can read."""
    (folder / "server.json").unlink(missing_ok=True)
    write_user_files(folder / "config", user_files(DATABASE, passwords, read_timeout_s=TIMEOUT_S))
    options = folder.absolute() / "server.arguments"
    _write_private(options, _options(folder.absolute()))
    java = [str(wheel / "jre" / "bin" / "java"), *_JAVA_OPTIONS, f"@{options}", "-cp", str(wheel / "jars" / "*")]
    guard = [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py"))]
    users = str(folder.absolute() / "users.lock")
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            [*guard, users, *java, "com.arcadedb.server.ArcadeDBServer"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={"LANG": "C.UTF-8", "HOME": str(folder.absolute())},
            start_new_session=True,  # Ctrl-C in the terminal is for us, not for the server
        )


def _options(folder: Path) -> str:
    """Return Java's argument file."""
    settings: Mapping[str, object] = {
        "server.rootPath": folder,
        "server.databaseDirectory": folder / "databases",
        "server.defaultDatabases": f"{DATABASE}[]",
        "server.mode": "production",
        "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "server.httpIncomingHost": "127.0.0.1",
        "server.httpIncomingPort": 0,
        "bolt.host": "127.0.0.1",
        "bolt.port": 0,
    }
    lines = (f"-Darcadedb.{name}={value}" for name, value in settings.items())
    return "\n".join('"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"' for line in lines)


def _ready_graph(folder: Path, guard: subprocess.Popen[bytes], passwords: Passwords) -> Graph:
    """Wait for the server, note where it is for other processes, and return its graph."""
    try:
        address = _await_address(folder, guard)
    finally:
        (folder / "server.arguments").unlink(missing_ok=True)
    graph = _connect(address, passwords)
    partial_file = folder / "server.json.new"
    _write_private(
        partial_file, json.dumps({"address": graph.address, "passwords": asdict(passwords), "pid": guard.pid})
    )
    partial_file.replace(folder / "server.json")
    return graph


def _await_address(folder: Path, guard: subprocess.Popen[bytes]) -> str:
    log = folder / "server.log"
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        ended = guard.poll() is not None
        text = log.read_text(errors="replace")
        port = _LISTENING.search(text)
        if port and _STARTED in text:
            return f"bolt://127.0.0.1:{port[1]}"
        if ended:
            raise EngineUnreachable(f"the embedded graph server ended while starting. Its log says why: {log}")
        time.sleep(_LOOK_EVERY_S)
    raise EngineUnreachable(f"the embedded graph server did not start within {START_TIMEOUT_S} s. See its log: {log}")


def _write_private(path: Path, text: str) -> None:
    """Write a file that nobody else can read, not even for a moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
