"""Rows of letters are seen wherever they stand; side letters, panel letters, scales and texture are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from dicom_bytes import dataset_of, written
from image_bytes import encoded, pixels, ramp
from PIL import Image, ImageDraw, ImageFont
from release_folder import case_document, description, write_release

from ingest.curation.curator import Curator
from ingest.curation.review import ReviewKind, review_queue
from ingest.images.burned_in import (
    BURNED_IN,
    MAX_SIDE_PX,
    SAID_BY_HEADER,
    burned_in,
    rows_of_letters,
    with_text_told,
    without_text,
)
from ingest.images.decoding import decode_image
from ingest.images.objects import ObjectStore
from ingest.load import ingest
from ingest.remedies import Remedy, RemedyAction
from ingest.store.opening import open_store

NAME = "MUSTER^ERIKA"


def scan(*texts: str, size: int = 16, place: tuple[int, int] = (10, 12), level: int = 255, ground: int = 0):
    """Return a grey image with smooth shading, and lines of text."""
    rows, columns = np.mgrid[0:300, 0:400]
    shaded = np.clip(ground + 60 * np.exp(-((rows - 160) ** 2 + (columns - 200) ** 2) / 6000), 0, 255)
    image = Image.fromarray(shaded.astype(np.uint8))
    font = ImageFont.load_default(size)
    for number, text in enumerate(texts):
        ImageDraw.Draw(image).text((place[0], place[1] + round(1.3 * size) * number), text, fill=level, font=font)
    return np.asarray(image)


@pytest.mark.parametrize("place", [(10, 12), (240, 12), (10, 260), (240, 260)])
@pytest.mark.parametrize("text", [NAME, "1958-04-12", "MRN7731204"])
def test_a_name_a_date_and_a_number_are_seen_where_they_stand(text, place):
    (box,) = rows_of_letters(scan(text, place=place))
    assert place[0] - 2 <= box.left <= place[0] + 20
    assert place[1] <= box.top < box.bottom <= place[1] + 20


@pytest.mark.parametrize(("level", "ground"), [(255, 0), (110, 0), (0, 190)])
@pytest.mark.parametrize("size", [11, 16, 28])
def test_light_and_dark_text_of_any_size_is_seen(size, level, ground):
    assert rows_of_letters(scan(NAME, size=size, level=level, ground=ground))


def test_each_line_is_told_from_the_top_down():
    first, second = rows_of_letters(scan(NAME, "1958-04-12"))
    assert first.bottom <= second.top


def test_text_of_a_large_image_is_told_in_its_own_pixels():
    large = np.kron(scan(NAME), np.ones((8, 8), np.uint8))
    assert max(large.shape) > MAX_SIDE_PX
    (box,) = rows_of_letters(large)
    assert 80 <= box.left <= 160
    assert 600 < box.right < 1500


@pytest.mark.parametrize("text", ["R", "L", "AP", "3B"])
def test_a_side_letter_or_a_panel_letter_is_no_text(text):
    assert rows_of_letters(scan(text)) == []


def test_texture_and_a_scale_are_no_text():
    noise = np.random.default_rng(3).normal(120, 30, (300, 400)).clip(0, 255).astype(np.uint8)
    scale = scan()
    scale = scale.copy()
    scale[100:200:10, 380:390] = 255  # ticks, one above the other
    assert rows_of_letters(noise) == []
    assert rows_of_letters(scale) == []


def test_t44_text_made_black_is_gone_and_nothing_else_is_changed():
    image = with_text_told(decode_image(encoded(scan(NAME))))
    cleaned = without_text(image)
    assert cleaned.text_px == ()
    assert cleaned.pixel_sha256 != image.pixel_sha256
    before, after = (pixels(one.png) for one in (image, cleaned))
    assert (after[:40, :140] < 10).all()
    assert np.array_equal(after[60:], before[60:])


@pytest.mark.parametrize(("said", "where"), [("YES", SAID_BY_HEADER), ("NO", None)])
def test_what_a_dicom_header_says_of_burned_in_text_is_told(said, where):
    image = decode_image(written(dataset_of(ramp(), BurnedInAnnotation=said)))
    assert burned_in(image) == where


@pytest.fixture
def store(tmp_path: Path):
    store = open_store("sqlite", tmp_path)
    yield store
    store.close()


def own_release(folder: Path, case_id: str) -> Path:
    cases, images = [case_document(case_id, tac=[f"{case_id}_a"])], {f"{case_id}_a.png": encoded(scan(NAME))}
    return write_release(folder, cases, [description(f"{case_id}_a", case_id)], images)


def test_t44_text_in_images_of_ones_own_is_reported_and_in_the_queue_until_it_is_marked(tmp_path, store):
    objects = ObjectStore(tmp_path / "objects")
    folder = own_release(tmp_path / "own", "WARD7")
    assert ingest(folder, store, objects, actor="t").images_with_text == 1
    (item,) = (item for item in review_queue(store) if item.kind is ReviewKind.BURNED_IN_TEXT)
    assert item.instead == Remedy(RemedyAction.MARK_TEXT, item.image_id)
    assert ingest(folder, store, objects, actor="t").images_with_text == 1  # read again, not decoded again
    Curator(store, objects, "ann").mark_text(item.image_id, [(0, 0, 400, 40)])
    assert not any(item.kind is ReviewKind.BURNED_IN_TEXT for item in review_queue(store))
    assert ingest(folder, store, objects, actor="t").images_with_text == 0


def test_text_that_half_a_mark_leaves_is_still_in_the_queue(tmp_path, store):
    objects = ObjectStore(tmp_path / "objects")
    ingest(own_release(tmp_path / "own", "WARD7"), store, objects, actor="t")
    (case,) = (stored.case for stored in store.cases())
    Curator(store, objects, "ann").mark_text(case.images[0].image_id, [(0, 0, 60, 40)])
    (item,) = (item for item in review_queue(store) if item.kind is ReviewKind.BURNED_IN_TEXT)
    assert item.raw != case.images[0].source_values[BURNED_IN]


def test_text_in_images_that_anyone_has_is_no_news(tmp_path, store):
    report = ingest(own_release(tmp_path / "medpix", "MPX9001"), store, ObjectStore(tmp_path / "objects"), actor="t")
    assert report.images_with_text == 0
    assert review_queue(store) == []
