"""The file store when the disk is full, the file is damaged or newer, and when two processes write."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from case_factory import make_case

from ingest.errors import BusyError, DamagedFile, StorageError, WorkspaceError
from ingest.store import lock
from ingest.store.interface import ChangeKind
from ingest.store.sqlite import SqliteStore

pytestmark = pytest.mark.filterwarnings("error::ResourceWarning")

IN_A_CHILD = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from case_factory import make_case
from ingest.store.sqlite import SqliteStore
store = SqliteStore(Path({file!r}))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "documents.sqlite"


@pytest.fixture
def filled(path: Path):
    store = SqliteStore(path)
    with store.writer("tester") as writer:
        writer.write_cases([make_case(number) for number in range(5)])
    yield store
    store.close()


def start_child(path: Path, program: str) -> subprocess.Popen[str]:
    text = IN_A_CHILD.format(path=sys.path, file=str(path)) + program
    return subprocess.Popen([sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def state(store: SqliteStore):
    return store.sequence(), store.count(), store.content_digest()


def test_a_commit_reaches_the_disk_before_it_is_acknowledged(filled, path):
    with filled.writer("tester") as writer:
        connection = writer._connection
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no file size limit on this system")
def test_t13_a_full_disk_leaves_the_previous_state(filled, path):
    """A file size limit in a child stands for the full disk, at many sizes, so that many different writes fail."""
    before = state(filled)
    filled.close()
    sizes = [size for file in (path, Path(f"{path}-wal")) if file.exists() for size in [file.stat().st_size]]
    child = start_child(
        path,
        f"""
import json, resource
from ingest.errors import StorageError
for extra in range(0, 200_000, 12_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, ({max(sizes)} + extra, resource.RLIM_INFINITY))
    try:
        with store.writer("child") as writer:
            writer.write_cases([make_case(number, diagnosis="x" * 3000) for number in range(100, 160)])
        outcome = "written"
    except StorageError as error:
        outcome = str(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(json.dumps([outcome, store.sequence(), store.count(), store.content_digest()]), flush=True)
    if outcome == "written":
        break
""",
    )
    lines = [json.loads(line) for line in child.communicate(timeout=60)[0].splitlines()]
    refused = [line for line in lines if line[0] != "written"]
    assert child.returncode == 0
    assert len(refused) >= 3
    assert all(str(path) in outcome and "intact" in outcome for outcome, *_ in refused)
    assert all(tuple(after) == before for _, *after in refused)
    again = SqliteStore(path)
    assert again.count() == (65 if lines[-1][0] == "written" else 5)
    again.close()


@pytest.mark.parametrize("nth", [1, 30, 99, 120])
def test_t13_a_failure_at_the_nth_write_rolls_its_batch_back(filled, path, nth):
    """The failure is injected by a trigger in the file itself."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            f"CREATE TRIGGER failure AFTER INSERT ON case_texts WHEN new.case_id = 'medpix2:MPX{1000 + nth}'"
            " BEGIN SELECT RAISE(FAIL, 'injected'); END"
        )
    connection.close()
    cases = [make_case(1000 + number) for number in range(150)]
    whole_batches = nth // 100 * 100
    with filled.writer("tester") as writer:
        with pytest.raises(StorageError, match=r"documents\.sqlite"):
            writer.write_cases(cases)
        assert filled.sequence() == filled.count() == 5 + whole_batches
        assert writer.delete_case("medpix2:MPX0000").sequence == 6 + whole_batches  # the writer goes on


def test_t13_a_workspace_that_is_a_file_is_refused(tmp_path):
    in_the_way = tmp_path / "workspace"
    in_the_way.write_text("not a folder")
    with pytest.raises(StorageError, match="workspace"):
        SqliteStore(in_the_way / "documents.sqlite")
    assert in_the_way.read_text() == "not a folder"


def test_t13_a_database_that_is_a_folder_is_refused(path):
    path.mkdir()
    with pytest.raises(StorageError, match=r"documents\.sqlite"):
        SqliteStore(path)


def test_t13_a_database_that_became_read_only_refuses_to_write(filled, path, monkeypatch):
    """We may be root, whom no permission stops: SQLite itself is told to open it read-only."""
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda file, **more: real(f"{file.as_uri()}?mode=ro", uri=True, **more))
    before = state(filled)
    with pytest.raises(StorageError, match=r"documents\.sqlite.*readonly"), filled.writer("tester") as writer:
        writer.write_cases([make_case(9)])
    assert state(filled) == before


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to look like one" * 99, b"SQLite format 3\0" * 999]
)
def test_t13_a_file_that_is_no_database_is_refused_and_left_alone(path, content):
    path.write_bytes(content)
    with pytest.raises(DamagedFile, match=r"documents\.sqlite"):
        SqliteStore(path)
    assert path.read_bytes() == content


def test_t13_a_damaged_page_is_reported(filled, path):
    with filled.writer("tester") as writer:
        writer.write_cases([make_case(number) for number in range(100, 400)])
    filled.close()
    content = bytearray(path.read_bytes())
    for page in range(len(content) // 8192, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(DamagedFile, match=r"documents\.sqlite"), closing(SqliteStore(path)) as store:
        list(store.cases())


def test_t13_a_damaged_document_is_reported_with_its_case(filled, path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE cases SET document = '{' WHERE case_id = 'medpix2:MPX0002'")
    connection.close()
    with pytest.raises(DamagedFile, match="MPX0002"):
        list(filled.cases())


def test_t28_a_store_of_a_newer_version_is_refused_with_both_versions(filled, path):
    filled.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(WorkspaceError, match=r"version 7.*version 2"):
        SqliteStore(path)


def test_a_database_of_another_program_is_refused_and_left_alone(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cases (mine)")
    connection.close()
    with pytest.raises(WorkspaceError, match="another program"):
        SqliteStore(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize("before", ["application_id", "user_version", "sqlite_master", "BEGIN IMMEDIATE"])
def test_a_database_that_another_process_makes_meanwhile_is_ours(path, monkeypatch, before):
    asked = list[str]()

    class Overtaken(sqlite3.Connection):
        def execute(self, statement, *parameters):
            if before in statement and not asked:
                asked.append(statement)
                SqliteStore(path).close()
            return super().execute(statement, *parameters)

    opened = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **named: opened(*given, **named, factory=Overtaken))
    with closing(SqliteStore(path)) as store:
        assert asked
        assert store.count() == 0


def test_a_transaction_of_another_program_makes_us_busy_not_broken(filled, path, monkeypatch):
    monkeypatch.setattr("ingest.store.sqlite_file.LOCK_TIMEOUT_S", 0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError, match="locked"), filled.writer("tester") as writer:
        writer.write_cases([make_case(9)])
    assert filled.count() == 5
    other.close()


def test_a_second_process_is_told_the_pid_of_the_first(filled, path):
    child = start_child(path, 'with store.writer("child"):\n    print("holding", flush=True)\n    sys.stdin.read()\n')
    assert child.stdout is not None
    assert child.stdout.readline() == "holding\n"
    with pytest.raises(BusyError, match=rf"process {child.pid} since \d\d\d\d-"), filled.writer("tester"):
        pass
    child.communicate(timeout=30)
    with filled.writer("tester") as writer:
        assert writer.write_cases([make_case(9)])[0].sequence == 6


def test_the_lock_of_a_killed_process_is_reclaimed(filled, path):
    child = start_child(
        path,
        'with store.writer("child") as writer:\n'
        "    writer.write_cases([make_case(9)])\n"
        '    print("holding", flush=True)\n    sys.stdin.read()\n',
    )
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with filled.writer("tester") as writer:
        assert writer.write_cases([make_case(10)])[0].sequence == 7
    assert filled.has("medpix2:MPX0009")


def test_the_lock_of_a_dead_process_is_reclaimed_though_a_child_of_it_still_holds_the_file(tmp_path):
    """A forked child inherits the open lock file; the pid written into it is what counts."""
    path = tmp_path / "documents.sqlite.lock"
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys, time\n"
            f"sys.path[:0] = {sys.path!r}\n"
            "from pathlib import Path\n"
            "from ingest.store.lock import writer_lock\n"
            f"held = writer_lock(Path({str(path)!r}), since='2031')\n"
            "held.__enter__()\n"
            "child = os.fork()\n"
            "if child:\n    print(child, flush=True)\n    os._exit(0)\n"
            "time.sleep(60)\n",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    orphan = int(parent.stdout.readline())
    try:
        parent.wait(timeout=30)
        with lock.writer_lock(path, since="2032"):
            assert json.loads(path.read_text())["pid"] == os.getpid()
    finally:
        os.kill(orphan, signal.SIGKILL)
        parent.stdout.close()


def test_t18_where_locks_do_nothing_the_sequence_keeps_two_writers_apart(filled, path, monkeypatch):
    monkeypatch.setattr(lock, "_take", lambda descriptor: None)
    with filled.writer("first") as first, filled.writer("second") as second:
        assert first.write_cases([make_case(10)])[0].sequence == 6
        with pytest.raises(BusyError, match="another process"):
            second.write_cases([make_case(11), make_case(10, diagnosis="overwritten")])
        with pytest.raises(BusyError, match="written by another process"):
            second.delete_case("medpix2:MPX0010")
        assert first.write_cases([make_case(10)])[0].kind is ChangeKind.UNCHANGED
    assert (filled.sequence(), filled.count()) == (6, 6)


def test_two_processes_may_make_the_same_new_store_at_once(path):
    children = [start_child(path, "print(store.sequence())") for _ in range(3)]
    assert [child.communicate(timeout=60)[0] for child in children] == ["0\n"] * 3


def test_threads_that_come_and_go_leave_no_open_file(filled):
    def read():
        assert filled.count() == 5

    for _ in range(30):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert len(filled._idle) == 1


def test_602_cases_of_6_kb_are_written_in_a_few_seconds(path):
    """Measured 0.3 s alone on two cores; the bound only catches a flush per case, which takes a minute."""
    store = SqliteStore(path)
    cases = [make_case(number, diagnosis="ring enhancing mass " * 300) for number in range(602)]
    begun = time.process_time()
    with store.writer("tester") as writer:
        writer.write_cases(cases)
    assert time.process_time() - begun < 5
    store.close()
