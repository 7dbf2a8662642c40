"""Query by clicking: conditions joined by all, any or none, set aside, and findings in words of one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import casegraph

APP = Path(__file__).parents[3] / "ui" / "app" / "main.py"


@pytest.fixture
def query(demo_documents: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    monkeypatch.setenv("CASEGRAPH_WORKSPACE", str(demo_documents))
    st.cache_resource.clear()
    st.cache_data.clear()

    def ask(**parameters: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        for name, value in parameters.items():
            app.query_params[name] = value
        app.switch_page("screens/query.py").run()
        assert not app.exception
        return app

    yield ask
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def count(demo_documents: Path) -> Iterator:
    with casegraph.open(demo_documents) as space:
        yield lambda where: len(space.documents.case_ids(where))


def cases_told(app: AppTest) -> int:
    return next(int(said.value.split()[0]) for said in app.subheader if "case" in said.value)


def asked(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label.replace("\\", "") == label).click().run()
    assert not app.exception
    return app


def test_these_but_none_of_those_is_built_by_clicking(query, count):
    app = query(modality=["MR"], region=["Head"], join="any")
    assert cases_told(app) == count("modality=MR or region=Head")
    press(app, "Keep these and add others")
    assert asked(app, "group") == "modality=MR or region=Head" and "modality" not in app.query_params
    assert cases_told(app) == count("modality=MR or region=Head")
    again = query(group=["modality=MR or region=Head"], sex=["male"], join="none")
    assert cases_told(again) == count("(modality=MR or region=Head) not sex=male")
    assert 0 < cases_told(again) < count("modality=MR or region=Head")
    press(again, "modality=MR or region=Head")
    assert "group" not in again.query_params
    assert cases_told(again) == count("not sex=male")


def test_a_group_that_is_no_filter_is_told_and_left_out(query, count):
    app = query(group=["regoin=Head", "modality=MR"])
    assert "Did you mean 'region'" in app.error[0].value.replace("\\", "")
    assert cases_told(app) == count("modality=MR")


def test_a_finding_is_taken_by_a_synonym_and_asked_about_where_it_is_mistyped(query, count):
    assert cases_told(query(finding="oedema")) == count("finding:edema")
    app = query(finding="edma")
    assert "Did you mean" in app.warning[0].value and cases_told(app) == count("")
    assert cases_told(press(app, "edema")) == count("finding:edema")
    assert asked(app, "finding") == "finding:edema"
    assert "Nothing is spelt like it" in query(finding="xyzzy").warning[0].value
