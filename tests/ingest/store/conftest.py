"""One document store per engine: every test that takes `store` runs on each."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from case_factory import TickingClock

from ingest.store.interface import DocumentStore
from ingest.store.opening import open_store
from ingest.store.views import SourceView

OpenStore = Callable[..., DocumentStore]


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.engine)])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """Opens the same store of one engine, as often as one likes."""
    address = "sqlite" if request.param == "sqlite" else request.getfixturevalue("mongodb_address")
    with contextlib.ExitStack() as opened:

        def open_one(views: Sequence[SourceView] = ()) -> DocumentStore:
            store = open_store(address, tmp_path / "workspace", views=views, clock=TickingClock())
            opened.callback(store.close)
            return store

        yield open_one


@pytest.fixture
def store(open_again: OpenStore) -> DocumentStore:
    """An empty document store."""
    return open_again()
