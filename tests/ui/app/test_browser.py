"""The app in a real Chromium, page by page, as its readers use it.

Screenshots go into the folder that CASEGRAPH_SCREENSHOTS names: ``make screenshots`` writes those of the docs.
"""

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from app_in_browser import opened, served, settle, turn_to
from case_factory import make_case, make_image
from PIL import Image as PillowImage
from playwright.sync_api import Browser, Page, expect
from release_folder import noise_png

import casegraph
from casegraph.drafts import DraftRequest, draft_document
from casegraph.notice import NOTICE
from ingest.annotation.annotate import annotate
from ingest.vocabulary import Section

pytestmark = pytest.mark.browser

HOSTILE = "![x](https://evil.invalid/a.png) <img src=https://evil.invalid/b.png onerror=alert(1)> www.evil.invalid"


@pytest.fixture(scope="module")
def shoot(tmp_path_factory: pytest.TempPathFactory):
    """Return how to write a screenshot as a small PNG."""
    named = os.environ.get("CASEGRAPH_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)

    def write(page: Page, name: str) -> None:
        page.mouse.move(720, 500)
        page.mouse.wheel(0, -5000)
        page.mouse.move(1, 450)
        page.wait_for_timeout(600)  # until what moves has come to rest
        image = PillowImage.open(BytesIO(page.screenshot())).convert("RGB")
        small = image.quantize(256, method=PillowImage.Quantize.MAXCOVERAGE)  # keeps the colours of small marks
        small.save(folder / f"{name}.png", optimize=True)
        assert (folder / f"{name}.png").stat().st_size < 300_000

    return write


def test_a_reader_goes_from_a_query_to_a_case_its_like_and_a_comparison(page: Page, shoot):
    page.goto("/query")
    settle(page)
    page.get_by_label("Query", exact=True).fill("modality=MR finding:edema")
    page.keyboard.press("Enter")
    page.get_by_text("modality=MR finding:edema").wait_for()
    settle(page)
    shoot(page, "query")
    table = page.get_by_test_id("stDataFrame").first.bounding_box()
    page.mouse.move(table["x"] + 200, table["y"] + 90)
    page.mouse.move(table["x"] + 220, table["y"] + 52, steps=4)  # the table follows the mouse before it takes a click
    page.wait_for_timeout(150)
    page.mouse.click(table["x"] + 220, table["y"] + 52)
    expect(page).to_have_url(re.compile(r"/case\?case=.*MPX9001&of=modality"))
    settle(page)
    expect(page.get_by_role("heading", name="Glioblastoma multiforme")).to_be_visible()
    expect(page.get_by_text("ring-enhancing", exact=True).first).to_be_visible()
    shoot(page, "case")
    page.get_by_test_id("stPageLink").get_by_text("Similar cases").click()
    settle(page)
    expect(page.get_by_role("heading", name="1. Glioblastoma multiforme")).to_be_visible()
    shoot(page, "search")
    page.get_by_test_id("stPageLink").get_by_text("Compare").first.click()
    settle(page)
    expect(page.get_by_role("columnheader", name="MPX9001")).to_be_attached()
    expect(page.get_by_role("slider", name="Wipe between the two images")).to_be_attached()
    shoot(page, "compare")
    page.go_back()
    settle(page)
    expect(page.get_by_role("heading", name="1. Glioblastoma multiforme")).to_be_visible()
    page.go_back()
    page.go_back()
    settle(page)
    expect(page.get_by_label("Query", exact=True)).to_have_value("modality=MR finding:edema")


def test_a_reader_comes_home_and_is_asked_an_unknown_case(page: Page, shoot):
    page.goto("/")
    settle(page)
    expect(page.get_by_role("heading", name="In this workspace")).to_be_visible()
    shoot(page, "home")
    page.goto("/manage")
    settle(page)
    page.get_by_test_id("stDataFrame").wait_for()
    shoot(page, "manage")
    page.goto("/teach?contains=ring-enhancing")
    settle(page)
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("Look at the images first").wait_for()
    settle(page)
    for name in ("Patient", "Findings"):
        page.keyboard.press("n")
        page.get_by_text(name, exact=True).wait_for()
        settle(page)
    page.get_by_role("textbox", name="Your differential").fill("Glioblastoma\nAbscess")
    shoot(page, "teach")
    page.get_by_role("textbox", name="Your differential").press("Control+Enter")
    page.get_by_text("The case considers").or_(page.get_by_text("The case's diagnosis")).first.wait_for()


def test_a_folder_of_own_cases_is_uploaded_and_read(browser: Browser, tmp_path: Path):
    casegraph.open(tmp_path / "workspace", create=True).close()
    (tmp_path / "my-cases" / "images").mkdir(parents=True)
    table = "case,history,diagnosis,images\nK1,A man with gout.,Gout,a.png\nK2,A girl with croup.,Croup,\n"
    (tmp_path / "my-cases" / "cases.csv").write_text(table)
    (tmp_path / "my-cases" / "images" / "a.png").write_bytes(noise_png(1))
    with served(tmp_path / "workspace", tmp_path / "app.log") as address, opened(browser, address) as page:
        page.goto("/manage")
        settle(page)
        page.get_by_text("Upload a folder").click()
        page.get_by_role("button", name="Read the cases").click()
        page.get_by_text("Choose a folder.").wait_for()
        page.locator("input[type=file]").set_input_files(tmp_path / "my-cases")
        page.get_by_text("2 files uploaded.").wait_for()
        settle(page)
        page.get_by_role("button", name="Read the cases").click()
        page.get_by_text("2 cases read, 2 added").wait_for()
        page.get_by_text("images: 1, of them 0 missing or unreadable").wait_for()
        page.goto("/case?case=K1")
        settle(page)
        expect(page.get_by_role("heading", name="Gout")).to_be_visible()
        expect(page.locator(".cgv-image").first).to_be_visible()


def test_a_reader_sees_all_images_on_a_map_and_cuts_a_data_set(page: Page, shoot):
    page.goto("/map?by=region")
    settle(page)
    page.get_by_test_id("stMain").locator("canvas").first.wait_for()
    shoot(page, "map")
    page.goto("/datasets?region=Head&images=modality%3DMR&name=mr-heads")
    settle(page)
    expect(page.get_by_role("button", name="Check it")).to_be_enabled()
    shoot(page, "datasets")


def test_a_reader_opens_the_graph(page: Page, shoot):
    page.goto("/graph?node=Case:medpix2:MPX9001")
    settle(page)
    mass = page.locator('.cgg-node[data-key="Finding:finding:mass"]')
    mass.click()  # chooses it
    expect(mass).to_have_attribute("aria-pressed", "true")
    settle(page)
    mass.click()  # opens it
    settle(page)
    expect(mass).to_have_class(re.compile("cgg-open"))
    shoot(page, "graph")
    page.locator('.cgg-node[data-key="Case:medpix2:MPX9001"]').click()
    settle(page)
    page.get_by_role("link", name="Open the case").click()
    settle(page)
    expect(page).to_have_title("MPX9001 · CaseGraph")


def test_a_reader_classifies_a_scan_and_drafts_with_it(page: Page, shoot, sample_release: Path):
    page.goto("/classify")
    settle(page)
    page.locator("input[type=file]").set_input_files(sample_release / "images" / "MPX9002_synpic90005.png")
    page.get_by_text("Nearest labelled images").wait_for()
    settle(page)
    expect(page.get_by_role("heading", name="Head")).to_be_visible()
    shoot(page, "classify")
    page.get_by_text("Ask with labels of your own").click()
    page.get_by_label("Labels, with commas between them").fill("MR of the brain, CT of the chest")
    page.get_by_label("Labels, with commas between them").press("Enter")
    page.get_by_text("By words alone").wait_for()
    page.get_by_role("button", name="Draft").click()
    settle(page)
    page.get_by_label("History").fill("34-year-old woman with fever and headache for ten days.")
    page.get_by_label("What you see").fill(
        "Ring-enhancing mass in the right parietal lobe with edema. No midline shift."
    )
    page.get_by_role("button", name="Draft").click()
    label = page.get_by_text("Machine-made draft, not reviewed by a person")
    label.wait_for()
    settle(page)
    shoot(page, "draft")
    page.get_by_role("button", name="[1]", exact=True).wait_for()
    page.mouse.move(600, 500)
    page.mouse.wheel(0, 1500)
    page.wait_for_timeout(300)
    expect(label).to_be_in_viewport()
    expect(page.get_by_text(NOTICE)).to_be_in_viewport()
    last = page.locator('[class*="st-key-cite-draft-"] button').last
    last.scroll_into_view_if_needed()
    before = last.bounding_box()
    last.press("Enter")
    cited = page.locator(".st-key-evidence .cg-cited")
    cited.wait_for()
    settle(page)
    expect(cited).to_be_in_viewport(ratio=1)
    expect(last).to_be_focused()
    expect(page.locator(".cg-statement.cg-chosen")).to_be_in_viewport()
    assert before is not None and last.bounding_box() == before  # the draft stays where the reader is
    page.get_by_role("link", name="Open the case").click()
    settle(page)
    expect(page.locator(".cg-cited").first).to_be_visible()
    turn_to(page, "Draft")
    expect(label).to_be_visible()


@pytest.fixture
def kept_draft(browser: Browser, small_workspace: Path, tmp_path: Path) -> Iterator[Page]:
    """Open a browser window of 1280 x 800 on a workspace in which one draft is kept, and on that draft."""
    with casegraph.open(small_workspace) as space:
        space.drafts.keep(draft_document(space.drafts.write(DraftRequest(findings="Ring-enhancing mass. No edema."))))
    with served(small_workspace, tmp_path / "app.log") as address, opened(browser, address) as window:
        window.set_viewport_size({"width": 1280, "height": 800})
        window.goto("/draft?draft=D1")
        settle(window)
        yield window


def test_a_passage_and_its_statement_lead_to_each_other_in_the_window(kept_draft: Page):
    page = kept_draft
    draft, evidence = page.locator(".st-key-statements").bounding_box(), page.locator(".st-key-evidence").bounding_box()
    assert draft is not None and evidence is not None and draft["x"] + draft["width"] <= evidence["x"]
    page.locator('[class*="st-key-cite-D1-"] button').last.press("Enter")
    settle(page)
    expect(page.locator(".st-key-evidence .cg-cited")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Statement 1", exact=True).press("Enter")
    settle(page)
    said = page.locator(".cg-statement.cg-chosen")
    expect(said).to_contain_text("Ring-enhancing mass")
    expect(said).to_be_in_viewport(ratio=1)
    label = page.locator(".st-key-draft-label").bounding_box()
    place = said.bounding_box()
    assert label is not None and place is not None and place["y"] >= label["y"] + label["height"]  # not under it
    page.set_viewport_size({"width": 1000, "height": 800})
    draft, evidence = page.locator(".st-key-statements").bounding_box(), page.locator(".st-key-evidence").bounding_box()
    assert draft is not None and evidence is not None and draft["y"] + draft["height"] <= evidence["y"]


def test_a_kept_draft_is_worked_on_by_keyboard_alone(kept_draft: Page):
    page = kept_draft
    page.get_by_label("Your name, as it is to stand in the draft").fill("Dr. Ada Example")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="[1]", exact=True).focus()
    for name in ("Accept", "Edit", "Reject"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text(re.compile(f"{name}$"))
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Accepted by Dr. Ada Example").wait_for()
    settle(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wording = page.get_by_label("New wording of statement 1")
    wording.fill("Ring-enhancing mass on the left.")
    wording.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".cg-statement").first).to_have_text("1. Ring-enhancing mass on the left.")
    settle(page)
    page.get_by_role("button", name="Review", exact=True).press("Enter")
    page.get_by_text("reviewed by Dr. Ada Example").first.wait_for()
    settle(page)
    page.get_by_role("button", name="Sign", exact=True).press("Enter")
    page.get_by_text("signed by Dr. Ada Example").first.wait_for()


@pytest.fixture
def hostile_page(browser: Browser, small_workspace: Path, tmp_path: Path) -> Iterator[Page]:
    """Open a browser window on a workspace with a case whose every text is an attack."""
    image = make_image("own:X1_1", object_key=None, problem="it is missing", caption=HOSTILE)
    sections = {part: HOSTILE for part in Section if part is not Section.CAPTION}
    case = annotate(make_case(case_id="own:X1", sections=sections, diagnosis=HOSTILE, images=(image,)))
    with casegraph.open(small_workspace) as space:
        with space.engines.store.writer("test") as writer:
            writer.write_cases([case])
        space.indexing.run()
    with served(small_workspace, tmp_path / "app.log") as address, opened(browser, address) as window:
        yield window


PLACES = ("/case?case=X1", "/search?words=alert", "/compare?left=X1&right=MPX9001", "/graph?node=Case:own:X1")


def test_t36_a_hostile_case_loads_nothing_and_runs_nothing(hostile_page: Page):
    page = hostile_page
    for place in (*PLACES, "/case?case=" + quote(HOSTILE)):
        page.goto(place)
        settle(page)
        page.get_by_text("evil.invalid").first.wait_for(state="attached")  # in the graph, where a mouse rests on it
        assert page.locator("img[src*=evil], a[href*=evil], a[href^=mailto]").count() == 0
    page.goto("/query")
    settle(page)
    page.get_by_label("Query", exact=True).fill("source=own")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 case", exact=True)).to_be_visible()
