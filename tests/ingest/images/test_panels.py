import numpy as np
import pytest

from ingest.images.boxes import Box, overlap
from ingest.images.panels import Confidence, panels_of

LIGHT, DARK = 255, 0


def texture(width, height, seed, low=60, high=200):
    """An image whose every line shows: smooth noise around a level of its own."""
    random = np.random.default_rng(seed)
    level = random.integers(low, high)
    return (level + random.normal(0, 8, (height, width))).clip(20, 235).astype(np.uint8)


def scan(width, height, size=0.8):
    """A slice: an ellipse with texture on a black margin."""
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    inside = rows**2 + columns**2 < size
    return np.where(inside, texture(width, height, 5), 0).astype(np.uint8)


def figure(boxes, level=LIGHT, width=None, height=None, panel=texture):
    """A figure with images at some boxes, on a plain ground."""
    width = width or max(box.right for box in boxes)
    height = height or max(box.bottom for box in boxes)
    levels = np.full((height, width), level, np.uint8)
    for seed, box in enumerate(boxes):
        levels[box.top : box.bottom, box.left : box.right] = panel(box.width_px, box.height_px, seed)
    return levels


def grid(rows, columns, width=150, height=120, gutter=6, border=0):
    return [
        Box(left, top, left + width, top + height)
        for top in range(border, border + rows * (height + gutter), height + gutter)
        for left in range(border, border + columns * (width + gutter), width + gutter)
    ]


def assert_found(found, expected, at_least=0.97):
    assert len(found) == len(expected)
    assert all(overlap(one, other) >= at_least for one, other in zip(found, expected, strict=True))


@pytest.mark.parametrize("level", [LIGHT, DARK, 245, 12])
@pytest.mark.parametrize("gutter", [1, 2, 6, 12])
def test_a_grid_is_cut_at_light_and_dark_gutters_in_reading_order(level, gutter):
    boxes = grid(2, 3, gutter=gutter)
    assert_found(panels_of(figure(boxes, level)).boxes, boxes)


def test_panels_that_touch_are_cut_where_a_straight_edge_parts_them():
    boxes = [Box(0, 0, 200, 160), Box(200, 0, 340, 160)]
    levels = figure(
        boxes, panel=lambda width, height, seed: texture(width, height, seed, 60 + 90 * seed, 61 + 90 * seed)
    )
    assert_found(panels_of(levels).boxes, boxes)


def test_rows_of_different_numbers_of_panels_are_cut():
    boxes = [Box(0, 0, 300, 150), Box(308, 0, 500, 150), Box(0, 160, 120, 300), Box(130, 160, 300, 300),
             Box(310, 160, 500, 300)]  # fmt: skip
    assert_found(panels_of(figure(boxes)).boxes, boxes)


def test_a_large_panel_beside_a_stack_of_small_ones_is_cut():
    boxes = [Box(0, 0, 300, 300), Box(308, 0, 450, 146), Box(308, 154, 450, 300)]
    assert_found(panels_of(figure(boxes)).boxes, boxes)


def test_panels_that_no_straight_line_parts_are_cut():
    boxes = [Box(0, 0, 240, 110), Box(250, 0, 360, 240), Box(0, 120, 110, 360), Box(120, 120, 240, 240),
             Box(120, 250, 360, 360)]  # fmt: skip
    found = panels_of(figure(boxes)).boxes
    assert sorted(found) == sorted(boxes)


PINWHEEL = [Box(0, 0, 240, 110), Box(240, 0, 360, 240), Box(0, 110, 110, 360), Box(110, 110, 240, 240),
            Box(110, 240, 360, 360)]  # fmt: skip


def of_levels(*levels):
    """Panels of so many levels, one after the other."""
    return lambda width, height, seed: texture(width, height, seed, levels[seed], levels[seed] + 1)


@pytest.mark.parametrize("mirrored", [False, True])
def test_panels_that_touch_and_that_no_straight_line_parts_are_cut(mirrored):
    levels = figure(PINWHEEL, panel=of_levels(60, 140, 180, 100, 30))
    expected = [Box(360 - b.right, b.top, 360 - b.left, b.bottom) for b in PINWHEEL] if mirrored else PINWHEEL
    found = panels_of(np.ascontiguousarray(levels[:, ::-1]) if mirrored else levels).boxes
    assert sorted(found) == sorted(expected)


def half_dark(width, height, seed):
    """An image that reaches its left and upper sides in part, and fades out in a curve."""
    rows, columns = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    shown = texture(width, height, seed, 90 + 20 * seed, 91 + 20 * seed)
    return np.where(rows**2 + columns**2 < 0.25, shown, 0).astype(np.uint8)


def test_dark_gutters_between_panels_with_black_margins_are_cut_in_uneven_rows():
    boxes = [Box(0, 0, 300, 150), Box(306, 0, 500, 150), Box(0, 156, 180, 330), Box(186, 156, 500, 330)]
    assert_found(panels_of(figure(boxes, DARK, panel=half_dark)).boxes, boxes, at_least=0.9)


def test_letters_on_a_dark_ground_below_panels_belong_to_none():
    boxes = grid(2, 2, gutter=30)
    levels = figure(boxes, DARK, height=boxes[-1].bottom + 30)
    for box in boxes:
        for left in (60, 72):
            levels[box.bottom + 8 : box.bottom + 22, box.left + left : box.left + left + 6] = 255
    assert_found(panels_of(levels).boxes, boxes)


def test_panels_under_100_px_are_kept():
    boxes = grid(3, 4, width=70, height=60)
    assert_found(panels_of(figure(boxes)).boxes, boxes)


def test_letters_below_panels_are_no_panels_and_belong_to_none():
    boxes = grid(2, 2, gutter=40)
    levels = figure(boxes, height=boxes[-1].bottom + 40)
    for box in boxes:
        levels[box.bottom + 12 : box.bottom + 28, box.left + 70 : box.left + 82] = 0
    assert_found(panels_of(levels).boxes, boxes)


def test_a_letter_in_the_corner_belongs_to_its_panel():
    boxes = grid(2, 2)
    levels = figure(boxes)
    for box in boxes:
        levels[box.top : box.top + 18, box.left : box.left + 18] = 255
        levels[box.top + 4 : box.top + 14, box.left + 6 : box.left + 12] = 0
    assert_found(panels_of(levels).boxes, boxes)


@pytest.mark.parametrize("level", [LIGHT, DARK])
def test_a_border_around_the_panels_is_trimmed_and_nothing_of_them(level):
    boxes = grid(2, 2, border=25)
    levels = figure(boxes, level, width=boxes[-1].right + 25, height=boxes[-1].bottom + 25)
    assert list(panels_of(levels).boxes) == boxes


@pytest.mark.parametrize("level", [LIGHT, DARK, 128])
def test_the_border_of_a_single_image_is_trimmed_and_nothing_of_it(level):
    box = Box(30, 12, 330, 252)
    found = panels_of(figure([box], level, width=350, height=300))
    assert found.boxes == (box,)
    assert (found.confidence, found.reason) == (Confidence.WHOLE, None)


def test_scans_with_black_margins_in_a_grid_are_cut_although_no_edge_parts_them():
    boxes = grid(2, 3, gutter=0)
    levels = figure(boxes, DARK, panel=lambda width, height, seed: scan(width, height))
    assert_found(panels_of(levels).boxes, boxes, at_least=0.9)


def chest():
    """A radiograph: two dark lungs, a bright mediastinum, noise, black borders at the sides."""
    levels = texture(400, 360, 1, 150, 151)
    rows, columns = np.mgrid[0:360, 0:400]
    for centre in (130, 270):
        levels[((rows - 180) / 140) ** 2 + ((columns - centre) / 55) ** 2 < 1] = 40
    return np.pad(levels, ((0, 0), (40, 40)))


def two_lungs():
    """Two bright lungs, a dark mediastinum between them."""
    levels = np.zeros((360, 400), np.uint8)
    rows, columns = np.mgrid[0:360, 0:400]
    for centre in (110, 290):
        inside = ((rows - 180) / 160) ** 2 + ((columns - centre) / 80) ** 2 < 1
        levels[inside] = texture(400, 360, 3)[inside]
    return levels


def scan_on_table():
    """A slice with the bright line of the table below it, from edge to edge."""
    levels = np.pad(scan(400, 300), ((0, 80), (0, 0)))
    levels[330:334] = 230
    return levels


def two_feet():
    """Two bright shapes of one image, a black band with curved sides between them."""
    levels = texture(400, 360, 1, 150, 151)
    rows, columns = np.mgrid[0:360, 0:400]
    levels[np.abs(rows - 180 - 12 * np.sin(columns / 40)) < 25] = 0
    return levels


@pytest.mark.parametrize("image", [two_feet, chest, two_lungs, scan_on_table, lambda: scan(300, 300)])
def test_a_single_image_stays_uncut(image):
    found = panels_of(image())
    assert len(found.panels) == 1
    assert found.reason is None


def test_a_blank_image_stays_uncut():
    assert panels_of(np.zeros((200, 300), np.uint8)).boxes == (Box(0, 0, 300, 200),)


def test_agreement_with_the_caption_is_said():
    levels = figure(grid(2, 2))
    assert panels_of(levels, 4).confidence is Confidence.AGREED
    assert panels_of(levels).confidence is Confidence.GUTTERS
    assert [panel.caption_index for panel in panels_of(levels, 4).panels] == [0, 1, 2, 3]


def test_a_figure_is_kept_whole_where_the_caption_names_another_number_of_panels():
    found = panels_of(figure(grid(2, 2)), 7)
    assert found.boxes == (Box(0, 0, 306, 246),)
    assert found.confidence is Confidence.WHOLE
    assert found.reason == "The caption names 7 panels, the gutters show 4 panels."


def test_a_single_image_is_not_cut_because_a_caption_names_panels():
    found = panels_of(chest(), 3)
    assert found.confidence is Confidence.WHOLE
    assert found.reason == "The caption names 3 panels, the gutters show one panel."


@pytest.mark.parametrize("shape", [(1, 492), (492, 1), (40, 300)])
def test_a_strip_is_kept_whole_whatever_the_caption_names(shape):
    strip = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    found = panels_of(strip, 5)
    assert len(found.panels) == 1
    assert found.reason is not None


def test_rows_of_panels_share_the_letter_that_the_caption_gives_them():
    boxes = grid(2, 2)
    found = panels_of(figure(boxes), 2)
    assert list(found.boxes) == boxes
    assert [panel.caption_index for panel in found.panels] == [0, 0, 1, 1]


def test_two_scans_with_black_margins_are_cut_if_the_caption_names_two():
    levels = np.hstack([scan(200, 200, 0.4)] * 2)
    assert len(panels_of(levels).panels) == 1
    found = panels_of(levels, 2)
    assert found.confidence is Confidence.FITTED
    assert_found(found.boxes, [Box(0, 0, 200, 200), Box(200, 0, 400, 200)], at_least=0.9)


def test_a_colour_figure_is_cut_as_a_grey_one():
    levels = figure(grid(2, 2))
    assert panels_of(np.stack([levels] * 3, axis=-1)).boxes == panels_of(levels).boxes


def test_no_two_panels_overlap_and_all_lie_in_the_figure():
    for seed in range(20):
        random = np.random.default_rng(seed)
        levels = random.integers(0, 256, tuple(random.integers(1, 300, 2)), dtype=np.uint8)
        boxes = panels_of(levels).boxes
        assert all(0 <= b.left < b.right <= levels.shape[1] and 0 <= b.top < b.bottom <= levels.shape[0] for b in boxes)
        assert all(overlap(one, other) == 0 for i, one in enumerate(boxes) for other in boxes[:i])


@pytest.mark.parametrize("image", [np.zeros((10, 10, 4), np.uint8), np.zeros((10, 10), np.float32)])
def test_an_image_that_is_not_decoded_is_refused(image):
    with pytest.raises(ValueError, match="expected uint8, grey or RGB"):
        panels_of(image)


def test_a_caption_without_panels_is_refused():
    with pytest.raises(ValueError, match="caption_panels is 0"):
        panels_of(np.zeros((100, 100), np.uint8), 0)
