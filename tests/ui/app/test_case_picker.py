"""The choice of a case where there are too many for a list: found by an id or words of a title, on every page."""

import re
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest
import streamlit as st
from app_in_browser import served, settle
from case_factory import make_case
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

import casegraph
from ingest.vocabulary import Section
from ui.app.case_picker import FIND, MAX_LISTED, WORDS

APP = Path(__file__).parents[3] / "ui" / "app" / "main.py"
Open = Callable[..., AppTest]


def written(folder: Path, count: int) -> Path:
    """Write cases with titles of their own, without images, as an archive too large for a list."""
    cases = (
        make_case(number, sections={Section.TITLE: f"Cyst number {number} of a kidney"}, images=(), split=split)
        for number, split in zip(range(count), cycle(("train", "train", "dev", "test")), strict=False)
    )
    with casegraph.open(folder, create=True) as space, space.engines.store.writer("reader") as writer:
        writer.write_cases(cases)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield written(tmp_path_factory.mktemp("picker") / "workspace", 70)
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def on_page(small: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page of the app on an archive that is too large for lists."""
    monkeypatch.setenv("CASEGRAPH_WORKSPACE", str(small))
    monkeypatch.setattr("ui.app.case_picker.MAX_LISTED", 69)
    st.cache_resource.clear()
    st.cache_data.clear()

    def open_page(page: str, **parameters: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=180).run()
        for name, value in parameters.items():
            app.query_params[name] = value
        return app.switch_page(f"screens/{page}.py").run()

    return open_page


def asked(app: AppTest, name: str) -> list[str]:
    value = app.query_params.get(name, [])
    return [value] if isinstance(value, str) else value


def said(app: AppTest) -> str:
    return "\n".join(str(part.proto.body) for part in app.get("html"))


def test_a_small_archive_is_a_list_as_before(on_page: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ui.app.case_picker.MAX_LISTED", 70)
    app = on_page("case")
    assert len(app.selectbox(key="case-case").options) == 70
    assert [field.label for field in app.text_input] == []


def test_no_list_of_all_cases_is_sent_and_words_find_some_of_them(on_page: Open):
    app = on_page("case")
    assert [box.label for box in app.selectbox] == []
    app.text_input(key=f"case-{WORDS}").set_value("KIDNEY cyst").run()
    assert len(app.selectbox(key="case-case").options) == 50
    assert "50 of 70 match: type more words." in said(app)
    app.selectbox(key="case-case").select("medpix2:MPX0007").run()
    assert asked(app, "case") == ["medpix2:MPX0007"] and asked(app, WORDS) == []
    assert "Cyst number 7 of a kidney" in said(app)


def test_the_only_case_of_an_id_is_chosen_at_once_and_nothing_found_is_said(on_page: Open):
    app = on_page("case")
    app.text_input(key=f"case-{WORDS}").set_value("nothing of the kind").run()
    assert "No case has this id, or all of these words in its title." in said(app)
    app.text_input(key=f"case-{WORDS}").set_value("mpx0064").run()
    assert asked(app, "case") == ["medpix2:MPX0064"] and asked(app, WORDS) == []
    assert not app.exception


def test_an_address_names_a_case_and_words_also_after_a_reload(on_page: Open):
    app = on_page("case", **{"case": "MPX0003", WORDS: "number 12"})
    assert "Cyst number 3 of a kidney" in said(app)
    assert app.text_input(key=f"case-{WORDS}").value == "number 12"
    assert app.selectbox(key="case-case").options == [
        "MPX0012 · Cyst number 12 of a kidney",
        "MPX0003 · Cyst number 3 of a kidney",
    ]


def test_letters_that_no_text_can_hold_are_refused_beside_the_field(on_page: Open):
    app = on_page("case", **{WORDS: "a\0b"})
    assert "character that no text of a case can hold" in str(app.error[0].value)
    assert not app.exception


def test_cases_to_compare_are_added_one_by_one_and_taken_away(on_page: Open):
    app = on_page("compare", case=["medpix2:MPX0001", "medpix2:MPX0003"])
    app.text_input(key=f"compare-{WORDS}").set_value("MPX0002").run()
    assert asked(app, "case") == ["medpix2:MPX0001", "medpix2:MPX0003", "medpix2:MPX0002"]
    app.text_input(key=f"compare-{WORDS}").set_value("number kidney").run()
    app.multiselect(key="compare-case").select("medpix2:MPX0005").run()
    assert asked(app, "case") == [f"medpix2:MPX000{number}" for number in (1, 3, 2, 5)]
    assert asked(app, WORDS) == []
    app.multiselect(key="compare-case").unselect("medpix2:MPX0001").run()
    assert asked(app, "case") == [f"medpix2:MPX000{number}" for number in (3, 2, 5)]


def test_the_like_of_a_case_is_asked_for_by_its_id(on_page: Open):
    app = on_page("search")
    app.text_input(key=f"search-{WORDS}").set_value("MPX0009").run()
    assert asked(app, "case") == ["medpix2:MPX0009"]
    assert "Like this case" in said(app)


def test_of_many_values_of_a_field_the_most_frequent_are_offered_and_the_chosen_one(
    on_page: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ui.app.filtering.MAX_OPTIONS", 1)
    app = on_page("query")
    assert app.multiselect(key="query-split").options == ["train (36)"]
    assert app.multiselect(key="query-split").help == "The 1 most frequent; 2 others can be typed: split=..."
    app = on_page("query", split="dev")
    assert app.multiselect(key="query-split").options == ["train (36)", "dev (17)"]


def test_whole_cases_of_a_large_result_are_not_made_into_one_file(on_page: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ui.app.downloads.MAX_WHOLE_CASES", 69)
    app = on_page("query")
    labels = [button.label for button in app.get("download_button")]  # pyright: ignore[reportAttributeAccessIssue]
    assert "Table as CSV" in labels and "Whole cases as JSON" not in labels
    assert "Whole cases, at most 69: narrow the query down" in said(app)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve one case more than a list takes."""
    folder = tmp_path_factory.mktemp("many")
    with served(written(folder / "workspace", MAX_LISTED + 1), folder / "app.log") as address:
        yield address


@pytest.mark.browser
def test_among_many_cases_one_is_found_kept_over_a_reload_and_left_by_the_way_back(window: Page):
    window.goto("/case")
    settle(window)
    field = window.get_by_label(FIND)
    field.fill("kidney number")
    field.press("Enter")
    expect(window.get_by_text("50 of 2,001 match: type more words.")).to_be_visible()
    field.fill("number 1234 kidney")
    field.press("Enter")
    expect(window).to_have_url(re.compile("case=medpix2%3AMPX1234"))
    expect(window.get_by_role("heading", name="Cyst number 1234 of a kidney")).to_be_visible()
    window.reload()
    settle(window)
    expect(window.get_by_role("heading", name="Cyst number 1234 of a kidney")).to_be_visible()
    field.fill("number 77")
    field.press("Enter")
    settle(window)
    window.get_by_label("Open a case").click()
    window.get_by_role("option", name="MPX0077").click()
    expect(window.get_by_role("heading", name="Cyst number 77 of a kidney")).to_be_visible()
    window.go_back()
    window.go_back()
    expect(window.get_by_role("heading", name="Cyst number 1234 of a kidney")).to_be_visible()
