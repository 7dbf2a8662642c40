"""What a radiologist relies on while reading with the app, in a real Chromium with a window of 1280 x 800."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from app_in_browser import settle
from PIL import Image as PillowImage
from playwright.sync_api import Locator, Page, expect

import casegraph

pytestmark = pytest.mark.browser


@pytest.fixture
def window(page: Page) -> Page:
    """Return a window as small as the app is made for."""
    page.set_viewport_size({"width": 1280, "height": 800})
    return page


def pixels(png: bytes) -> np.ndarray:
    with PillowImage.open(BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def served_pixels(image: Locator) -> np.ndarray:
    """Return the pixels of the file that the browser got for an image."""
    answer = image.page.request.get(str(image.evaluate("image => image.src")))
    assert answer.headers["content-type"] == "image/png"
    return pixels(answer.body())


def upload(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


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
    image = window.get_by_test_id("stImage").locator("img").first
    assert np.array_equal(served_pixels(image), pixels(stored))
    image.hover()
    window.get_by_role("button", name="Fullscreen").first.click()
    box = image.bounding_box()
    assert box is not None and box["height"] > 700
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
