"""Every page, light and dark, without what axe-core calls serious or critical; and each session with its own images.

What a control shows that can't be used at the moment, such as an empty list of saved queries, may be pale (WCAG 1.4.3,
"inactive"). axe-core does not see that where Streamlit hides such a label from screen readers, so it is told here.
"""

from pathlib import Path
from typing import Any

import pytest
from app_in_browser import new_window, settle, upload
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")
PLACES = (
    "/query?query=modality%3DMR",
    "/case?case=MPX9001",
    "/search?words=ring-enhancing+mass&region=Head",
    "/compare?case=MPX9001&case=MPX9002&case=MPX9003",
    "/graph?node=Case:medpix2:MPX9001&open=Finding:finding:mass&hide=Image:none&charts=True",
    "/map?by=region&area=-1,-1+1,-1+1,1+-1,1",
    "/datasets?kind=classification&class=CT%3A+modality%3DCT&class=MR%3A+modality%3DMR&format=llava&region=Head",
    "/manage?part=To+review",
    "/query?modality=MR&finding=edma&join=any&group=region%3DHead",
)
THEMES = {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 21, 25)"}  # with the colour behind a page
COLOURS_AT_REST = """
() => !document.getAnimations().some((moving) => moving instanceof CSSTransition && moving.playState === "running")
"""
SIZES = ((820, 1180), (1180, 820), (1920, 1080))
OUT_OF_THE_WINDOW = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  const faults = main.scrollWidth > main.clientWidth + 1 ? [`${main.scrollWidth} px wide`] : [];
  for (const one of main.querySelectorAll('button, input, textarea, a, img, h1, h2, h3, p')) {
    const box = one.getBoundingClientRect();
    const scrolls = one.closest('.cgv, [data-testid=stDataFrame], [data-testid=stHorizontalScroll], .stTabs');
    const seen = box.width > 1 && box.height > 1 && getComputedStyle(one).visibility !== 'hidden';
    if (seen && !scrolls && (box.right > innerWidth + 1 || box.left < -1)) {
      faults.push(`${one.tagName} ${one.innerText || one.getAttribute('aria-label') || ''}`.slice(0, 80));
    }
  }
  return faults;
}"""
OF_AN_UNUSABLE_CONTROL = """target => {
  const said = document.querySelector(target);
  const control = said && said.closest('.stElementContainer');
  return !!control && !!control.querySelector(':is(input, button, textarea):disabled');
}"""


def serious(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical on a page, on a light system and on a dark one."""
    found = []
    for theme, colour in THEMES.items():
        page.emulate_media(color_scheme=theme)  # pyright: ignore[reportArgumentType]
        expect(page.locator(".stApp")).to_have_css("background-color", colour)
        page.wait_for_function(COLOURS_AT_REST)
        found += [f"{theme}: {said}" for said in _serious(page)]
    return found


def _serious(page: Page) -> list[str]:
    """Return what axe-core finds, but the contrast of controls that can't be used."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
        if not (rule["id"] == "color-contrast" and _is_unusable(page, node["target"]))
    ]


def _is_unusable(page: Page, target: list[Any]) -> bool:
    return len(target) == 1 and bool(page.evaluate(OF_AN_UNUSABLE_CONTROL, target[0]))


@pytest.mark.parametrize("place", PLACES)
def test_a_page_has_no_serious_fault(window: Page, place: str):
    window.goto(place)
    settle(window)
    assert serious(window) == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_on_a_tablet_and_on_a_large_screen_a_page_is_as_wide_as_the_window_and_none_of_its_text_is_cut(
    window: Page, size: tuple[int, int]
):
    width, height = size
    window.set_viewport_size({"width": width, "height": height})
    faults = {}
    for place in PLACES:
        window.goto(place)
        settle(window)
        found = window.evaluate(OUT_OF_THE_WINDOW)
        if found:
            faults[place] = found
    assert faults == {}


def test_what_reaches_out_of_the_window_is_found(window: Page):
    window.goto("/case?case=MPX9001")
    settle(window)
    assert window.evaluate(OUT_OF_THE_WINDOW) == []
    shown = window.get_by_test_id("stMain").get_by_role("heading").first
    shown.evaluate("heading => heading.style.setProperty('transform', 'translateX(3000px)')")
    assert window.evaluate(OUT_OF_THE_WINDOW)


def test_no_page_of_the_bar_has_a_serious_fault_before_anything_is_asked(window: Page):
    window.goto("/")
    settle(window)
    links = window.get_by_test_id("stTopNav").get_by_role("link")
    expect(links.first).to_be_visible()
    found = {}
    for address in {link.get_attribute("href") for link in links.all()}:
        window.goto(str(address))
        settle(window)
        found[address] = serious(window)
    assert len(found) >= 12
    assert {address: faults for address, faults in found.items() if faults} == {}


def test_a_classified_upload_and_a_kept_draft_have_no_serious_fault(window: Page, sample_release: Path):
    scan = (sample_release / "images" / "MPX9001_synpic90001.png").read_bytes()
    window.goto("/classify?labels=MR+of+the+brain,CT+of+the+chest")
    settle(window)
    upload(window, "scan.png", scan)
    window.get_by_text("Nearest labelled images").wait_for()
    settle(window)
    assert serious(window) == []
    window.get_by_role("button", name="Draft").click()
    settle(window)
    window.get_by_label("What you see").fill("Ring-enhancing mass with edema.")
    window.get_by_test_id("stMain").get_by_role("button", name="Draft", exact=True).click()
    window.get_by_role("button", name="Review and sign").wait_for()
    settle(window)
    assert serious(window) == []
    window.locator('[class*="st-key-cite-draft-"] button').last.click()
    settle(window)
    assert serious(window) == []
    window.get_by_role("button", name="Review and sign").click()
    settle(window)
    window.locator('[class*="st-key-cite-D"] button').last.click()
    window.get_by_role("button", name="Edit").first.click()
    settle(window)
    assert serious(window) == []


def test_hits_with_their_details_and_an_upload_beside_a_hit_have_no_serious_fault(window: Page, sample_release: Path):
    window.goto("/search?words=mass,+no+edema")
    settle(window)
    upload(window, "scan.png", (sample_release / "images" / "MPX9001_synpic90001.png").read_bytes())
    window.get_by_role("img", name="your image").wait_for()
    settle(window)
    window.get_by_text("Details").first.click()
    window.get_by_text("of 1 for a case that every channel puts first").first.wait_for()
    assert serious(window) == []
    window.get_by_test_id("stPageLink").get_by_text("Compare").first.click()
    window.get_by_role("heading", name="Your image", exact=True).wait_for()
    settle(window)
    assert serious(window) == []


def test_a_fault_is_found_where_there_is_one(window: Page):
    window.goto("/case?case=MPX9001")
    settle(window)
    window.evaluate(
        "() => document.body.insertAdjacentHTML('beforeend', '<div style=\"position:fixed;top:20rem;z-index:999\">"
        '<button></button><p style="color:#aaa;background:#fff">pale words</p></div>\')'
    )
    assert {said.split(": ")[1] for said in serious(window)} == {"button-name", "color-contrast"}


def test_t12_t39_an_upload_of_one_session_is_on_no_page_of_another(window: Page, address: str, sample_release: Path):
    scan = (sample_release / "images" / "MPX9001_synpic90001.png").read_bytes()
    places = ("/search", "/classify", "/draft")
    window.goto(places[0])
    settle(window)
    upload(window, "scan.png", scan)
    mine = window.get_by_role("img", name="your image")
    mine.wait_for()
    browser = window.context.browser
    assert browser is not None
    with new_window(browser, address) as stranger:
        for place in places:
            stranger.goto(place)
            stranger.get_by_test_id("stFileUploader").first.wait_for()
            settle(stranger)
            expect(stranger.get_by_role("img", name="your image")).to_have_count(0)
            expect(stranger.get_by_text("Take the last image again")).to_have_count(0)
            expect(stranger.get_by_text("scan.png")).to_have_count(0)
    expect(mine).to_be_visible()
