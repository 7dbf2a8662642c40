"""The images that ask: whole and in views, and the images of cases nearest to them."""

from __future__ import annotations

import hashlib
import itertools

import numpy as np
import pytest
from image_bytes import encoded
from PIL import Image
from search_cases import unit

from clip.pixels import open_png
from clip.question_views import question_views, whole_image
from rag.index.interface import VectorRow
from rag.index.opening import index_in_memory
from rag.search.asking_images import MAX_VIEWED, asking_images, given_images
from rag.search.channels import rank_by_image
from rag.search.explain import near_images
from rag.search.nearest_images import VIEW_PENALTY, AskingImages, as_given, nearest_cases, nearest_images
from rag.search.query import Query
from rag.search.question import Question

SIDE = 16


class PixelEncoder:
    """Compares images pixel by pixel, made small."""

    name = "pixels"
    dimension = SIDE * SIDE
    fingerprint = hashlib.sha256(b"pixels").hexdigest()

    def embed_images(self, pngs):
        small = [np.asarray(open_png(png, "L").resize((SIDE, SIDE)), dtype=np.float64).ravel() for png in pngs]
        return np.stack([unit(values - values.mean()) for values in small])


def scan(number):
    """Return a smooth image that is like no other, and no turn of itself."""
    coarse = np.random.default_rng(number).integers(0, 256, (5, 5)).astype(np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((96, 96), Image.Resampling.BILINEAR))


@pytest.fixture(scope="module")
def index():
    """Return the vectors of twelve cases with two images each."""
    rows = [VectorRow(f"t:C{n // 2}_{n}", f"t:C{n // 2}", str(n)) for n in range(24)]
    vectors = PixelEncoder().embed_images([encoded(scan(n)) for n in range(24)])
    return index_in_memory(rows, vectors, PixelEncoder(), sequence=0)


EVERYONE = frozenset(f"t:C{n}" for n in range(12))


def asked(index, *images, views=question_views):
    pngs = tuple(map(encoded, images))
    given = given_images(pngs, PixelEncoder(), views).asking
    return asking_images(Question(Query(images=pngs), given=given), index, PixelEncoder())


def best(index, asking):
    return rank_by_image(index, asking, 5, EVERYONE)[0]


def test_an_exact_copy_stays_first_and_is_named_as_it_was_given(index):
    for number in range(24):
        found = best(index, asked(index, scan(number)))
        assert found.image_id == f"t:C{number // 2}_{number}"
        assert found.score == pytest.approx(1)
        assert found.why.endswith("resembles your image (1.00)")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (np.rot90, "turned by 270 degrees"),
        (lambda pixels: np.rot90(pixels, 2), "turned by 180 degrees"),
        (lambda pixels: pixels[:, ::-1], "mirrored"),
        (lambda pixels: np.pad(np.pad(pixels, 40, constant_values=240), ((60, 0), (0, 0)), constant_values=30),
         "without what is around it"),
    ],
)  # fmt: skip
def test_a_changed_image_is_found_and_the_reason_says_by_which_view(index, change, said):
    changed = change(scan(8))
    found = best(index, asked(index, changed))
    assert found.image_id == "t:C4_8"
    assert found.why == f"its image C4_8 resembles your image, {said} (1.00)"
    assert found.score == pytest.approx(1 - VIEW_PENALTY, abs=0.01)
    near = near_images(index, asked(index, changed), "t:C4")[0]
    assert (near.image_id, near.resembles) == ("t:C4_8", f"your image, {said}")
    assert near.similarity == pytest.approx(1, abs=0.01)
    assert best(index, asked(index, changed, views=whole_image)).score < 0.9


def test_of_several_images_the_reason_names_the_one_and_its_view(index):
    asking = asked(index, scan(100), np.rot90(scan(5), 3))
    assert best(index, asking).why == "its image C2_5 resembles your image 2, turned by 90 degrees (1.00)"
    assert asking.names[0] == "your image 1"


def test_many_images_ask_as_they_are(index):
    assert len(asked(index, *[scan(n) for n in range(MAX_VIEWED)]).names) > MAX_VIEWED
    many = asked(index, *[scan(n) for n in range(MAX_VIEWED + 1)])
    assert many.names == tuple(f"your image {n}" for n in range(1, MAX_VIEWED + 2))
    assert not many.changed.any()


def test_a_view_has_to_be_nearer_by_the_penalty():
    rows = [VectorRow("t:given", "t:A", "1"), VectorRow("t:view", "t:B", "2")]
    for angle, first in ((0.9 * VIEW_PENALTY, "t:A"), (1.1 * VIEW_PENALTY, "t:B")):
        given, view = np.eye(4, dtype=np.float32)[[0, 2]]
        off = np.array([1 - angle, np.sqrt(1 - (1 - angle) ** 2), 0, 0], dtype=np.float32)
        index = index_in_memory(rows, np.stack([off, view]), _four(), sequence=0)
        asking = AskingImages(np.stack([given, view]), ("your image", "your image, mirrored"), np.array([False, True]))
        assert nearest_cases(index, asking, 2, {"t:A", "t:B"})[0].case_id == first


def _four():
    encoder = PixelEncoder()
    encoder.dimension = 4
    return encoder


def test_the_nearest_are_those_of_a_comparison_of_all_with_all(index):
    asking = asked(index, scan(40), scan(41))
    stored = index.stored
    counted = stored.vectors @ asking.vectors.T - VIEW_PENALTY * asking.changed
    of_case = {row.case_id: [] for row in stored.rows}
    for row, values in zip(stored.rows, counted.max(axis=1).tolist(), strict=True):
        of_case[row.case_id].append(values)
    expected = sorted(of_case, key=lambda case_id: -max(of_case[case_id]))
    for k, allowed in itertools.product((1, 4, 12), (EVERYONE, frozenset(list(EVERYONE)[::2]))):
        found = [near.case_id for near in nearest_cases(index, asking, k, allowed)]
        assert found == [case_id for case_id in expected if case_id in allowed][:k]
    for case_id in EVERYONE:
        found = nearest_images(index, asking, case_id, 5)
        rows = [number for number, row in enumerate(stored.rows) if row.case_id == case_id]
        wanted = sorted(rows, key=lambda number: -counted[number].max())
        assert [near.row for near in found] == [stored.rows[number] for number in wanted]
        assert [near.query_number for near in found] == [int(counted[number].argmax()) for number in wanted]


def test_nothing_asks_of_nothing(index):
    nothing = as_given(np.zeros((0, SIDE * SIDE), dtype=np.float32), "")
    assert nearest_cases(index, nothing, 5, EVERYONE) == []
    assert nearest_images(index, nothing, "t:C1", 5) == []
