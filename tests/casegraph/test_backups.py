"""A workspace restored elsewhere is the workspace: doctor finds nothing, and no path of the old place is in it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import casegraph
from casegraph.backups import backups_in, check, restore
from casegraph.file import WorkspaceFile, read_workspace_file, write_workspace_file
from casegraph.settings import Settings, read_settings
from ingest.curation.reports import Reported
from ingest.errors import DamagedFile, InputError, StorageError


def settings_of(folder: Path, **changes: object) -> Settings:
    return read_settings(workspace=folder, **changes)


@pytest.fixture
def backup(small_workspace: Path, tmp_path: Path) -> Path:
    """A backup of a workspace in which people did something."""
    file = tmp_path / "kept" / "archive.zip"
    with casegraph.open(small_workspace) as space:
        case = space.documents.case(space.documents.case_ids()[0])
        space.curation.report(case.case_id, "the plane is coronal", about=Reported.IMAGE_LABEL)
        space.curation.crop(case.stored_images[0].image_id, (0, 0, 80, 80))
        space.documents.save_query("heads", "region=Head")
        space.documents.delete(space.documents.case_ids()[1])
        space.backups.write(file)
    return file


def test_t29_a_workspace_restored_elsewhere_is_clean_and_says_the_same(backup, small_workspace, tmp_path):
    made = restore(backup, settings_of(tmp_path / "deep" / "restored"))
    with casegraph.open(small_workspace) as before, casegraph.open(tmp_path / "deep" / "restored") as after:
        assert list(after.documents.cases()) == list(before.documents.cases())
        assert after.documents.saved_queries() == {"heads": "region=Head"}
        assert after.curation.decisions() == before.curation.decisions()
        assert [(item.kind, item.why) for item in after.curation.queue()] == [
            (item.kind, item.why) for item in before.curation.queue()
        ]
        after.indexing.run()
        examined = after.indexing.doctor()
        assert (examined.problems, examined.not_checked) == ((), ())
        assert made.content_digest == before.engines.store.content_digest()
        images = [image for case in after.documents.cases() for image in case.stored_images]
        assert all(after.documents.png(image) == before.documents.png(image) for image in images)


def test_t29_no_path_of_the_machine_is_in_a_backup(backup, tmp_path):
    with zipfile.ZipFile(backup) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert str(tmp_path).encode() not in everything


def test_a_backup_is_private(backup):
    assert backup.stat().st_mode & 0o077 == 0


def test_the_encoders_of_the_workspace_are_those_of_the_restored_one(small_workspace, tmp_path):
    write_workspace_file(small_workspace, WorkspaceFile(image_encoder="hog-pca", text_encoder="tfidf-svd"))
    with casegraph.open(small_workspace) as space:
        space.backups.write(tmp_path / "a.zip")
    restore(tmp_path / "a.zip", settings_of(tmp_path / "restored"))
    restored = read_workspace_file(tmp_path / "restored")
    assert (restored.image_encoder, restored.text_encoder) == ("hog-pca", "tfidf-svd")
    assert (restored.documents, restored.graph, restored.vectors) == ("sqlite", "embedded", "faiss")


@pytest.mark.engine
def test_documents_are_restored_into_an_empty_mongodb(backup, tmp_path, mongodb_address):
    made = restore(backup, settings_of(tmp_path / "restored", documents=mongodb_address))
    with casegraph.open(tmp_path / "restored") as space:
        assert space.engines.store.content_digest() == made.content_digest
        assert not (tmp_path / "restored" / "documents.sqlite").exists()
    with pytest.raises(InputError, match="is not empty"):
        restore(backup, settings_of(tmp_path / "second", documents=mongodb_address))
    assert not (tmp_path / "second").exists()


def test_a_workspace_is_never_restored_over_what_is_there(backup, small_workspace, tmp_path):
    with pytest.raises(InputError, match="is not empty"):
        restore(backup, settings_of(small_workspace))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        restore(backup, settings_of(tmp_path / "mine"))
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["note.txt"]
    with pytest.raises(StorageError, match="cannot be a workspace"):
        restore(backup, settings_of(tmp_path / ("x" * 300)))
    (tmp_path / "empty").mkdir()
    restore(backup, settings_of(tmp_path / "empty"))
    assert casegraph.open(tmp_path / "empty").documents.count() > 0


def test_a_damaged_backup_leaves_no_workspace(backup, tmp_path):
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(content)
    with pytest.raises(DamagedFile, match="is damaged"):
        restore(damaged, settings_of(tmp_path / "restored"))
    assert not (tmp_path / "restored").exists()


def test_a_restore_that_fails_midway_leaves_nothing(backup, tmp_path, monkeypatch):
    def lost(*_: object, **__: object) -> None:
        raise DamagedFile("lost midway.")

    monkeypatch.setattr("ingest.backup.restore._write_member", lost)
    (tmp_path / "place").mkdir()
    with pytest.raises(DamagedFile, match="lost midway"):
        restore(backup, settings_of(tmp_path / "place" / "restored"))
    assert list((tmp_path / "place").iterdir()) == []


def test_what_a_killed_restore_left_goes_with_the_next(backup, tmp_path):
    place = tmp_path / "place"
    write_workspace_file(place / ".writing-999999999-0123456789abcdef", WorkspaceFile())
    (place / ".writing-999999999-ffff").mkdir()  # of another program
    restore(backup, settings_of(place / "restored"))
    assert sorted(path.name for path in place.iterdir()) == [".writing-999999999-ffff", "restored"]


def test_the_backups_of_a_folder_are_listed_the_newest_first(small_workspace, tmp_path):
    folder = tmp_path / "backups"
    with casegraph.open(small_workspace) as space:
        first = space.backups.write(folder / "b.zip")
        second = space.backups.write(folder / "a.zip")
    (folder / "other.zip").write_bytes(b"no backup")
    (folder / "a.txt").write_text("none")
    assert backups_in(folder) == [second, first]
    assert backups_in(tmp_path / "nowhere") == []
    assert check(folder / "a.zip") == second
    assert second.size_bytes == (folder / "a.zip").stat().st_size


def test_a_backup_says_in_a_sentence_what_it_holds(backup):
    found = check(backup)
    assert found.describe() == (
        f"{backup} of {found.made_at[:16].replace('T', ' ')} UTC: {found.cases} cases, {found.images} images, "
        f"{found.records} records of what people did"
    )
