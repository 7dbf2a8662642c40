"""T30: the clock, the time zone and the locale of a machine change neither the order nor the content of anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from case_factory import make_case

from ingest.store.interface import StoredCase
from ingest.store.lock import writer_lock
from ingest.store.opening import open_store

PROGRAM = Path(sys.executable).with_name("casegraph")
LOCALES = {
    "utf-8": {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
    "ascii": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "America/St_Johns"},
}


def ran(name: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], env={**kept, **LOCALES[name]}, capture_output=True, check=False
    )


def test_t30_a_locale_that_knows_no_umlaut_gives_the_same_cases_and_the_same_json(small_release: Path, tmp_path: Path):
    told = {}
    for name in LOCALES:
        folder = tmp_path / name
        done = ran(name, "ingest", small_release, "--no-index", "--json", "-w", folder)
        assert done.returncode == 0, done.stderr
        listed = ran(name, "query", "--view", "Clinical_reports", "--json", "-w", folder)
        told[name] = json.loads(listed.stdout)
        shown = ran(name, "query", "--facet", "diagnosis", "-w", folder)
        assert (shown.returncode, shown.stderr) == (0, b"")
        assert ran(name, "query", "-w", folder).returncode == 0
    assert told["utf-8"] == told["ascii"]
    stores = [open_store("sqlite", tmp_path / name) for name in LOCALES]
    assert stores[0].content_digest() == stores[1].content_digest()
    for store in stores:
        assert all(stored.written_at.endswith("+00:00") for stored in store.cases())
        store.close()


@pytest.mark.parametrize("address", ["sqlite", pytest.param("mongodb", marks=pytest.mark.engine)])
def test_t30_a_clock_that_jumps_changes_no_order(address: str, tmp_path: Path, request: pytest.FixtureRequest):
    """Backwards, over the change to winter time, past the year 2038: the order is that of the sequence."""
    summer, winter = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))
    times = iter(
        time
        for day in (
            datetime(2040, 1, 19, 3, 14, 8, tzinfo=UTC),
            datetime(2026, 10, 25, 2, 59, tzinfo=summer),
            datetime(2026, 10, 25, 2, 1, tzinfo=winter),
            datetime(1970, 1, 1, tzinfo=UTC),
        )
        for time in (day, day)  # one for the lock, one for the case
    )
    where = request.getfixturevalue("mongodb_address") if address == "mongodb" else address
    with closing(open_store(where, tmp_path, clock=lambda: next(times))) as store:
        for number in (4, 3, 2, 1):
            with store.writer("tester") as writer:
                writer.write_cases([make_case(number)])
        changes = list(store.changes_since(0))
    assert [change.sequence for change in changes] == [1, 2, 3, 4]
    assert [stored.case.short_id for stored in changes if isinstance(stored, StoredCase)] == [
        "MPX0004",
        "MPX0003",
        "MPX0002",
        "MPX0001",
    ]
    assert [stored.written_at for stored in changes] == [
        "2040-01-19T03:14:08.000+00:00",
        "2026-10-25T00:59:00.000+00:00",
        "2026-10-25T01:01:00.000+00:00",
        "1970-01-01T00:00:00.000+00:00",
    ]


def test_t17_a_second_index_is_told_who_is_at_work(run, small_workspace):
    with writer_lock(small_workspace / "index.lock", since="2031-01-01"):
        answer = run("index", "-w", small_workspace)
    assert answer.code == 4
    assert f"process {os.getpid()} since 2031-01-01" in answer.err
    assert len(answer.err.strip().splitlines()) == 1
