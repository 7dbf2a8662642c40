"""The viewer in a real Chromium: what mouse, fingers and keys do to an image, and what of it reaches Python."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from app_in_browser import new_window, opened, served, settle, touch, turn_to, upload
from case_factory import make_case, make_image
from dicom_bytes import dataset_of, written
from image_bytes import ramp
from PIL import Image as PillowImage
from playwright.sync_api import Browser, Locator, Page, expect

import casegraph
from ingest.images.decoding import decode_image
from ui.app import viewer as viewer_module
from ui.app.scripts import as_one_script

pytestmark = pytest.mark.browser

SIDE = 96  # of the drawn images of the stack


def noise(seed: int, width: int = SIDE, height: int = SIDE) -> bytes:
    """Return a PNG of noise: no pixel is like its neighbour."""
    levels = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    file = BytesIO()
    PillowImage.fromarray(levels).save(file, "PNG")
    return file.getvalue()


def pixels(png: bytes) -> np.ndarray:
    with PillowImage.open(BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory, small_release: Path) -> Iterator[str]:
    """Serve a workspace with two cases of five and three images, and one of two DICOM files; return its address."""
    folder = tmp_path_factory.mktemp("stacks")
    with casegraph.open(folder / "ws", create=True) as space:
        space.documents.ingest(small_release)
        space.documents.ingest(dicom_case(folder / "dicom"))
        with space.engines.store.writer("test") as writer:
            writer.write_cases([stack_of(space, "own:S1", 5), stack_of(space, "own:S2", 3)])
        space.indexing.run()
        assert space.teaching.begin("case_id=own:K1", cases=1).session_id == "T1"
    with served(folder / "ws", folder / "app.log") as address:
        yield address


def dicom_case(folder: Path) -> Path:
    """Write a folder of one case of one's own, with two DICOM files; return it."""
    (folder / "images").mkdir(parents=True)
    (folder / "cases.csv").write_text("case,images,findings,diagnosis\nK1,a.dcm;b.dcm,Mass.,Stroke\n")
    (folder / "images" / "a.dcm").write_bytes(ct_scan(PixelSpacing=[0.5, 0.5]))
    (folder / "images" / "b.dcm").write_bytes(ct_scan(ImagerPixelSpacing=[0.25, 0.25]))
    return folder


def stack_of(space: casegraph.Workspace, case_id: str, number: int):
    images = tuple(
        make_image(
            f"{case_id}_{n}",
            object_key=space.engines.objects.put(decode_image(noise(n))),
            caption=f"Caption {n}",
            crop_box_px=None,
            width_px=SIDE,
            height_px=SIDE,
        )
        for n in range(1, number + 1)
    )
    return make_case(case_id=case_id, images=images, annotations=())


@pytest.fixture
def case(browser: Browser, stacks: str) -> Iterator[Page]:
    """Open a window on the case of five images."""
    with opened(browser, stacks) as window:
        window.set_viewport_size({"width": 1280, "height": 800})
        window.goto("/case?case=S1")
        settle(window)
        window.locator(".cgv-image").first.wait_for()
        yield window


def stage(page: Page, number: int = 0) -> Locator:
    return page.locator(".cgv-stage").nth(number)


def scale(page: Page, number: int = 0) -> float:
    return float(page.locator(".cgv").nth(number).get_attribute("data-scale") or "nan")


def middle(page: Page, number: int = 0) -> tuple[float, float]:
    box = stage(page, number).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def press(page: Page, *keys: str) -> None:
    for key in keys:
        stage(page).press(key)


def said(page: Page, text: str | re.Pattern[str], number: int = 0) -> None:
    expect(page.locator(".cgv-readout").nth(number)).to_contain_text(text)


def test_pixel_for_pixel_the_screen_shows_the_stored_levels(case: Page):
    press(case, "3", "1")
    assert scale(case) == 1
    image = case.locator(".cgv-image")
    image.evaluate("image => image.decode()")
    assert holds(pixels(image.screenshot()), pixels(noise(1)))
    press(case, "i")
    assert holds(pixels(image.screenshot()), 255 - pixels(noise(1)))
    press(case, "z", "1")
    assert holds(pixels(image.screenshot()), pixels(noise(1)))


def holds(shot: np.ndarray, stored: np.ndarray) -> bool:
    """Tell whether the pixels stand in a screenshot, which may begin a pixel before them."""
    height, width = stored.shape[:2]
    places = product(range(shot.shape[0] - height + 1), range(shot.shape[1] - width + 1))
    return any(np.array_equal(shot[top : top + height, left : left + width], stored) for top, left in places)


def test_far_enlarged_every_stored_pixel_is_a_square_of_its_level(case: Page):
    press(case, "1", *("+",) * 16)
    assert scale(case) > 16
    expect(case.locator(".cgv-layer")).to_have_css("image-rendering", "pixelated")
    shown = pixels(stage(case).screenshot())
    assert set(np.unique(shown[40:-40, 40:-40])) <= set(np.unique(pixels(noise(1))))


def test_the_wheel_is_the_pages_until_the_viewer_is_chosen(case: Page):
    case.mouse.move(*middle(case))
    case.mouse.wheel(0, 120)
    expect(case.locator(".cgv-thumb").nth(0)).to_have_attribute("aria-pressed", "true")
    stage(case).focus()
    case.mouse.wheel(0, 120)
    expect(case.locator(".cgv-thumb").nth(1)).to_have_attribute("aria-pressed", "true")
    said(case, "2 / 5")
    fitted = scale(case)
    case.keyboard.down("Control")
    case.mouse.wheel(0, -240)
    case.keyboard.up("Control")
    assert scale(case) > fitted


def test_zooming_with_the_wheel_keeps_what_is_below_the_mouse(window: Page):
    window.goto("/search")
    settle(window)
    upload(window, "scan.png", noise(7, 200, 200))
    window.get_by_role("img", name="your image").wait_for()
    settle(window)
    under = "([x, y]) => { const b = document.querySelector('.cgv-image').getBoundingClientRect();" + (
        " return [(x - b.x) / b.width, (y - b.y) / b.height]; }"
    )
    stage(window).focus()  # which may scroll
    x, y = middle(window)
    point = [x + 40, y - 30]
    window.mouse.move(*point)
    before, place = scale(window), window.evaluate(under, point)
    window.mouse.wheel(0, -300)
    expect(window.locator(".cgv").first).not_to_have_attribute("data-scale", str(before))
    assert scale(window) > before
    assert window.evaluate(under, point) == pytest.approx(place, abs=0.01)


def test_keys_turn_the_stack_and_captions_and_neighbours_come_along(case: Page):
    expect(case.locator(".cgv-caption")).to_have_text("Caption 1")
    press(case, "ArrowRight", "ArrowDown")
    expect(case.locator(".cgv-caption")).to_have_text("Caption 3")
    press(case, "End")
    expect(case.locator(".cgv-caption")).to_have_text("Caption 5")
    press(case, "ArrowRight")
    said(case, "5 / 5")
    press(case, "Home", "ArrowLeft")
    said(case, "1 / 5")
    case.get_by_role("button", name=re.compile("^Image 4 of 5")).click()
    expect(case.locator(".cgv-caption")).to_have_text("Caption 4")


def test_the_next_images_are_loaded_before_one_turns_to_them(browser: Browser, stacks: str):
    with opened(browser, stacks) as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto("/case?case=S1")
        settle(page)
        page.wait_for_load_state("networkidle")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        stage(page).focus()
        press(page, "ArrowRight", "ArrowRight", "ArrowRight")
        said(page, "4 / 5")
        page.wait_for_timeout(300)
        assert not [url for url in asked if "/media/" in url]


def test_dragging_moves_an_enlarged_image_and_changes_brightness_and_contrast(case: Page):
    x, y = middle(case)
    press(case, "+", "+", "+")
    left = "image => image.getBoundingClientRect().x"
    before = case.locator(".cgv-image").evaluate(left)
    drag(case, (x, y), (x + 50, y))
    assert case.locator(".cgv-image").evaluate(left) == pytest.approx(before + 50, abs=1)
    case.get_by_role("button", name="Brightness and contrast, or the window, by dragging (L)").click()
    drag(case, (x, y), (x, y - 160))
    said(case, "brightness 200 %, contrast 100 %")
    expect(case.locator(".cgv-image")).to_have_css("filter", "brightness(2)")
    press(case, "ArrowRight")
    said(case, re.compile(r"contrast 11\d %"))
    case.get_by_role("button", name="As stored (Z)").click()
    expect(case.locator(".cgv-image")).to_have_css("filter", "none")


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def test_two_fingers_zoom_and_one_swipes_through_the_stack(case: Page):
    x, y = middle(case)
    before = scale(case)
    touch(case, [[(x - 40, y), (x + 40, y)], [(x - 60, y), (x + 60, y)], [(x - 80, y), (x + 80, y)]])
    assert scale(case) == pytest.approx(2 * before, rel=0.1)
    press(case, "0")
    touch(case, [[(x + 60, y)], [(x, y)], [(x - 60, y)]])
    said(case, "2 / 5")


def test_a_ruler_measures_in_pixels_and_in_mm_where_the_file_says_how_large_they_are(window: Page):
    window.goto("/draft")
    settle(window)
    upload(window, "scan.png", noise(3, 100, 100))
    window.get_by_role("img", name="your image").wait_for()
    press(window, "r")
    said(window, "50.0 px")
    expect(window.locator(".cgv-readout")).not_to_contain_text("mm")
    press(window, "Escape")
    expect(window.locator(".cgv-marks line")).to_have_count(0)
    levels = np.tile(ramp(), (4, 4))
    upload(window, "scan.dcm", written(dataset_of(levels, WindowCenter=128, WindowWidth=256, PixelSpacing=[0.5, 0.5])))
    said(window, f"{levels.shape[1]} × {levels.shape[0]} px")
    press(window, "r")
    said(window, f"{levels.shape[1] / 4:.1f} mm ({levels.shape[1] / 2:.1f} px)")


HU = {"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "HU"}
IN_FILE = {"WindowCenter": [55, 300], "WindowWidth": [110, 900], "WindowCenterWidthExplanation": ["STROKE", ""]}


def hounsfield() -> np.ndarray:
    """Return values from air to metal, as a scanner stores them."""
    return np.random.default_rng(4).integers(0, 4096, (100, 120)).astype(np.uint16)


def ct_scan(**elements: object) -> bytes:
    return written(dataset_of(hounsfield(), **HU, **IN_FILE, **elements))


def through(window: Page) -> np.ndarray:
    """Return the levels that the window of the viewer shows."""
    canvas = window.locator(".cgv-windowed")
    canvas.wait_for()
    read = "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    rgba = np.array(canvas.evaluate(read)).reshape(*hounsfield().shape, 4)
    assert (rgba[..., 3] == 255).all() and (rgba[..., :1] == rgba[..., :3]).all()
    return rgba[..., 0]


def expected(centre: float, width: float) -> np.ndarray:
    """Return the levels of PS3.3 C.11.2.1.2.1, written out for output from 0 to 255."""
    levels = ((hounsfield() - 1024.0 - (centre - 0.5)) / (width - 1) + 0.5) * 255
    return np.floor(np.clip(levels + 0.5, 0, 255))


def menu(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Window (W)").first


def test_windows_of_the_file_and_usual_ones_show_other_values_of_a_ct_scan(window: Page):
    window.goto("/draft")
    settle(window)
    upload(window, "scan.png", noise(3, 100, 100))
    window.get_by_role("img", name="your image").wait_for()
    expect(menu(window)).to_have_count(0)
    upload(window, "IM0001", ct_scan())
    expect(menu(window)).to_be_visible()
    assert menu(window).locator("option").all_text_contents() == [
        "As stored",
        "STROKE C 55 W 110",
        "Window 2 C 300 W 900",
        "brain C 40 W 80",
        "subdural C 75 W 215",
        "bone C 500 W 2000",
        "lung C -600 W 1500",
        "abdomen C 60 W 400",
        "mediastinum C 50 W 350",
    ]
    expect(window.locator(".cgv-windowed")).to_have_count(0)
    for name, centre, width in (("lung", -600, 1500), ("brain", 40, 80), ("STROKE", 55, 110)):
        menu(window).select_option(f"{name} C {centre} W {width}")
        said(window, f"C {centre} W {width}")
        assert np.array_equal(through(window), expected(centre, width))
    assert np.array_equal(through(window), pixels(decode_image(ct_scan()).png)[..., 0])
    menu(window).select_option("As stored")
    expect(window.locator(".cgv-windowed")).to_have_count(0)
    expect(window.locator(".cgv-readout").first).not_to_contain_text("W 110")


def test_keys_and_drags_change_the_window_of_a_ct_scan(window: Page):
    window.goto("/draft")
    settle(window)
    upload(window, "IM0001", ct_scan())
    expect(menu(window)).to_be_visible()
    settle(window)
    press(window, "w", "w", "w")
    said(window, "brain C 40 W 80")
    expect(menu(window).locator("option:checked")).to_have_text("brain C 40 W 80")
    assert np.array_equal(through(window), expected(40, 80))
    press(window, "l")
    x, y = middle(window)
    drag(window, (x, y), (x + 160, y))
    said(window, "C 40 W 160")
    expect(menu(window).locator("option:checked")).to_have_text("C 40 W 160")
    shown = through(window)
    assert np.abs(shown - expected(40, 160)).max() <= 1
    press(window, "ArrowDown")
    said(window, "C 52 W 160")
    assert through(window).mean() < shown.mean()
    press(window, "z")
    expect(window.locator(".cgv-windowed")).to_have_count(0)
    expect(menu(window).locator("option:checked")).to_have_text("As stored")
    press(window, "i")
    expect(window.locator(".cgv-image").first).to_have_css("filter", "invert(1)")


def test_a_case_that_was_read_from_dicom_keeps_its_windows_and_its_mm(browser: Browser, stacks: str):
    with opened(browser, stacks) as page:
        page.goto("/case?case=own:K1")
        settle(page)
        page.locator(".cgv-image").first.wait_for()
        menu(page).select_option("bone C 500 W 2000")
        assert np.array_equal(through(page), expected(500, 2000))
        press(page, "r")
        said(page, "30.0 mm (60.0 px)")
        press(page, "m", "Escape", "ArrowRight")
        said(page, re.compile("2 / 2.*bone C 500 W 2000"))
        press(page, "r")
        said(page, "15.0 mm at the detector (60.0 px)")


def test_an_unknown_case_is_seen_through_its_windows_without_their_names(browser: Browser, stacks: str):
    with opened(browser, stacks) as page:
        page.goto("/teach?session=T1&at=1")
        page.get_by_text("Look at the images first").wait_for()
        settle(page)
        names = menu(page).locator("option").all_text_contents()
        assert names[:4] == ["As stored", "Window 1 C 55 W 110", "Window 2 C 300 W 900", "brain C 40 W 80"]
        assert "STROKE" not in page.content()
        menu(page).select_option("bone C 500 W 2000")
        assert np.array_equal(through(page), expected(500, 2000))
        press(page, "r")
        said(page, re.compile("mm"))


def found(page: Page) -> list[str]:
    return page.locator("[class*=st-key-hit-] .cg-reasons").all_text_contents()


def test_a_box_reaches_python_once_it_is_taken_and_the_search_is_of_that_region(window: Page, sample_release: Path):
    window.goto("/search")
    settle(window)
    upload(window, "scan.png", (sample_release / "images" / "MPX9001_synpic90001.png").read_bytes())
    window.get_by_role("heading", name=re.compile("^1. ")).wait_for()
    settle(window)
    whole = found(window)
    x, y = middle(window)
    window.get_by_role("button", name="Draw a box (B)").first.click()
    drag(window, (x - 40, y - 50), (x + 40, y + 30))
    expect(window.locator(".cgv-pending")).to_be_visible()
    assert "box-1" not in window.url
    assert found(window) == whole
    window.get_by_role("button", name="Only this region").click()
    expect(window).to_have_url(re.compile("box-1="))
    settle(window)
    expect(window.locator(".cgv-committed")).to_be_visible()
    left, top, right, bottom = map(int, window.get_by_label("Only this region", exact=True).input_value().split(","))
    assert right - left == pytest.approx(80 / scale(window), abs=2)
    assert bottom - top == pytest.approx(80 / scale(window), abs=2)
    assert found(window) != whole
    window.get_by_role("button", name="Whole image again").click()
    expect(window).not_to_have_url(re.compile("box-1="))
    settle(window)
    assert found(window) == whole


def test_a_box_is_drawn_and_taken_with_the_keyboard_alone(window: Page):
    window.goto("/search")
    settle(window)
    upload(window, "scan.png", noise(5, 100, 80))
    window.get_by_role("img", name="your image").wait_for()
    settle(window)
    stage(window).focus()
    press(window, "b", "Shift+ArrowRight", "Enter")
    region = window.get_by_label("Only this region", exact=True)
    expect(region).not_to_have_value("")
    box = region.input_value().split(",")
    assert box[:2] == ["25", "20"] and int(box[2]) > 75 and box[3] == "60"


def test_a_region_of_a_case_and_of_a_hit_is_searched_for(case: Page):
    press(case, "ArrowRight", "b", "Enter")
    expect(case).to_have_url(re.compile(r"/search\?box-1=24%2C24%2C72%2C72"))
    case.get_by_role("heading", name=re.compile("^1. S1|^1. ")).wait_for()
    settle(case)
    hit = case.locator("[class*=st-key-hit-]").first
    hit.locator(".cgv-stage").click()
    expect(hit.locator(".cgv")).to_have_css("background-color", "rgb(0, 0, 0)")
    hit.locator(".cgv-stage").press("b")
    hit.locator(".cgv-stage").press("Enter")
    expect(case).to_have_url(re.compile("box-2="))
    settle(case)
    expect(case.get_by_role("img", name="your image")).to_have_count(2)


def test_linked_viewers_zoom_and_move_together_until_they_are_unlinked(browser: Browser, stacks: str):
    with opened(browser, stacks) as page:
        page.goto("/compare?left=S1&right=S2")
        settle(page)
        page.locator(".cgv-image").nth(1).wait_for()
        before = scale(page, 1)
        press(page, "+", "+", "+", "Shift+ArrowRight")
        assert scale(page, 1) == pytest.approx(scale(page, 0)) and scale(page, 1) > before
        transforms = page.locator(".cgv-layer").evaluate_all("all => all.slice(0, 2).map(one => one.style.transform)")
        assert transforms[0] == transforms[1]
        page.get_by_role("button", name="Zoom and move together").nth(1).click()
        press(page, "0")
        assert scale(page, 0) < scale(page, 1)


def test_two_images_of_one_plane_lie_one_over_the_other_with_an_edge_to_wipe(browser: Browser, stacks: str):
    with opened(browser, stacks) as page:
        page.goto("/compare?left=S1&right=S2")
        settle(page)
        wipe = page.get_by_role("slider", name="Wipe between the two images")
        over = page.locator("img.cgv-over")
        expect(over).to_have_css("clip-path", "inset(0px 0px 0px 50%)")
        wipe.press("Home")
        expect(over).to_have_css("clip-path", "inset(0px 0px 0px 0%)")


def test_a_heat_map_lies_over_the_scan_as_opaque_as_the_reader_wants(window: Page, sample_release: Path):
    window.goto("/classify")
    settle(window)
    upload(window, "scan.png", (sample_release / "images" / "MPX9002_synpic90005.png").read_bytes())
    window.get_by_text("Nearest labelled images").wait_for()
    settle(window)
    window.get_by_text("Show on the image what an answer depends on").click()
    opacity = window.get_by_role("slider", name="How opaque the red is")
    opacity.wait_for()
    red = window.get_by_role("img", name="what the answer depends on")
    expect(red).to_have_css("opacity", "0.55")
    opacity.press("End")
    expect(red).to_have_css("opacity", "1")
    opacity.press("Home")
    expect(red).to_have_css("opacity", "0")


def test_what_is_set_survives_a_rerun_and_a_visit_to_another_page(case: Page):
    press(case, "ArrowRight", "+", "+", "i")
    set_to = scale(case)
    case.get_by_text("For developers").click()
    settle(case)
    expect(case.get_by_text("Split: ")).to_be_visible()
    said(case, "2 / 5")
    assert scale(case) == set_to
    turn_to(case, "Graph")
    turn_to(case, "Case")
    said(case, re.compile("2 / 5.*inverted"))
    assert scale(case) == set_to


def test_full_screen_is_as_large_as_the_screen_at_full_resolution_and_is_left_by_a_key(case: Page):
    before = scale(case)
    press(case, "f")
    expect(stage(case)).to_be_focused()
    case.wait_for_function("() => document.fullscreenElement?.matches('.cgv')")
    case.wait_for_timeout(300)
    box = stage(case).bounding_box()
    assert box is not None and box["width"] > 1200
    assert scale(case) >= before
    image = case.locator(".cgv-image")
    expect(image).to_have_js_property("naturalWidth", SIDE)
    press(case, "ArrowRight", "f")
    case.wait_for_function("() => !document.fullscreenElement")
    said(case, "2 / 5")


def test_focus_is_seen_and_every_button_has_a_name(case: Page):
    case.get_by_role("button", name="Full screen (F)").focus()
    case.keyboard.press("Tab")
    expect(stage(case)).to_be_focused()
    expect(stage(case)).to_have_css("outline-style", "solid")
    expect(stage(case)).to_have_attribute("aria-label", re.compile("image 1 of 5$"))
    nameless = "all => all.filter(button => !(button.getAttribute('aria-label') || button.innerText)).length"
    assert case.locator(".cgv button").evaluate_all(nameless) == 0


def test_t39_two_sessions_never_see_each_others_uploads(window: Page, address: str):
    window.goto("/search")
    settle(window)
    upload(window, "scan.png", noise(11))
    window.get_by_role("img", name="your image").wait_for()
    media = window.get_by_role("img", name="your image").get_attribute("src")
    assert media
    assert window.context.browser is not None
    other = new_window(window.context.browser, address)
    for path in ("/search", "/classify", "/draft", "/case?case=MPX9001"):
        other.goto(path)
        settle(other)
        expect(other.get_by_role("img", name="your image")).to_have_count(0)
        assert media not in other.content()
    other.context.close()


@pytest.mark.parametrize("path", ["/case?case=MPX9001", "/compare?left=MPX9001&right=MPX9002", "/search?words=mass"])
def test_every_image_of_a_page_is_in_a_viewer(window: Page, path: str):
    window.goto(path)
    settle(window)
    window.locator(".cgv-image").first.wait_for()
    outside = "all => all.filter(image => !image.closest('.cgv') && !image.closest('[data-testid=stLogoLink]')).length"
    assert window.get_by_test_id("stMain").locator("img").evaluate_all(outside) == 0


def test_each_module_imports_what_another_before_it_exports():
    folder = Path(viewer_module.__file__).parent
    names = {path.stem for path in folder.glob("*.js")}
    assert names == set(viewer_module.MODULES)
    exported: dict[str, set[str]] = {}
    for name in viewer_module.MODULES:
        text = (folder / f"{name}.js").read_text(encoding="utf-8")
        assert text.startswith("// ")  # what it is for
        for listed, module in re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', text, re.MULTILINE):
            assert {part.strip() for part in listed.split(",")} <= exported[module]
        exported[name] = set(re.findall(r"^export (?:function|const|class) (\w+)", text, re.MULTILINE))
    assert "import " not in re.sub(r"//.*|\".*?\"", "", as_one_script("ui.app.viewer", viewer_module.MODULES))
