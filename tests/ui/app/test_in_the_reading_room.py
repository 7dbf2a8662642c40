"""What a radiologist relies on while reading with the app, in a real Chromium with a window of 1280 x 800."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from app_in_browser import opened, served, settle, upload
from case_factory import make_case, make_image
from PIL import Image as PillowImage
from playwright.sync_api import Browser, Locator, Page, expect

import casegraph
from ingest.vocabulary import Section

pytestmark = pytest.mark.browser


def pixels(png: bytes) -> np.ndarray:
    with PillowImage.open(BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def served_pixels(image: Locator) -> np.ndarray:
    """Return the pixels of the file that the browser got for an image."""
    answer = image.page.request.get(str(image.evaluate("image => image.src")))
    assert answer.headers["content-type"] == "image/png"
    return pixels(answer.body())


def a_tall_scan() -> bytes:
    """Return an upload of 512 x 961 pixels that no JPEG keeps as they are."""
    noise = np.random.default_rng(1).integers(0, 256, (961, 512), dtype=np.uint8)
    file = BytesIO()
    PillowImage.fromarray(noise).save(file, "PNG")
    return file.getvalue()


def test_the_pixels_of_a_case_are_served_as_they_are_stored(window: Page, demo_workspace: Path):
    window.goto("/case?case=MPX9001")
    settle(window)
    with casegraph.open(demo_workspace) as space:
        stored = space.documents.png(space.documents.case("MPX9001").images[0])
    assert stored is not None
    image = window.locator(".cgv-image").first
    assert np.array_equal(served_pixels(image), pixels(stored))
    window.get_by_role("button", name="Full screen (F)").first.click()
    expect(window.locator(".cgv-stage").first).to_be_focused()
    box = window.locator(".cgv-stage").first.bounding_box()
    assert box is not None and box["width"] > 1200
    assert np.array_equal(served_pixels(image), pixels(stored))


@pytest.mark.parametrize("path", ["/classify", "/search", "/draft"])
def test_an_upload_is_served_at_its_full_size_without_loss(window: Page, path: str):
    window.goto(path)
    settle(window)
    upload(window, "scan.png", a_tall_scan())
    image = window.get_by_role("img", name="your image")
    image.wait_for()
    assert np.array_equal(served_pixels(image), pixels(a_tall_scan()))
    expect(image).to_have_js_property("naturalHeight", 961)


@pytest.mark.parametrize("part", [part for part in Section if part is not Section.CAPTION])
def test_a_cited_passage_is_in_the_window_whichever_section_it_stands_in(long_window: Page, part: Section):
    end = len(long_case_text(part))
    long_window.goto(f"/case?case=L1&section={part}&start={end - 5}&end={end}")
    settle(long_window)
    expect(long_window.locator(".cg-cited")).to_be_in_viewport(ratio=1)
    expect(long_window.locator(".cg-cited")).to_have_text("cited")


def test_the_caption_that_is_cited_is_in_the_window_with_its_image(long_window: Page):
    long_window.goto("/case?case=L1&section=caption&start=0&end=7&image_id=own:L1_2")
    settle(long_window)
    expect(long_window.locator(".cg-cited")).to_be_in_viewport(ratio=1)
    expect(long_window.locator(".cg-cited")).to_have_text("Caption")


def long_case_text(part: Section) -> str:
    """Return a text so long that one section fills a window, but titles."""
    lines = 1 if part in (Section.TITLE, Section.TOPIC_TITLE) else 60
    return "\n".join([f"A line of {part}."] * lines) + " The passage that is cited"


@pytest.fixture(scope="module")
def long_cases(tmp_path_factory: pytest.TempPathFactory, small_release: Path) -> Iterator[str]:
    """Serve a workspace with a case of long texts; return its address."""
    folder = tmp_path_factory.mktemp("long")
    texts = {part: long_case_text(part) for part in Section if part is not Section.CAPTION}
    caption = "Caption" + "\nmore of it" * 80
    images = tuple(make_image(f"own:L1_{n}", object_key=None, problem="it is missing", caption=caption) for n in (1, 2))
    case = make_case(case_id="own:L1", sections=texts, annotations=(), images=images)
    with casegraph.open(folder / "ws", create=True) as space:
        space.documents.ingest(small_release)
        with space.engines.store.writer("test") as writer:
            writer.write_cases([case])
    with served(folder / "ws", folder / "app.log") as address:
        yield address


@pytest.fixture
def long_window(browser: Browser, long_cases: str) -> Iterator[Page]:
    """Open a window of 1280 x 800 on the long texts."""
    with opened(browser, long_cases) as window:
        window.set_viewport_size({"width": 1280, "height": 800})
        yield window
