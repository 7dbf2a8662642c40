"""A real store with a handful of cases, their vectors, and search over them."""

from __future__ import annotations

import pytest
from built_index import build_index
from search_cases import ImageEncoder, Images, WordEncoder, search_cases

from clip.question_views import whole_image
from ingest.store.opening import open_store
from rag.index.opening import open_vectors
from rag.search.search import open_search


@pytest.fixture
def store(tmp_path):
    store = open_store("sqlite", tmp_path)
    with store.writer("a test") as writer:
        writer.write_cases(search_cases())
    yield store
    store.close()


@pytest.fixture
def vectors_folder(tmp_path):
    return tmp_path / "vectors"


@pytest.fixture
def vectors(vectors_folder, store):
    stores = open_vectors("faiss", vectors_folder)
    build_index(store, Images(), ImageEncoder(), WordEncoder(), stores)
    return stores


@pytest.fixture
def search(store, vectors):
    return open_search(store, vectors, ImageEncoder(), WordEncoder(), views=whole_image)


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
        vectors = open_vectors("faiss", folder / "vectors")
        build_index(store, Images(), ImageEncoder(), WordEncoder(), vectors)
        return open_search(store, vectors, ImageEncoder(), WordEncoder(), views=whole_image)

    yield open_over
    for store in stores:
        store.close()
