"""Unknown cases in a real Chromium: the diagnosis is nowhere before it is revealed, and a session is kept."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_in_browser import served, settle, turn_to
from playwright.sync_api import Locator, Page, expect
from telling import told

import casegraph
from ingest.case import Case

pytestmark = pytest.mark.browser
REAL_CASES = 10


def mini_release(folder: Path) -> Path:
    """Write a few of the real cases, spread over the archive, as a release of their own."""
    source = Path(os.environ["CASEGRAPH_MEDPIX2"])
    cases = json.loads((source / "Case_topic.json").read_text(encoding="utf-8"))[:: 600 // REAL_CASES][:REAL_CASES]
    ids = {case["U_id"] for case in cases}
    described = json.loads((source / "Descriptions.json").read_text(encoding="utf-8"))
    folder.mkdir()
    (folder / "Case_topic.json").write_text(json.dumps(cases), encoding="utf-8")
    (folder / "Descriptions.json").write_text(json.dumps([d for d in described if d["U_id"] in ids]), encoding="utf-8")
    (folder / "images").symlink_to(source / "images")
    return folder


@pytest.fixture(scope="module", params=["sample", "real"])
def workspace(request, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a workspace of sample or of real cases, without graph and vectors."""
    folder = tmp_path_factory.mktemp("teach") / "workspace"
    if request.param == "sample":
        return Path(shutil.copytree(request.getfixturevalue("demo_documents"), folder))
    if not os.environ.get("CASEGRAPH_MEDPIX2"):
        pytest.skip("needs MedPix 2.0: set CASEGRAPH_MEDPIX2")
    with casegraph.open(folder, create=True) as space:
        space.documents.ingest(mini_release(folder.parent / "release"))
    return folder


@pytest.fixture(scope="module")
def address(workspace: Path) -> Iterator[str]:
    with served(workspace, workspace.parent / "app.log") as address:
        yield address


def asked_case(workspace: Path, page: Page) -> Case:
    """Return the case that the page asks about, by what is kept of the session."""
    session_id, number = re.search(r"session=(T\d+)&at=(\d+)", page.url).groups()
    with casegraph.open(workspace) as space:
        return space.documents.case(space.teaching.session(session_id).turn(int(number)).case_id)


def begin(page: Page) -> None:
    page.goto("/teach")
    settle(page)
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("Look at the images first").wait_for()
    settle(page)


def everything(page: Page) -> str:
    """Return the whole DOM with every attribute, the title and the address, images as their addresses only."""
    return f"{page.content()} {page.title()} {page.url}"


def press_key(page: Page, key: str, then: str) -> None:
    """Press a key and wait for a section, or for the line that says that the case has none."""
    page.keyboard.press(key)
    page.get_by_text(re.compile(f"^{then}(: the case says nothing\\.)?$")).first.wait_for()
    settle(page)


def answer(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your differential").fill(text)
    page.keyboard.press("Control+Enter")
    doubted = page.get_by_text("is not known")
    doubted.or_(after_answer(page)).first.wait_for()
    settle(page)
    if doubted.count():
        page.get_by_role("button", name="Answer").click()
        after_answer(page).first.wait_for()
        settle(page)


def after_answer(page: Page) -> Locator:
    return page.get_by_text("The case considers").or_(page.get_by_text("The case's diagnosis"))


def reveal_diagnosis(page: Page) -> None:
    if page.get_by_text("The case considers").count():
        page.keyboard.press("n")
    page.get_by_text("The case's diagnosis").wait_for()
    settle(page)


def test_the_diagnosis_is_nowhere_in_the_page_or_its_address_before_it_is_revealed(workspace: Path, window: Page):
    begin(window)
    for number in range(1, 4):
        window.goto(re.sub(r"at=\d+", f"at={number}", window.url))
        expect(window.get_by_role("heading", name=f"Unknown case {number} of 10")).to_be_visible()
        settle(window)
        case = asked_case(workspace, window)
        assert told(case, everything(window)) == []
        press_key(window, "n", "Patient")
        assert told(case, everything(window)) == []
        press_key(window, "n", "Findings")
        assert told(case, everything(window)) == []
        assert case.case_id not in everything(window) and case.short_id not in everything(window)
        expect(window).to_have_title("Teach · CaseGraph")


def test_a_reader_answers_sees_the_diagnosis_and_what_came_of_it(workspace: Path, window: Page):
    begin(window)
    case = asked_case(workspace, window)
    assert case.diagnosis is not None
    answer(window, "Scurvy")
    expect(window.get_by_role("textbox", name="Your differential")).to_have_count(0)
    assert told(case, f"{window.title()} {window.url}") == []
    reveal_diagnosis(window)
    expect(window.get_by_role("heading", name=case.diagnosis.split("\n")[0][:20])).to_be_in_viewport()
    expect(window.get_by_text("0 of 1 point")).to_be_in_viewport()
    expect(window).to_have_title("Teach · CaseGraph")
    settle(window)
    window.keyboard.press("n")
    expect(window.get_by_role("heading", name="Unknown case 2 of 10")).to_be_visible()
    settle(window)
    window.goto(window.url.replace("at=2", "at=summary"))
    expect(window.get_by_text("1 of 10 cases finished")).to_be_visible()
    expect(window.get_by_text("Missed")).to_be_visible()
    expect(window.get_by_role("link", name="Open")).to_be_visible()


def test_the_diagnosis_named_in_other_words_is_a_point(workspace: Path, window: Page):
    begin(window)
    case = asked_case(workspace, window)
    assert case.diagnosis is not None
    answer(window, f"abscess of nowhere\n{case.diagnosis.upper().splitlines()[0].split(',')[0]}")
    reveal_diagnosis(window)
    expect(window.get_by_text(re.compile("^(1|½) of 1 point"))).to_be_in_viewport()


def test_a_session_survives_a_reload_and_is_gone_on_with_later(window: Page):
    begin(window)
    press_key(window, "n", "Patient")
    window.reload()
    window.get_by_text("Patient", exact=True).wait_for()
    settle(window)
    turn_to(window, "Query")
    turn_to(window, "Teach")
    window.get_by_text("Patient", exact=True).wait_for()
    window.get_by_role("button", name="All sessions").click()
    window.get_by_role("button", name="Go on").first.click()
    window.get_by_text("Patient", exact=True).wait_for()
    expect(window.get_by_role("button", name="Show the findings")).to_be_in_viewport()


def test_a_name_that_nobody_knows_is_asked_about_once_inside_the_window(window: Page):
    begin(window)
    window.get_by_role("textbox", name="Your differential").fill("glioblastma")
    window.keyboard.press("Control+Enter")
    expect(window.get_by_text("“glioblastma” is not known")).to_be_in_viewport(ratio=1)
    window.get_by_role("button", name="Answer").click()
    expect(window.get_by_role("textbox", name="Your differential")).to_have_count(0)


def test_a_disease_that_was_filtered_by_is_in_no_address_and_no_list(window: Page, workspace: Path):
    with casegraph.open(workspace) as space:
        disease = next(iter(space.documents.facets("disease")))
        session = space.teaching.begin(f'disease="{disease}"', cases=1)
    window.goto(f"/teach?session={session.session_id}&at=1")
    window.get_by_text("Look at the images first").wait_for()
    settle(window)
    assert told(asked_case(workspace, window), everything(window)) == []
    assert disease.casefold() not in everything(window).casefold()
    window.get_by_role("button", name="All sessions").click()
    window.get_by_role("button", name="Begin").wait_for()
    settle(window)
    cards = " ".join(window.locator("[class*=st-key-session-]").all_inner_texts())
    assert disease.casefold() not in cards.casefold()
