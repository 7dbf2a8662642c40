"""What the user asked for is written whole, into the place that they named."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from ingest.errors import InputError, StorageError
from ui.cli.output import write_output


def test_what_a_link_leads_to_is_replaced_and_the_link_stays(tmp_path):
    (tmp_path / "there").mkdir()
    there, link = tmp_path / "there" / "draft.md", tmp_path / "draft.md"
    there.write_text("earlier")
    link.symlink_to(there)
    write_output(link, "later é")
    assert link.is_symlink()
    assert there.read_bytes() == "later é".encode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_output(pipe, b"%PDF")
    reader.join(timeout=30)
    assert read == [b"%PDF"]
    assert pipe.is_fifo()


def test_a_write_that_fails_leaves_the_earlier_file_and_says_what_to_do(tmp_path, monkeypatch):
    file = tmp_path / "page.html"
    file.write_text("earlier")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"page.html' cannot be written: No space left on device. Name another file"):
        write_output(file, "later")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("page.html", "earlier")]


@pytest.mark.parametrize("is_link", [False, True], ids=["file", "link that leads nowhere"])
def test_what_is_not_to_be_replaced_stays(tmp_path, is_link):
    file = tmp_path / "original.png"
    write_output(file, b"png", replace=False)
    assert file.read_bytes() == b"png"
    if is_link:
        file.rename(tmp_path / "moved")
        file.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"original.png' exists, and nothing is overwritten"):
        write_output(file, b"other", replace=False)
    assert {path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == {b"png"}
    assert file.is_symlink() is is_link


def test_a_folder_is_no_file_to_write_to(tmp_path):
    with pytest.raises(StorageError, match="cannot be written: Is a directory"):
        write_output(tmp_path, "text")
