"""What is asked stays and is seen, and what is said of it stands beside it, in a real Chromium of 1280 x 800."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from app_in_browser import opened, served, settle, turn_to, upload
from case_factory import make_case, make_image
from dicom_bytes import dataset_of, written
from image_bytes import ramp
from playwright.sync_api import Browser, Page, expect

import casegraph

pytestmark = pytest.mark.browser

MANY = 1005


def message(page: Page, text: str) -> None:
    """Expect a message to be in the window, above the foot of the page."""
    alert = page.get_by_test_id("stAlert").filter(has_text=text)
    expect(alert).to_be_in_viewport(ratio=1)
    box = alert.bounding_box()
    assert box is not None and box["y"] > 50 and box["y"] + box["height"] < 768


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).fill(text)
    page.get_by_label(label, exact=True).press("Enter")
    settle(page)


def press(page: Page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True).click()
    settle(page)


def show(page: Page, name: str) -> None:
    """Choose what the page Draft shows on its right."""
    page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()
    settle(page)


def test_a_draft_of_nothing_and_a_signature_without_a_name_say_so_where_they_were_pressed(window: Page):
    window.goto("/draft")
    settle(window)
    press(window, "Draft")
    message(window, "a draft needs something to go by")
    window.get_by_label("What you see").fill("Ring-enhancing mass with edema.")
    press(window, "Draft")
    press(window, "Review and sign")
    for action in ("Review", "Sign", "Reject draft"):
        press(window, action)
        message(window, "a person is needed")
        expect(window.get_by_label("Your name, as it is to stand in the draft")).to_be_in_viewport()


def test_asking_for_diagnoses_leaves_the_draft_and_other_entries_hide_it(window: Page):
    window.goto("/draft")
    settle(window)
    window.get_by_label("What you see").fill("Ring-enhancing mass with edema.")
    press(window, "Draft")
    window.get_by_role("button", name="Review and sign").wait_for()
    press(window, "Ask for diagnoses")
    expect(window.get_by_text("not a diagnosis of this patient")).to_be_visible()
    show(window, "Draft")
    expect(window.get_by_role("button", name="Review and sign")).to_be_visible()
    window.get_by_label("What you see").fill("A calcified mass.")
    window.get_by_label("History").focus()
    expect(window.get_by_role("button", name="Review and sign")).to_have_count(0)
    turn_to(window, "Case")
    turn_to(window, "Draft")
    expect(window.get_by_label("What you see")).to_have_value("A calcified mass.")
    window.get_by_text("Show what was made of other entries").click()
    expect(window.get_by_role("button", name="Review and sign")).to_be_visible()
    assert "calcified" not in window.url  # what is said of a patient stands in no address


def test_a_draft_is_saved_by_itself_and_is_there_after_a_reload(window: Page):
    window.goto("/draft")
    settle(window)
    window.get_by_label("What you see").fill("Ring-enhancing mass with a saved edema.")
    press(window, "Draft")
    said = window.get_by_text(re.compile(r"Saved as D\d+\."))
    said.wait_for()
    (draft_id,) = re.findall(r"D\d+", said.inner_text())
    window.goto(f"/draft?draft={draft_id}")  # a new session: nothing of the old one is left
    settle(window)
    expect(window.get_by_text("Ring-enhancing mass with a saved edema.").first).to_be_visible()


def begun(page: Page) -> None:
    """Wait until a draft is being written, or, on a quick machine, is there."""
    page.get_by_test_id("stSpinner").or_(page.get_by_role("button", name="Review and sign")).first.wait_for()


def test_a_press_while_a_draft_is_written_loses_neither_the_draft_nor_the_answer(window: Page):
    window.goto("/draft")
    settle(window)
    window.get_by_label("What you see").fill("Ring-enhancing mass with edema.")
    main = window.get_by_test_id("stMain")
    main.get_by_role("button", name="Draft", exact=True).click()
    begun(window)

    main.get_by_role("button", name="Ask for diagnoses", exact=True).click()
    window.get_by_text("not a diagnosis of this patient").wait_for()
    settle(window)
    show(window, "Draft")
    expect(window.get_by_role("button", name="Review and sign")).to_be_visible()


def test_a_draft_that_is_left_while_it_is_written_is_there_when_one_comes_back(window: Page):
    window.goto("/draft")
    settle(window)
    window.get_by_label("What you see").fill("Ring-enhancing mass with edema.")
    window.get_by_test_id("stMain").get_by_role("button", name="Draft", exact=True).click()
    begun(window)

    turn_to(window, "Case")
    turn_to(window, "Draft")
    expect(window.get_by_role("button", name="Review and sign")).to_be_visible()


def test_a_query_that_is_not_understood_leaves_fields_and_rows(window: Page):
    window.goto("/query?query=modality%3DMR")
    settle(window)
    shown = window.get_by_role("heading", name=re.compile(r"^\d+ cases$")).inner_text()
    fill(window, "Query", "modalty=MR")
    message(window, "Did you mean 'modality'?")
    expect(window.get_by_role("heading", name=shown)).to_be_visible()
    expect(window.get_by_text("Modality", exact=True)).to_be_visible()


def test_a_region_that_is_none_leaves_the_cases_found_before(window: Page, sample_release: Path):
    window.goto("/search")
    settle(window)
    upload(window, "scan.png", (sample_release / "images" / "MPX9001_synpic90001.png").read_bytes())
    first = window.get_by_role("heading", name=re.compile("^1. "))
    first.wait_for()
    fill(window, "Only this region", "1,2")
    message(window, "left,top,right,bottom")
    expect(first).to_be_attached()


def test_the_same_case_twice_is_said_beside_the_list(window: Page):
    window.goto("/compare?case=MPX9001&case=MPX9001")
    settle(window)
    message(window, "MPX9001 is named twice")


def test_filters_are_seen_above_the_results_and_taken_away_there(window: Page):
    window.goto("/search?words=mass&region=Thorax&finding=finding:mass&age=20-90")
    settle(window)
    for says in ("region Thorax", "mass present", "20 to 90 years"):
        expect(window.get_by_role("button", name=says)).to_be_in_viewport()
    window.get_by_role("button", name="region Thorax").click()
    settle(window)
    expect(window).not_to_have_url(re.compile("Thorax"))
    expect(window.get_by_role("button", name="mass present")).to_be_visible()


QUESTIONS = (
    ("/query", "Query", "Query", "modality=MR"),
    ("/search", "Similar cases", "Words", "ring-enhancing mass"),
    ("/graph", "Graph", "Find in the graph", "edema"),
)


@pytest.mark.parametrize(("path", "name", "label", "text"), QUESTIONS)
def test_a_question_survives_a_reload_the_way_back_another_page_and_sharing(
    window: Page, path: str, name: str, label: str, text: str
):
    window.goto(path)
    settle(window)
    fill(window, label, text)
    field, asked = window.get_by_label(label, exact=True), window.url
    window.reload()
    settle(window)
    expect(field).to_have_value(text)
    fill(window, label, "mass")
    window.go_back()
    settle(window)
    expect(field).to_have_value(text)
    turn_to(window, "Case")
    turn_to(window, name)
    expect(field).to_have_value(text)
    window.goto("/classify")
    window.goto(asked)
    settle(window)
    expect(field).to_have_value(text)


def test_own_labels_are_kept_are_no_bars_and_may_not_name_a_disease(window: Page, sample_release: Path):
    window.goto("/classify?labels=MR+of+the+brain,CT+of+the+chest")
    settle(window)
    upload(window, "scan.png", (sample_release / "images" / "MPX9001_synpic90001.png").read_bytes())
    window.get_by_text("Not calibrated, and no probability.").wait_for()
    settle(window)
    panel = window.get_by_test_id("stExpander").filter(has_text="Ask with labels of your own")
    expect(panel.get_by_test_id("stDataFrame")).to_be_attached()
    expect(panel.get_by_test_id("stProgress")).to_have_count(0)
    fill(window, "Labels, with commas between them", "stroke, tumour, normal brain, cat")
    message(window, "'stroke'")
    expect(panel.get_by_test_id("stDataFrame")).to_have_count(0)


def test_a_dicom_without_extension_is_read_and_nothing_of_it_stays_beside_the_next_image(
    window: Page, sample_release: Path
):
    window.goto("/classify")
    settle(window)
    two_windows = {"WindowCenter": [128, 40], "WindowWidth": [256, 80]}
    upload(window, "IM000001", written(dataset_of(np.tile(ramp(), (4, 4)), **two_windows)))
    window.get_by_text("2 windows; the first is shown").first.wait_for()
    window.get_by_text("Nearest labelled images").wait_for()
    settle(window)
    window.evaluate(WATCH)
    upload(window, "scan.png", (sample_release / "images" / "MPX9001_synpic90001.png").read_bytes())
    window.get_by_text("263 × 279 px").or_(window.get_by_text("436 × 490 px")).first.wait_for()
    window.get_by_text("Nearest labelled images").wait_for()
    settle(window)
    assert window.evaluate("() => window.besideTheNewImage") == []
    expect(window.get_by_text("2 windows; the first is shown")).to_have_count(0)


# Looks at the page after each change: beside the new image (its size in words) no word of the old one may stand.
WATCH = """() => {
  window.besideTheNewImage = [];
  const old = document.querySelector('[data-testid=stMain]').innerText;
  const near = (text) => (text.match(/similarity \\d\\.\\d+/g) || []).join();
  const before = near(old);
  new MutationObserver(() => {
    const now = document.querySelector('[data-testid=stMain]').innerText;
    if (/436 × 490 px/.test(now) && (/2 windows/.test(now) || near(now) === before))
      window.besideTheNewImage.push(now.slice(0, 400));
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def many_cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a workspace of many cases of one image; return its address."""
    folder = tmp_path_factory.mktemp("many")
    cases = [
        make_case(case_id=f"medpix2:MPX{n:05}", images=(make_image(f"medpix2:MPX{n:05}_synpic{n}", object_key=None),))
        for n in range(1, MANY + 1)
    ]
    with casegraph.open(folder / "ws", create=True) as space, space.engines.store.writer("test") as writer:
        writer.write_cases(cases)
    with served(folder / "ws", folder / "app.log") as address:
        yield address


@pytest.mark.parametrize(
    ("collection", "noun", "presses"),
    [("Cases", "cases", ("Download", "Table as JSON")), ("Image_Descriptions", "documents", ("JSON",))],
)
def test_totals_are_true_downloads_whole_and_rows_come_in_pages(
    browser: Browser, many_cases: str, collection: str, noun: str, presses: tuple[str, ...]
):
    with opened(browser, many_cases) as window:
        window.goto(f"/query?collection={collection}&page=6")
        settle(window)
        expect(window.get_by_role("heading", name=f"{MANY} {noun}")).to_be_visible()
        expect(window.get_by_text(f"Rows 1001 to {MANY} of {MANY}.")).to_be_visible()
        with window.expect_download() as told:
            for name in presses:
                window.get_by_role("button", name=name, exact=name == "Download").click()
        assert len(json.loads(told.value.path().read_text())) == MANY


def test_the_dark_theme_of_the_system_is_followed_and_can_be_changed(window: Page):
    window.emulate_media(color_scheme="dark")
    window.goto("/case?case=MPX9001")
    settle(window)
    background = "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
    assert window.evaluate(background) == "rgb(15, 21, 25)"
    window.get_by_role("button", name="Main menu").click()
    window.get_by_role("menuitemradio", name="Light").click()
    window.wait_for_function(f"() => ({background})() === 'rgb(255, 255, 255)'")


def test_home_says_when_the_models_are_ready(window: Page):
    window.goto("/")
    expect(window.get_by_role("heading", name="In this workspace")).to_be_visible()
    window.get_by_text("The models are ready.").wait_for()
