"""Deleting a case: what goes, what stays, and that an interrupted deletion is ended."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from killing import Nursery, kill_points, wanted_kills
from release_folder import case_document, description, noise_png, write_release

from ingest.curation.curator import Curator
from ingest.curation.decided import AS_READ
from ingest.deletion import delete_case, finish_deletions, unfinished_deletions
from ingest.errors import BusyError, UnknownCase
from ingest.images.objects import ObjectStore
from ingest.load import ingest
from ingest.store.interface import DocumentStore, Tombstone
from ingest.store.opening import open_store

GONE = "medpix2:MPX9001"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cases with two images each; one image stands in both."""
    folder = tmp_path_factory.mktemp("filled")
    cases = [
        case_document("MPX9001", tac=["MPX9001_a", "MPX9001_b"]),
        case_document("MPX9002", tac=["MPX9002_a", "MPX9002_b"]),
    ]
    names = {"MPX9001_a": 1, "MPX9001_b": 2, "MPX9002_a": 1, "MPX9002_b": 3}
    descriptions = [description(name, name.partition("_")[0]) for name in names]
    images = {f"{name}.png": noise_png(seed) for name, seed in names.items()}
    release = write_release(folder / "release", cases, descriptions, images)
    with closing(open_store("sqlite", folder / "workspace")) as store:
        ingest(release, store, ObjectStore(folder / "workspace" / "objects"), actor="curator")
    return folder


@pytest.fixture
def workspace(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled / "workspace", tmp_path / "workspace")
    return tmp_path / "workspace"


@pytest.fixture
def store(workspace: Path) -> Iterator[DocumentStore]:
    with closing(open_store("sqlite", workspace)) as store:
        yield store


@pytest.fixture
def objects(workspace: Path) -> ObjectStore:
    return ObjectStore(workspace / "objects")


def test_a_deleted_case_leaves_a_tombstone_and_the_images_of_others(store, objects):
    shared, own = (image.object_key for image in store.get("MPX9001").case.images)
    report = delete_case(store, objects, "MPX9001", actor="curator")
    assert (report.case_id, report.sequence, report.images) == (GONE, 3, 1)
    assert store.case_ids() == ["medpix2:MPX9002"]
    [tombstone] = [change for change in store.changes_since(0) if isinstance(change, Tombstone)]
    assert (tombstone.case_id, tombstone.actor) == (GONE, "curator")
    assert shared in set(objects.keys())
    assert own not in set(objects.keys())
    assert unfinished_deletions(store) == []


def test_originals_and_the_case_as_read_go_too(store, objects):
    Curator(store, objects, "curator").crop(f"{GONE}_b", (0, 0, 20, 20))
    assert GONE in store.records(AS_READ)
    before = set(objects.keys())
    report = delete_case(store, objects, GONE, actor="curator")
    assert report.images == 2
    assert len(before) - len(set(objects.keys())) == 2
    assert store.records(AS_READ) == {}


def test_a_case_that_is_not_there_is_named(store, objects):
    with pytest.raises(UnknownCase, match="MPX1"):
        delete_case(store, objects, "MPX1", actor="curator")
    delete_case(store, objects, GONE, actor="curator")
    with pytest.raises(UnknownCase, match="MPX9001"):
        delete_case(store, objects, GONE, actor="curator")


def test_t17_a_deletion_does_not_run_into_a_writer(store, objects):
    with store.writer("someone else"), pytest.raises(BusyError, match="is being written by"):
        delete_case(store, objects, GONE, actor="curator")
    assert store.has(GONE)


def test_a_case_that_came_back_is_not_deleted_by_an_old_intention(filled, store, objects):
    delete_case(store, objects, GONE, actor="curator")
    with store.writer("curator") as writer:
        writer.save_record("deletion", GONE, {"sequence": 1, "object_keys": []})
    ingest(filled / "release", store, objects, actor="curator")
    finish_deletions(store, objects, actor="curator")
    assert store.has(GONE)
    assert unfinished_deletions(store) == []


def test_kill_9_anywhere_in_a_deletion_is_ended_by_the_next_run(nursery: Nursery, filled: Path, tmp_path: Path):
    """The next run is `finish_deletions`, as an index makes it, or the deletion again: they end in the same state."""

    def copied(name: str) -> Path:
        shutil.copytree(filled / "workspace", tmp_path / name)
        return tmp_path / name

    def state(workspace: Path) -> tuple[str, int, list[str], list[str]]:
        with closing(open_store("sqlite", workspace)) as store:
            objects = list(ObjectStore(workspace / "objects").keys())
            return store.content_digest(), store.sequence(), unfinished_deletions(store), objects

    whole = nursery.run("delete", copied("whole"), GONE, kind="call")
    before, expected = state(filled / "workspace"), state(tmp_path / "whole")
    ends = set[bool]()
    for number, (kind, kill_at) in enumerate(kill_points(whole, wanted_kills(40))):
        workspace = copied(str(number))
        nursery.run("delete", workspace, GONE, kill_at=kill_at, kind=kind)
        begun = state(workspace) != before
        nursery.run("finish", workspace)
        assert state(workspace) == (expected if begun else before), (kind, kill_at)
        ends.add(begun)
        if not begun:
            nursery.run("delete", workspace, GONE)
            assert state(workspace) == expected, (kind, kill_at)
    assert ends == {True, False}
