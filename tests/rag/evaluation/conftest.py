"""An archive of the sample cases with vectors, in which cases may ask."""

from __future__ import annotations

import pytest
from search_cases import PictureEncoder, Pictures, WordEncoder

from ingest.annotate import annotate
from ingest.medpix2 import read_cases, read_release
from ingest.store.opening import open_store
from rag.indexing import build_index
from rag.search import open_search


@pytest.fixture(scope="module")
def sample_cases(sample_release):
    return [annotate(case) for case in read_cases(read_release(sample_release))]


@pytest.fixture
def search_over(tmp_path):
    """Return a function that opens a search over cases."""
    stores = []

    def open_over(cases):
        folder = tmp_path / str(len(stores))
        folder.mkdir()
        store = open_store("sqlite", folder)
        stores.append(store)
        with store.writer("a test") as writer:
            writer.write_cases(cases)
        build_index(store, Pictures(), PictureEncoder(), WordEncoder(), folder / "vectors")
        return open_search(store, folder / "vectors", PictureEncoder(), WordEncoder())

    yield open_over
    for store in stores:
        store.close()
