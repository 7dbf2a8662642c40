"""A teaching set as a file, in a real browser."""

from pathlib import Path

import pytest
from app_in_browser import FLAGS
from playwright.sync_api import sync_playwright
from required_engines import chromium_program, needing_an_engine
from telling import told

import casegraph
from casegraph.notice import NOTICE
from ingest.case import Case

pytestmark = pytest.mark.browser
CASES = 50


@pytest.fixture(scope="module")
def asked(demo_documents: Path) -> list[Case]:
    """Return the cases of the set, in its order."""
    with casegraph.open(demo_documents) as space:
        return [space.documents.case(case_id) for case_id in space.teaching.set_of(cases=CASES, seed=3).case_ids]


@pytest.fixture
def page(demo_documents: Path, tmp_path: Path):
    with needing_an_engine():
        chromium = chromium_program()
    with casegraph.open(demo_documents) as space:
        file = tmp_path / "set.html"
        file.write_text(space.teaching.set_of(cases=CASES, seed=3).page, encoding="utf-8")
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        window = browser.new_page()
        window.on(
            "request", lambda sent: None if sent.url.startswith(("file:", "data:")) else complaints.append(sent.url)
        )
        window.on("console", lambda said: complaints.append(said.text))
        window.goto(file.as_uri())
        yield window
        browser.close()
    assert complaints == []


def seen(page) -> str:
    """Return what a reader and their screen reader find: what is visible, the title, alternative texts and hints."""
    names = "els => els.flatMap(e => [e.alt, e.title, e.id, e.getAttribute('aria-label')]).filter(Boolean).join(' ')"
    return f"{page.locator('body').inner_text()} {page.title()} {page.locator('img, [title]').evaluate_all(names)}"


def test_no_diagnosis_is_visible_before_its_fold_is_opened(page, asked: list[Case]):
    assert len(asked) == CASES
    assert [case.case_id for case in asked if told(case, seen(page))] == []
    for name in ("History", "Findings"):
        for fold in page.locator(f"details > summary:text-is('{name}')").all():
            fold.click()
    sections = page.locator("section").all()
    for case, section in zip(asked, sections, strict=True):
        assert told(case, section.inner_text()) == []
        assert case.diagnosis not in section.inner_text()
    for fold in page.locator("details > summary:text-is('Differential of the case')").all():
        fold.click()
    for case, section in zip(asked, sections, strict=True):
        section.locator("summary:text-is('Diagnosis')").click()
        assert case.diagnosis in section.inner_text()


def test_the_folds_open_by_keyboard_and_in_order(page):
    first = page.locator("section").first
    assert not first.locator("summary:text-is('Findings')").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert first.locator("summary:text-is('Findings')").is_visible()
    assert not first.locator("summary:text-is('Diagnosis')").is_visible()


def test_the_images_are_in_the_file_and_are_drawn(page):
    images = page.locator("img")
    assert images.count() >= CASES
    assert all(images.evaluate_all("all => all.map(i => i.complete && i.naturalWidth > 0)"))


def test_the_file_says_that_nothing_is_diagnosed(page):
    assert NOTICE in page.locator("body").inner_text()


def test_texts_of_cases_cannot_become_part_of_the_page(tmp_path: Path):
    from case_factory import make_case

    from ingest.vocabulary import Section
    from rag.teaching.set_page import set_page

    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>'\"><b>"
    case = make_case(sections=dict.fromkeys(Section, evil), diagnosis=evil, differential_diagnosis=(evil, "Abscess"))
    written = set_page([case], lambda _: b"png", notice=NOTICE)
    assert "<script" not in written and "<b>" not in written and written.count("<img") == len(case.images)
