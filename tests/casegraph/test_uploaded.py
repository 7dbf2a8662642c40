"""An uploaded folder is laid on the disk as it was, leads nowhere else, and is gone once it was read."""

import tempfile
from pathlib import Path

import pytest
from background_run import wait_for
from release_folder import noise_png

import casegraph
from casegraph.errors import BusyError, InputError
from casegraph.runs import Run, Runs, Work
from casegraph.settings import read_settings
from casegraph.uploaded import lay_down

TABLE = b"case,findings,diagnosis,images\n1,Mass in the left kidney.,Renal cell carcinoma,a.png\n"


def uploaded() -> list[tuple[str, bytes]]:
    files = {"cases.csv": TABLE, "images/a.png": noise_png(1), ".DS_Store": b"\0", "images/.hidden/b": b"x"}
    return [(f"my-cases/{name}", content) for name, content in files.items()]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads are laid."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    casegraph.open(tmp_path / "workspace", create=True).close()
    return Runs(read_settings(workspace=tmp_path / "workspace"), repr)


def test_the_folder_that_was_chosen_is_as_it_was_without_what_is_hidden(tmp_path):
    folder = lay_down(uploaded(), tmp_path)
    assert folder == tmp_path / "my-cases"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert files == {"cases.csv": TABLE, "images/a.png": noise_png(1)}


def test_files_without_a_folder_lie_where_they_were_laid(tmp_path):
    assert lay_down([("cases.csv", TABLE), ("images/a.png", b"x")], tmp_path) == tmp_path


@pytest.mark.parametrize(
    "name", ["../a", "own/../../a", "/etc/passwd", "C:/a", "own\\..\\..\\a", "own/a\0.png", "", ".", "own/..", "//a"]
)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path, name):
    place = tmp_path / "place"
    place.mkdir()
    with pytest.raises(InputError, match="leads outside its folder"):
        lay_down([(name, b"x")], place)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "files",
    [[("own/a", b"1"), ("own/a", b"2")], [("own/a", b"1"), ("own/a/b", b"2")], [("own/a/b", b"1"), ("own/a", b"2")]],
)
def test_two_files_of_one_path_are_refused(tmp_path, files):
    with pytest.raises(InputError, match="two files with the same path"):
        lay_down(files, tmp_path)


@pytest.mark.parametrize("files", [[], [("own/.DS_Store", b"x")]])
def test_nothing_is_refused(tmp_path, files):
    with pytest.raises(InputError, match="no files"):
        lay_down(files, tmp_path)


def test_an_upload_is_read_indexed_and_gone_from_the_disk(runs, tmp_path, kept):
    run = wait_for(runs.ingest_uploaded(uploaded()))
    assert (run.error, run.fault) == (None, "")
    assert run.ingested is not None and (run.ingested.added, run.ingested.images_with_problem) == (1, 0)
    assert list(kept.glob("casegraph-upload-*")) == []
    with casegraph.open(tmp_path / "workspace") as space:
        assert [hit.case_id for hit in space.search.by_text("kidney").hits] == ["own:1"]
        assert space.documents.png(space.documents.image("own:1_a"))


def test_an_upload_that_is_no_source_is_said_and_gone_from_the_disk(runs, kept):
    run = wait_for(runs.ingest_uploaded([("own/notes.txt", b"nothing")]))
    assert "not a folder, file or address with cases" in str(run.error)
    assert list(kept.glob("casegraph-upload-*")) == []


def test_an_upload_that_cannot_begin_is_gone_from_the_disk(runs, kept):
    with pytest.raises(InputError, match="no files"):
        runs.ingest_uploaded([])
    runs.last = Run(Work.INDEX)
    with pytest.raises(BusyError, match="the app is already indexing"):
        runs.ingest_uploaded(uploaded())
    assert list(kept.glob("casegraph-upload-*")) == []
