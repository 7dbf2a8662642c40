"""Vectors of all cases: complete, cheap to bring up to date, and mended by a rebuild."""

from __future__ import annotations

import weakref
from dataclasses import replace

import numpy as np
import pytest
from built_index import build_index
from search_cases import ImageEncoder, Images, WordEncoder, search_case, search_cases

from ingest.errors import DamagedFile
from ingest.vocabulary import Section
from rag.index.indexing import IndexState, index_states
from rag.index.opening import open_vectors


def build(store, vectors, **options):
    images, texts = ImageEncoder(), WordEncoder()
    report = build_index(store, Images(), images, texts, vectors, **options)
    return report, images, texts


def test_every_image_and_every_text_has_a_vector(store, vectors):
    images = vectors["images"].read(ImageEncoder())
    texts = vectors["texts"].read(WordEncoder())
    cases = search_cases()
    assert {row.vector_id for row in images.rows} == {image.image_id for case in cases for image in case.images}
    assert {row.case_id for row in texts.rows} == {case.case_id for case in cases}
    assert "test:C1_image0|caption|0-39" in {row.vector_id for row in texts.rows}
    row = next(place for place, row in enumerate(images.rows) if row.vector_id == "test:C1_image1")
    assert np.array_equal(images.vectors[row], ImageEncoder().embed_images([b"aaab"])[0])
    assert index_states(vectors) == [
        IndexState("images", "histogram", len(images.rows), store.sequence()),
        IndexState("texts", "words", len(texts.rows), store.sequence()),
    ]


def test_a_second_run_embeds_nothing(store, vectors):
    report, images, texts = build(store, vectors)
    assert (report.images_embedded, report.texts_embedded) == (0, 0)
    assert (images.embedded, texts.embedded) == ([], [])
    assert report.images > 0
    assert report.texts > 0


def test_equal_contents_are_embedded_once(store, tmp_path):
    _, images, texts = build(store, open_vectors("faiss", tmp_path))
    assert len(images.embedded) == len(set(images.embedded))
    assert len(texts.embedded) == len(set(texts.embedded))


def test_a_changed_text_is_the_only_one_embedded_anew(store, vectors):
    case = search_cases()[0]
    changed = replace(case, sections={**case.sections, Section.HISTORY: "Seizure yesterday."})
    with store.writer("a test") as writer:
        writer.write_cases([changed])
    report, images, texts = build(store, vectors)
    assert (images.embedded, texts.embedded) == ([], ["Seizure yesterday."])
    assert report.sequence == store.sequence()


def test_a_deleted_case_leaves_no_vector_behind(store, vectors, vectors_folder):
    with store.writer("a test") as writer:
        writer.delete_case("test:C1")
    build(store, vectors)
    for kind in ("images", "texts"):
        assert "test:C1" not in {row.case_id for row in vectors[kind].read().rows}
    data = b"".join(path.read_bytes() for path in vectors_folder.rglob("*") if path.is_file())
    assert b"test:C1|" not in data
    assert ImageEncoder().embed_images([b"aaab"]).tobytes() not in data


def test_another_encoder_makes_all_vectors_anew(store, vectors):
    texts = WordEncoder("others", 16)
    report = build_index(store, Images(), ImageEncoder(), texts, vectors)
    assert report.images_embedded == 0
    assert report.texts_embedded == len(texts.embedded) > 0
    assert vectors["texts"].read(texts).vectors.shape[1] == 16


def test_damaged_vectors_are_mended_by_making_them_anew(store, vectors, vectors_folder):
    next((vectors_folder / "images").glob("snapshot-*/vectors.npy")).write_bytes(b"broken")
    with pytest.raises(DamagedFile, match=r"vectors\.npy' is missing or not as it was written"):
        vectors["images"].read()
    report, images, texts = build(store, vectors, rebuild=True)
    assert len(images.embedded) == report.images_embedded > 0
    assert len(texts.embedded) == report.texts_embedded > 0
    assert vectors["images"].read(images).state.count == report.images


def test_progress_counts_to_the_end(store, tmp_path):
    seen = []
    build(store, open_vectors("faiss", tmp_path), on_progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1] > 0


def test_a_case_without_images_is_found_by_its_words_only(store, vectors):
    with store.writer("a test") as writer:
        writer.write_cases([search_case(11, "Sinusitis", "Mucosal thickening.", images=())])
    report, _, _ = build(store, vectors)
    assert "test:C11" not in {row.case_id for row in vectors["images"].read().rows}
    assert "test:C11" in {row.case_id for row in vectors["texts"].read().rows}
    assert report.images_embedded == 0


class OneByOne:
    """A store that counts how many of the cases it gave out are still held."""

    def __init__(self, store):
        self.store, self.given, self.alive = store, [], []

    def __getattr__(self, name):
        return getattr(self.store, name)

    def cases(self):
        for stored in self.store.cases():
            fresh = replace(stored, case=replace(stored.case))
            self.given.append(weakref.ref(fresh.case))
            yield fresh
            self.alive.append(sum(one() is not None for one in self.given))


def test_no_case_is_kept_while_its_vectors_are_made(store, tmp_path):
    counting = OneByOne(store)
    build(counting, open_vectors("faiss", tmp_path))
    assert len(counting.alive) == store.count() > 2
    assert max(counting.alive) <= 2
