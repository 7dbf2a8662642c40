"""Views of an image that asks: whole, out of its window, turned, mirrored."""

from __future__ import annotations

import numpy as np
import pytest
from image_bytes import encoded
from PIL import Image, ImageDraw

from clip.pixels import open_png
from clip.question_views import MIN_SIDE_PX, content_box, question_views, whole_image
from ingest.errors import InputError

LEFT, TOP = 37, 61


@pytest.fixture
def scan():
    """Return something that is like no turn of itself, bright to its edges."""
    rows, columns = np.mgrid[0:120, 0:160]
    return (70 + 100 * rows / 120 + 50 * columns / 160 + 15 * ((rows // 10 + columns // 7) % 2)).astype(np.uint8)


def pixels_of(png):
    return np.asarray(open_png(png, "L"))


def by_change(png):
    return {view.change: pixels_of(view.png) for view in question_views(png)}


def in_window(scan, background, *, frame=False):
    """Return a screenshot: a bar with words and a button, then the image in margins."""
    height, width = scan.shape
    window = Image.new("L", (width + LEFT + 50, height + TOP + 80), background)
    pen = ImageDraw.Draw(window)
    pen.rectangle((0, 0, window.width, 29), fill=(background + 90) % 256)
    pen.text((10, 8), "viewer, image 1 of 4", fill=255 - background)
    pen.text((10, window.height - 20), "W 400 L 40", fill=255 - background)
    if frame:
        pen.rectangle((LEFT - 3, TOP - 3, LEFT + width + 2, TOP + height + 2), outline=255 - background)
    window.paste(Image.fromarray(scan), (LEFT, TOP))
    return np.asarray(window)


def test_the_first_view_is_the_image_as_it_was_given(scan):
    png = encoded(scan)
    first = question_views(png)[0]
    assert (first.png, first.change) == (png, "")
    assert [view.png for view in whole_image(png)] == [png]


def test_an_image_without_a_window_has_no_view_out_of_one(scan):
    changes = [view.change for view in question_views(encoded(scan))]
    assert changes == ["", "turned by 90 degrees", "turned by 180 degrees", "turned by 270 degrees", "mirrored"]


@pytest.mark.parametrize("background", [235, 30, 0, 255])
@pytest.mark.parametrize("frame", [False, True])
def test_the_image_is_found_in_its_window(scan, background, frame):
    window = in_window(scan, background, frame=frame)
    assert content_box(window) == (TOP, TOP + scan.shape[0], LEFT, LEFT + scan.shape[1])
    assert np.array_equal(by_change(encoded(window))["without what is around it"], scan)


def test_an_image_that_was_turned_or_mirrored_is_turned_back(scan):
    for quarters in (1, 2, 3):
        changed = by_change(encoded(np.rot90(scan, quarters)))
        back = f"turned by {90 * (4 - quarters)} degrees"
        assert np.array_equal(changed[back], scan)
    assert np.array_equal(by_change(encoded(scan[:, ::-1]))["mirrored"], scan)


def test_a_turned_image_in_a_window_is_found_and_turned_back(scan):
    window = in_window(np.ascontiguousarray(np.rot90(scan)), 235)
    assert np.array_equal(by_change(encoded(window))["turned by 270 degrees"], scan)


def test_colours_stay():
    red = np.zeros((80, 80, 3), dtype=np.uint8)
    red[20:60, 10:50, 0] = np.arange(40) * 6
    for view in question_views(encoded(red)):
        assert np.asarray(open_png(view.png, "RGB"))[..., 1:].max() == 0


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_image_of_one_colour_is_all_content(level):
    assert content_box(np.full((90, 70), level, dtype=np.uint8)) == (0, 90, 0, 70)


def test_a_page_with_a_small_symbol_is_all_content():
    page = np.full((400, 300), 255, dtype=np.uint8)
    page[100 : 100 + MIN_SIDE_PX - 1, 50:250] = np.arange(200)
    assert content_box(page) == (0, 400, 0, 300)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 2)])
def test_the_smallest_images_have_views(shape):
    for view in question_views(encoded(np.full(shape, 9, dtype=np.uint8))):
        assert sorted(pixels_of(view.png).shape) == sorted(shape)


def test_what_is_no_png_is_refused():
    with pytest.raises(InputError, match="not a readable PNG"):
        question_views(b"no image")
