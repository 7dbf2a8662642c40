"""Cases that were found, as cards with three lines of reasons, page by page, in a real Chromium of 1280 x 800."""

import re
from pathlib import Path

import pytest
from app_in_browser import settle, upload
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

QUESTIONS = (
    "words=ring-enhancing+mass+in+the+left+temporal+lobe,+no+hydrocephalus&k=50",
    "case=MPX9001&k=50",
    "concepts=finding:mass,finding:edema&k=50",
    "words=glioblastoma&more=MPX9002&k=50",
)
LINES = ("Shares", "Lacks", "Differs")


def cards(page: Page) -> list[Locator]:
    return page.locator("[class*=st-key-hit-]:has(h3)").all()


def line_of(card: Locator, name: str) -> list[str]:
    """Return what stands on a line of a card, without its name."""
    said = card.locator(f"[class*=st-key-line-{name}-]").first.inner_text().split("\n")
    parts = [part.strip() for part in said if part.strip()]
    assert parts[0] == name
    return parts[1:]


def test_each_card_has_three_lines_and_keeps_channels_and_numbers_behind_details(window: Page):
    window.goto("/search?words=ring-enhancing+mass,+no+hydrocephalus")
    settle(window)
    found = cards(window)
    assert len(found) == 8
    for card in found:
        for name in LINES:
            assert line_of(card, name)
        expect(card.get_by_text(re.compile("^score "))).not_to_be_visible()
    assert "ring enhancement" in line_of(found[0], "Shares")
    found[0].get_by_text("Details").click()
    expect(found[0].get_by_text(re.compile("^score "))).to_be_visible()
    expect(found[0].get_by_text(re.compile("rank 1, weight"))).not_to_have_count(0)


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_stands_on_two_lines_of_a_card(window: Page, question: str):
    window.goto(f"/search?{question}")
    settle(window)
    pages = max(1, window.get_by_test_id("stPagination").get_by_role("button").count() - 2)
    seen = 0
    for number in range(1, pages + 1):
        window.goto(f"/search?{question}&page={number}")
        settle(window)
        for card in cards(window):
            lines = {
                name: {re.sub(r" \(.*| and \d+ more$", "", said) for said in line_of(card, name)} for name in LINES
            }
            told = [said for line in lines.values() for said in line if not said.startswith(("nothing", "and "))]
            assert len(told) == len(set(told)), lines
            assert not {said.removeprefix("no ") for said in told if said.startswith("no ")} & set(told), lines
            seen += 1
    assert seen > 8


def test_pages_of_hits_keep_the_question_and_are_short(window: Page):
    window.goto("/search?words=mass&region=Head&k=50")
    settle(window)
    window.goto("/search?words=mass&k=50")
    settle(window)
    expect(window.get_by_role("heading", name=re.compile("^1. "))).to_be_visible()
    window.get_by_test_id("stPagination").get_by_role("button").filter(has_text=re.compile("^2$")).click()
    expect(window).to_have_url(re.compile("words=mass.*page=2"))
    settle(window)
    expect(window.get_by_role("heading", name=re.compile("^9. "))).to_be_attached()
    expect(window.get_by_role("heading", name=re.compile("^1. "))).to_have_count(0)
    window.reload()
    settle(window)
    expect(window.get_by_role("heading", name=re.compile("^9. "))).to_be_attached()
    assert window.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight") < 4000
    window.get_by_label("Words", exact=True).fill("edema")
    window.get_by_label("Words", exact=True).press("Enter")
    expect(window.get_by_role("heading", name=re.compile("^1. "))).to_be_attached()
    expect(window).not_to_have_url(re.compile("page="))


def test_the_query_image_stays_in_view_beside_a_long_result(window: Page, sample_release: Path):
    window.goto("/search?k=50")
    settle(window)
    upload(window, "scan.png", (sample_release / "images" / "MPX9001_synpic90001.png").read_bytes())
    window.get_by_role("heading", name=re.compile("^8. ")).wait_for()
    settle(window)
    assert "MR" in line_of(cards(window)[0], "Shares")  # as the classifier is sure of the upload
    mine = window.get_by_role("img", name="your image")
    expect(mine).to_be_in_viewport(ratio=0.9)
    window.get_by_role("heading", name=re.compile("^8. ")).scroll_into_view_if_needed()
    expect(window.get_by_role("heading", name=re.compile("^1. "))).not_to_be_in_viewport()
    expect(mine).to_be_in_viewport(ratio=0.9)


def test_a_finding_of_a_hit_is_a_button_that_takes_it_into_the_question(window: Page):
    window.goto("/search?words=ring-enhancing+mass")
    settle(window)
    cards(window)[0].get_by_role("button", name="ring enhancement").first.click()
    expect(window).to_have_url(re.compile("concepts=finding%3Aring-enhancement"))
    settle(window)
    assert "ring enhancement" in line_of(cards(window)[0], "Shares")
    expect(cards(window)[0].get_by_role("button", name="ring enhancement")).to_have_count(0)
    expect(window.get_by_text("ring enhancement", exact=True).first).to_be_visible()
