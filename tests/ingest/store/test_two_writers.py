"""Several processes write to one store at once: each case is there exactly once, each number given exactly once."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store

ROUNDS = 4

# Forks the writers, so that the imports are paid for once. Each round waits for its turn as a user would: try again.
PROGRAM = """
import os, sys, time
sys.path[:0] = {path!r}
from pathlib import Path
from case_factory import make_case
from ingest.errors import BusyError
from ingest.store import lock, mongo_lease
from ingest.store.opening import open_store
if {without_locks}:
    lock._take = lambda descriptor: None
    mongo_lease.Lease.take = mongo_lease.Lease.renew = lambda lease: None
children = []
for child in range({writers}):
    pid = os.fork()
    if pid:
        children.append(pid)
        continue
    store = open_store({address!r}, Path({folder!r}))
    for number in range({rounds}):
        own = make_case(case_id=f"own:writer{{child}}-{{number}}")
        common = make_case(case_id="own:common", diagnosis=f"{{child}}-{{number}}")
        while True:
            try:
                with store.writer(f"writer {{child}}") as writer:
                    writer.write_cases([own, common])
                break
            except BusyError:
                time.sleep(0.01)
    os._exit(0)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children))
"""


def write_at_once(address: str, folder: Path, writers: int, *, without_locks: bool) -> None:
    values = {"address": address, "folder": str(folder), "writers": writers, "rounds": ROUNDS}
    program = PROGRAM.format(path=sys.path, without_locks=without_locks, **values)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr


def require_exact(store: DocumentStore, writers: int) -> None:
    written = writers * ROUNDS
    own = {f"own:writer{child}-{number}" for child in range(writers) for number in range(ROUNDS)}
    entries = list(store.entries())
    assert {entry.case_id for entry in entries} == own | {"own:common"}
    assert len(entries) == written + 1
    assert store.lost_changes() == []
    changes = list(store.changes_since(0))
    numbers = [change.sequence for change in changes]
    assert numbers == sorted(set(numbers))
    assert len(changes) == written + 1


@pytest.mark.parametrize("writers", [2, 8])
def test_t17_writers_at_once_in_a_file(tmp_path: Path, writers: int):
    write_at_once("sqlite", tmp_path, writers, without_locks=False)
    with closing(open_store("sqlite", tmp_path)) as store:
        require_exact(store, writers)
        assert store.sequence() == 2 * writers * ROUNDS


def test_t18_writers_at_once_in_a_file_where_locks_do_nothing(tmp_path: Path):
    write_at_once("sqlite", tmp_path, 4, without_locks=True)
    with closing(open_store("sqlite", tmp_path)) as store:
        require_exact(store, 4)
        assert store.sequence() == 2 * 4 * ROUNDS


@pytest.mark.engine
@pytest.mark.parametrize("without_locks", [False, True])
def test_t17_t18_writers_at_once_in_a_mongodb(mongodb_address: str, tmp_path: Path, without_locks: bool):
    write_at_once(mongodb_address, tmp_path, 3, without_locks=without_locks)
    with closing(open_store(mongodb_address, tmp_path)) as store:
        require_exact(store, 3)
