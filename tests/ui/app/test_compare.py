"""Cases side by side, and an upload beside hits, in a real Chromium of 1280 x 800."""

import re
from pathlib import Path

import pytest
from app_in_browser import new_window, settle, upload
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def stages(page: Page) -> list[float]:
    """Return the tops of the viewers that stand side by side."""
    boxes = [box for stage in page.locator(".cgv-stage").all() if (box := stage.bounding_box())]
    top = min(box["y"] for box in boxes)
    return [box["y"] for box in boxes if box["y"] - top < 80]


def scales(page: Page) -> list[float]:
    return page.locator(".cgv-layer").evaluate_all("all => all.map(one => new DOMMatrix(one.style.transform).a)")


def test_three_cases_stand_side_by_side_with_one_table(window: Page):
    window.goto("/compare?case=MPX9001&case=MPX9002&case=MPX9003")
    settle(window)
    assert len(stages(window)) == 3
    heads = window.get_by_role("columnheader").all_inner_texts()
    assert heads == ["Common to all", "MPX9001", "MPX9002", "MPX9003"]
    for name in ("age", "sex", "finding", "modality"):
        expect(window.get_by_role("rowheader", name=name, exact=True)).to_be_attached()
    expect(window.locator(".cg-only").first).to_be_attached()
    expect(window.get_by_text(re.compile("MPX9001.* MPX9002|MPX9002.* MPX9001")).first).to_be_attached()
    window.reload()
    settle(window)
    assert len(stages(window)) == 3


def test_viewers_of_three_cases_zoom_together(window: Page):
    window.goto("/compare?case=MPX9001&case=MPX9002&case=MPX9003")
    settle(window)
    window.locator(".cgv-image").nth(2).wait_for()
    before = scales(window)
    window.locator(".cgv-stage").first.press("+")
    window.locator(".cgv-stage").first.press("+")
    grown = [now / then for now, then in zip(scales(window), before, strict=True)][:3]
    assert grown[0] > 1 and grown == pytest.approx([grown[0]] * 3, rel=1e-3)


def test_an_upload_is_compared_with_two_hits_and_is_gone_in_another_session(
    window: Page, address: str, sample_release: Path
):
    window.goto("/search")
    settle(window)
    upload(window, "scan.png", (sample_release / "images" / "MPX9001_synpic90001.png").read_bytes())
    window.get_by_role("heading", name=re.compile("^1. ")).wait_for()
    settle(window)
    window.get_by_test_id("stPageLink").get_by_text("Compare").first.click()
    expect(window).to_have_url(re.compile(r"/compare\?own=1&case=|/compare\?case=.*own=1"))
    settle(window)
    expect(window.get_by_role("heading", name="Your image", exact=True)).to_be_in_viewport()
    expect(window.get_by_role("columnheader", name="Your image")).to_be_attached()
    first = re.findall(r"case=([^&]+)", window.url)[0]
    other = "medpix2%3AMPX9003" if "9003" not in first else "medpix2%3AMPX9004"
    expect(window.get_by_role("img", name="your image").first).to_be_visible()
    box = window.get_by_label(re.compile("^Cases, 2 to 4"))
    box.click()
    box.fill(other[-7:])
    box.press("Enter")
    box.press("Escape")  # the list: while it is open, the rest of the page is hidden from screen readers
    expect(window).to_have_url(re.compile(other))
    settle(window)
    expect(window.get_by_role("columnheader")).to_have_count(4)
    assert len(stages(window)) == 3
    heads = window.get_by_role("columnheader").all_inner_texts()
    assert heads[:2] == ["Common to all", "Your image"] and len(heads) == 4
    expect(window.get_by_role("cell", name="not known").first).to_be_attached()
    browser = window.context.browser
    assert browser is not None
    with new_window(browser, address) as stranger:
        stranger.goto(window.url)
        settle(stranger)
        expect(stranger.get_by_text("Your image is no longer available")).to_be_visible()
        expect(stranger.get_by_role("img", name="your image")).to_have_count(0)
        assert len(stages(stranger)) == 2  # the rest stays


@pytest.mark.parametrize(
    ("asked", "said"),
    [("case=MPX9001&case=MPX9001", "MPX9001 is named twice"), ("case=MPX9001&case=MPX0", "MPX0")],
)
def test_the_same_case_twice_and_an_unknown_one_are_said_and_the_rest_stays(window: Page, asked: str, said: str):
    window.goto(f"/compare?{asked}")
    settle(window)
    expect(window.get_by_test_id("stAlert").filter(has_text=said)).to_be_in_viewport(ratio=1)
    expect(window.get_by_role("heading", name="Glioblastoma multiforme")).to_be_visible()


def test_a_link_of_old_still_leads_to_its_two_cases(window: Page):
    window.goto("/compare?left=MPX9001&right=MPX9002")
    settle(window)
    expect(window.get_by_role("columnheader", name="MPX9002")).to_be_attached()
    expect(window).to_have_url(re.compile(r"case=MPX9001&case=MPX9002"))
