"""An unforeseen error of the app: a sentence with a code in browser and log, and no text of a case (T43)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from ui.app import faults
from ui.incident import TRACEBACK

APP = Path(faults.__file__).with_name("main.py")
CANARY = "Aurelia Quillfeather"


def fail(*_: object, **__: object) -> None:
    raise TypeError(f"of {CANARY}")


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Hold what Streamlit writes into its log about errors, as it is formatted there."""

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    lines: list[str] = []
    logger, handler = logging.getLogger("streamlit.error_util"), Kept()
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


@pytest.fixture
def app(small_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """Yield the app on a few cases without a graph."""
    file = small_workspace / "casegraph.json"
    file.write_text(file.read_text().replace('"embedded"', '"bolt://127.0.0.1:9"'))
    monkeypatch.setenv("CASEGRAPH_WORKSPACE", str(small_workspace))
    before = {name: config.get_option(name) for name in faults.OPTIONS}
    st.cache_resource.clear()
    st.cache_data.clear()
    yield AppTest.from_file(str(APP), default_timeout=60)
    st.cache_resource.clear()
    st.cache_data.clear()
    for name, value in before.items():
        config.set_option(name, value)


def shown(app: AppTest) -> str:
    return "\n".join(str(element.proto) for element in app.main)


def details(folder: Path) -> str:
    (file,) = folder.rglob("unforeseen-*.txt")
    return file.read_text()


def test_an_error_of_a_page_is_a_sentence_with_a_code(app, logged, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("ui.app.panels.workspace", fail)
    app.run()
    assert not app.exception
    assert app.error[0].value.startswith("Unforeseen error E\\-UNF\\-")
    assert "ui/app/main.py" in details(tmp_path)
    assert not [part for part in (shown(app), *logged, *capsys.readouterr(), details(tmp_path)) if CANARY in part]


@pytest.mark.parametrize(
    "press",
    [
        lambda app: next(button for button in app.button if button.label == "Like this only").click(),
        lambda app: app.text_input(key="search-words").input("edema"),
    ],
    ids=["on_click", "on_change"],
)
def test_an_error_in_a_callback_is_shown_and_logged_without_its_text(app, logged, tmp_path, monkeypatch, capsys, press):
    app.run()
    app.query_params["words"] = "mass"
    app.switch_page("screens/search.py").run()
    assert not app.exception and not app.error
    field = press(app)
    monkeypatch.setattr("streamlit.runtime.state.query_params_proxy.QueryParamsProxy.from_dict", fail)
    monkeypatch.setattr("streamlit.runtime.state.query_params_proxy.QueryParamsProxy.__setitem__", fail)
    field.run()
    assert len(app.exception) == 1
    (line,) = logged
    assert "unforeseen error E-UNF-" in line and "Traceback" not in line
    assert "ui/app/address.py" in details(tmp_path)
    assert not [part for part in (shown(app), line, *capsys.readouterr(), details(tmp_path)) if CANARY in part]


def test_people_who_work_on_casegraph_see_it_all(monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(config, "set_option", lambda name, _: asked.append(name))
    monkeypatch.setenv(TRACEBACK, "1")
    faults.keep_errors_to_ourselves()
    assert asked == []
    monkeypatch.delenv(TRACEBACK)
    faults.keep_errors_to_ourselves()
    assert asked == list(faults.OPTIONS)
