"""Text burned into an upload is told beside the image before anything is made of it, and made black on a press."""

from io import BytesIO

import numpy as np
import pytest
from app_in_browser import settle, upload
from image_bytes import encoded
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TOLD = "Text seems to be burned into the image"


def named_scan() -> bytes:
    """Return a scan with a name and a date in its corner."""
    image = Image.new("L", (400, 300))
    pen = ImageDraw.Draw(image)
    pen.ellipse((90, 60, 330, 270), fill=70)
    pen.text((8, 8), "MUSTER^ERIKA", fill=255, font=ImageFont.load_default(16))
    pen.text((8, 30), "1958-04-12", fill=255, font=ImageFont.load_default(16))
    return encoded(image)


@pytest.mark.parametrize("path", ["/classify", "/search", "/draft"])
def test_t44_burned_in_text_is_told_beside_the_upload_and_made_black(window: Page, path: str):
    window.goto(path)
    settle(window)
    upload(window, "scan.png", named_scan())
    warning = window.get_by_test_id("stAlert").filter(has_text=TOLD)
    expect(warning).to_be_in_viewport(ratio=1)
    window.get_by_role("button", name="Make the text black").click()
    expect(warning).to_have_count(0)
    settle(window)
    source = window.get_by_role("img", name="your image").get_attribute("src")
    with Image.open(BytesIO(window.request.get(str(source)).body())) as shown:
        levels = np.asarray(shown.convert("L"))
    assert levels[:50, :150].max() == 0
    assert levels[150, 200] == 70


def test_an_upload_without_text_is_taken_without_a_word(window: Page):
    window.goto("/classify")
    settle(window)
    image = Image.new("L", (400, 300))
    ImageDraw.Draw(image).text((8, 8), "R", fill=255, font=ImageFont.load_default(20))
    upload(window, "scan.png", encoded(image))
    window.get_by_role("img", name="your image").wait_for()
    expect(window.get_by_text(TOLD)).to_have_count(0)
