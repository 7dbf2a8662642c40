"""kill -9 at a hundred points of an ingest: what was acknowledged stays, nothing comes twice, the next run ends it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from killing import Ended, Nursery, kill_points, wanted_kills
from release_folder import case_document, description, noise_png, write_release

from ingest.case import Case, sha256_of_json
from ingest.images.objects import ObjectStore
from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store

CASES = 12
BATCH = 2  # see `killed_child`


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve cases, every second one with a small image."""
    names = [f"MPX{number:04}" for number in range(CASES)]
    images = {name: f"{name}_a" for name in names[::2]}
    return write_release(
        tmp_path_factory.mktemp("release"),
        [case_document(name, tac=[images[name]] if name in images else []) for name in names],
        [description(file, name) for name, file in images.items()],
        {f"{file}.png": noise_png(number) for number, file in enumerate(images.values())},
    )


class Road:
    """An ingest of the release into a workspace of its own, with its documents in one of the engines."""

    def __init__(self, nursery: Nursery, release: Path, workspace: Path, address: str) -> None:
        self.workspace = workspace
        self._address = address
        self._run = partial(nursery.run, "ingest", release, workspace, address)

    def run(self, kill_at: int | None = None, kind: str = "") -> Ended:
        return self._run(kill_at=kill_at, kind=kind)

    def store(self) -> closing[DocumentStore]:
        return closing(open_store(self._address, self.workspace))

    def state(self) -> tuple[str, list[str]]:
        with self.store() as store:
            return store.content_digest(), list(ObjectStore(self.workspace / "objects").keys())


def kill_often(road: Callable[[str], Road], count: int, *, allowed_to_spend: int = 0) -> None:
    """Kill the ingest at so many points; what was acknowledged is there, once, and the next run ends it.

    A crash may spend so many numbers of the sequence on nothing.
    """
    whole = road("whole")
    counted = whole.run(kind="call")
    assert counted.told == [str(done) for done in range(0, CASES + 1, 2)]
    expected = whole.state()
    with whole.store() as store:
        in_order = [stored.case for stored in sorted(store.cases(), key=lambda one: one.sequence)]
    points = kill_points(counted, count)
    reached = 0
    for number, (kind, kill_at) in enumerate(points):
        killed = road(str(number))
        ended = killed.run(kill_at, kind)
        reached += ended.killed
        with killed.store() as store:
            require_all_acknowledged(store, in_order, int(ended.told[-1]) if ended.told else 0)
            with store.writer("next"):  # publishes what was written and not told of: a MongoDB has no transaction here
                require_all_told(store)
                spent = store.sequence() - len(list(store.entries()))
        assert 0 <= spent <= allowed_to_spend, (kind, kill_at)
        assert not killed.run().killed
        assert killed.state() == expected, (kind, kill_at)
        with killed.store() as store:
            assert store.sequence() == CASES + spent, (kind, kill_at)
        assert list(killed.workspace.rglob(".writing-*")) == [], (kind, kill_at)
    assert reached >= 0.9 * len(points)


def require_all_acknowledged(store: DocumentStore, in_order: list[Case], acknowledged: int) -> None:
    """Each acknowledged case is there, none twice, no number is lost, and what is there is whole."""
    entries = list(store.entries())
    assert {case.case_id for case in in_order[:acknowledged]} <= {entry.case_id for entry in entries}
    assert store.lost_changes() == []
    digests = {case.case_id: case.content_digest for case in in_order}
    for entry in entries:
        assert sha256_of_json(entry.document) == entry.content_digest == digests[entry.case_id]
    sequences = sorted(entry.sequence for entry in entries)
    assert len(set(sequences)) == len(sequences) == len({entry.case_id for entry in entries})


def require_all_told(store: DocumentStore) -> None:
    """No case stands beyond the last change of the store."""
    assert all(1 <= entry.sequence <= store.sequence() for entry in store.entries())


def test_t19_kill_9_anywhere_in_an_ingest_loses_and_doubles_nothing(nursery: Nursery, release: Path, tmp_path: Path):
    kill_often(lambda name: Road(nursery, release, tmp_path / name, "sqlite"), wanted_kills(100))


@pytest.mark.engine
def test_t19_kill_9_anywhere_in_an_ingest_into_a_mongodb_loses_and_doubles_nothing(
    nursery: Nursery, release: Path, tmp_path: Path, mongodb_address: str
):
    kill_often(
        lambda name: Road(nursery, release, tmp_path / name, f"{mongodb_address}_{name}"),
        wanted_kills(15),
        allowed_to_spend=BATCH,  # reserved before the cases are written, each in an operation of its own
    )
