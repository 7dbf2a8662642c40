"""Vectors of a store's cases, made and written in one go."""

from __future__ import annotations

from typing import Any

from clip.encoders import ImageEncoder, TextEncoder
from ingest.images.objects import ObjectStore
from ingest.store.interface import DocumentStore
from rag.index.indexing import IndexReport, make_vectors
from rag.index.opening import VectorStores


def build_index(
    store: DocumentStore,
    objects: ObjectStore,
    image_encoder: ImageEncoder,
    text_encoder: TextEncoder,
    vectors: VectorStores,
    **options: Any,
) -> IndexReport:
    made = make_vectors(store, objects, image_encoder, text_encoder, vectors, **options)
    made.write(vectors)
    return made.report
