"""kill -9 at a hundred points of an ingest: what was acknowledged stays, nothing comes twice, the next run ends it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from killing import Nursery, kill_points, wanted_kills
from release_folder import case_document, description, picture, write_release

from ingest.case import sha256_of_json
from ingest.objects import ObjectStore
from ingest.store.opening import open_store

CASES = 12


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve cases, every second one with a small picture."""
    names = [f"MPX{number:04}" for number in range(CASES)]
    pictures = {name: f"{name}_a" for name in names[::2]}
    return write_release(
        tmp_path_factory.mktemp("release"),
        [case_document(name, tac=[pictures[name]] if name in pictures else []) for name in names],
        [description(image, name) for name, image in pictures.items()],
        {f"{image}.png": picture(number) for number, image in enumerate(pictures.values())},
    )


def state(workspace: Path) -> tuple[str, list[str], int]:
    with closing(open_store("sqlite", workspace)) as store:
        return store.content_digest(), list(ObjectStore(workspace / "objects").keys()), store.sequence()


def test_t19_kill_9_anywhere_in_an_ingest_loses_and_doubles_nothing(nursery: Nursery, release: Path, tmp_path: Path):
    whole = nursery.run("ingest", release, tmp_path / "whole", kind="call")
    assert whole.told == [str(done) for done in range(0, CASES + 1, 2)]
    expected = state(tmp_path / "whole")
    with closing(open_store("sqlite", tmp_path / "whole")) as store:
        in_order = [stored.case for stored in sorted(store.cases(), key=lambda one: one.sequence)]
    points = kill_points(whole, wanted_kills(100))
    reached = 0
    for number, (kind, kill_at) in enumerate(points):
        workspace = tmp_path / str(number)
        ended = nursery.run("ingest", release, workspace, kill_at=kill_at, kind=kind)
        reached += ended.killed
        acknowledged = in_order[: int(ended.told[-1])] if ended.told else []
        with closing(open_store("sqlite", workspace)) as store:
            entries = list(store.entries())
            assert {case.case_id for case in acknowledged} <= {entry.case_id for entry in entries}, (kind, kill_at)
            assert store.lost_changes() == []
            assert [entry.sequence for entry in sorted(entries, key=lambda one: one.sequence)] == [
                *range(1, store.sequence() + 1)
            ]
            digests = {case.case_id: case.content_digest for case in in_order}
            for entry in entries:
                assert sha256_of_json(entry.document) == entry.content_digest == digests[entry.case_id]
        resumed = nursery.run("ingest", release, workspace)
        assert not resumed.killed
        assert state(workspace) == expected, (kind, kill_at)
        assert list(workspace.rglob(".writing-*")) == [], (kind, kill_at)
    assert reached >= 0.9 * len(points)
