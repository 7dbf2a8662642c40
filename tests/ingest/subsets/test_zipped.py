"""A data set as one file: whole, the same bytes for the same content, and never over another."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from ingest.errors import InputError, StorageError
from ingest.subsets.zipped import folder_for, write_zip


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    folder = tmp_path / "heads"
    (folder / "images" / "train").mkdir(parents=True)
    (folder / "README.md").write_text("counts " * 1000)
    (folder / "images" / "train" / "a.png").write_bytes(bytes(range(256)) * 9000)  # more than is read at once
    return folder


def test_every_file_is_in_it_below_the_name_of_the_folder(heads: Path, tmp_path: Path):
    write_zip(heads, tmp_path / "heads.zip")
    with ZipFile(tmp_path / "heads.zip") as pressed:
        assert pressed.testzip() is None
        assert pressed.namelist() == ["heads/README.md", "heads/images/train/a.png"]
        assert pressed.read("heads/images/train/a.png") == (heads / "images" / "train" / "a.png").read_bytes()
        assert [entry.compress_type for entry in pressed.infolist()] == [ZIP_DEFLATED, ZIP_STORED]


def test_the_same_content_is_the_same_file(heads: Path, tmp_path: Path):
    write_zip(heads, tmp_path / "one.zip")
    (heads / "README.md").touch()
    write_zip(heads, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_file_that_is_there_is_not_overwritten_and_nothing_stays_of_a_failure(tmp_path: Path):
    (tmp_path / "there.zip").write_text("mine")
    with pytest.raises(InputError, match="nothing is overwritten"), folder_for(tmp_path / "there.zip"):
        pass
    with pytest.raises(OSError, match="full"), folder_for(tmp_path / "new.zip") as folder:
        folder.mkdir(parents=True)
        raise OSError("full")
    assert [path.name for path in tmp_path.iterdir()] == ["there.zip"]


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(heads: Path, tmp_path: Path):
    with pytest.raises(StorageError, match="cannot write"):
        write_zip(heads, tmp_path / "none" / "heads.zip")
