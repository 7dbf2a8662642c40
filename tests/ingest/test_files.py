"""Files are written whole or not at all, and what a killed process leaves is known by its name."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.files import left_behind, replacing, unfinished_path, write_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kept.txt"
    path.write_text("earlier")
    return path


def test_a_text_is_written_as_utf_8_without_change_of_its_line_ends(tmp_path):
    write_file(tmp_path / "a", "é\r\n\n")
    assert (tmp_path / "a").read_bytes() == b"\xc3\xa9\r\n\n"


@pytest.mark.parametrize("call", ["open", "fdopen", "fsync", "replace"])
def test_t13_after_a_failure_the_earlier_file_is_intact_and_nothing_else_is_there(file, monkeypatch, call):
    def fail(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path if call == "replace" else os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        write_file(file, "later")
    monkeypatch.undo()
    assert file.read_text() == "earlier"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
def test_what_is_no_file_is_left_in_its_place(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="is a device, not a file"):
        write_file(pipe, "later")
    assert pipe.is_fifo()


def test_an_interrupted_block_changes_nothing(file):
    with pytest.raises(KeyboardInterrupt), replacing(file) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert file.read_text() == "earlier"
    assert list(file.parent.iterdir()) == [file]


def test_a_reader_sees_the_earlier_file_until_the_block_ends(file):
    with replacing(file) as stream:
        stream.write(b"later")
        stream.flush()
        assert file.read_text() == "earlier"
    assert file.read_text() == "later"


def test_two_writers_of_one_process_do_not_meet(file):
    with replacing(file) as first, replacing(file) as second:
        first.write(b"first")
        second.write(b"second")
    assert file.read_text() == "first"  # the outer block ends last


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights")
def test_rights_follow_the_umask_unless_the_file_is_private(tmp_path):
    before = os.umask(0o022)
    try:
        write_file(tmp_path / "usual", b"")
        write_file(tmp_path / "private", b"", private=True)
    finally:
        os.umask(before)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("usual", "private")] == [0o644, 0o600]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is never asked whether a process runs")
def test_what_an_ended_process_left_is_known_and_what_a_live_one_writes_is_not(tmp_path):
    program = (
        f"from pathlib import Path; from ingest.files import unfinished_path as p; p(Path({str(tmp_path)!r})).touch()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    (left,) = tmp_path.iterdir()
    unfinished_path(tmp_path).mkdir()
    (tmp_path / ".writing-x").write_text("of the user")
    assert left_behind(tmp_path) == [left]
