"""Results of a query in a real Chromium: as images, one case after another, gathered into a collection."""

import csv
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_in_browser import served, settle, turn_to, upload
from playwright.sync_api import Page, expect

import casegraph

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def workspace(demo_documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(demo_documents, tmp_path_factory.mktemp("results") / "workspace"))


@pytest.fixture(scope="module")
def address(workspace: Path) -> Iterator[str]:
    with served(workspace, workspace.parent / "app.log") as address:
        yield address


def ids_of(workspace: Path, query: str) -> list[str]:
    with casegraph.open(workspace) as space:
        return space.documents.case_ids(query)


def test_a_case_of_a_result_leads_to_the_next_and_back_by_key_also_after_a_reload(workspace: Path, window: Page):
    ids = ids_of(workspace, "modality=MR")
    window.goto("/query?modality=MR&as=images")
    settle(window)
    window.get_by_role("link", name=ids[0].partition(":")[2]).click()
    expect(window.get_by_text(f"1 of {len(ids)} ·")).to_be_in_viewport()
    settle(window)
    window.keyboard.press("j")
    expect(window).to_have_url(re.compile(re.escape(ids[1].partition(":")[2])))
    expect(window.get_by_text(f"2 of {len(ids)} ·")).to_be_visible()
    window.reload()
    expect(window.get_by_text(f"2 of {len(ids)} ·")).to_be_visible()
    settle(window)
    window.keyboard.press("k")
    expect(window.get_by_text(f"1 of {len(ids)} ·")).to_be_visible()
    expect(window.get_by_role("button", name="Previous")).to_be_disabled()


def test_cases_are_ticked_gathered_and_found_again_by_their_collection(workspace: Path, window: Page):
    window.goto("/query?modality=CT&as=images")
    settle(window)
    ticks = window.get_by_test_id("stCheckbox")
    for number in range(2):
        ticks.nth(number).click()
        settle(window)
    window.get_by_role("button", name="Add the 2 selected").click()
    window.get_by_placeholder("my cases").last.fill("for monday")
    window.get_by_role("button", name="Add 2 cases").click()
    expect(window.get_by_text("for monday has 2 cases now.")).to_be_visible()
    assert ids_of(workspace, 'collection="for monday"') == ids_of(workspace, "modality=CT")[:2]
    window.goto("/query?gathered=for+monday")
    expect(window.get_by_role("heading", name="2 cases")).to_be_visible()
    expect(window.get_by_role("button", name="collection for monday")).to_be_in_viewport()


def test_the_csv_has_every_row_of_the_result(workspace: Path, window: Page):
    window.goto("/query?modality=MR")
    window.get_by_text(re.compile("^The models (are ready|could not)")).wait_for()  # busy, it may break a download off
    settle(window)
    with window.expect_download() as told:
        window.get_by_role("button", name="Download", exact=True).click()
        window.get_by_role("button", name="Table as CSV").click()
    rows = list(csv.DictReader(io.StringIO(told.value.path().read_text(encoding="utf-8"))))
    assert [row["case_id"] for row in rows] == ids_of(workspace, "modality=MR")


def test_ages_are_drawn_and_those_unknown_are_counted(window: Page):
    window.goto("/query?as=charts")
    settle(window)
    expect(window.get_by_role("heading", name="Age in years")).to_be_in_viewport()
    expect(window.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()


def test_home_counts_what_there_is_and_a_dropped_image_becomes_a_search(
    workspace: Path, window: Page, sample_release: Path
):
    with casegraph.open(workspace) as space:
        contents = space.contents()
    window.goto("/")
    settle(window)
    expect(window.get_by_text(str(contents.cases), exact=True)).to_be_in_viewport()
    expect(window.get_by_role("heading", name="What it cannot show")).to_be_in_viewport()
    upload(window, "scan.png", (sample_release / "images" / "MPX9002_synpic90005.png").read_bytes())
    expect(window).to_have_url(re.compile("/search"))
    expect(window.get_by_alt_text("your image")).to_be_visible()
    turn_to(window, "Home")
    window.get_by_label("Find cases").fill("glioblastoma")
    window.get_by_label("Find cases").press("Enter")
    expect(window).to_have_url(re.compile(r"/search\?words=glioblastoma"))


def test_home_leads_back_to_the_case_that_was_opened_last(window: Page):
    window.goto("/case?case=MPX9001")
    settle(window)
    turn_to(window, "Home")
    window.get_by_test_id("stMain").get_by_role("link", name="MPX9001").click()
    expect(window).to_have_title("MPX9001 · CaseGraph")
