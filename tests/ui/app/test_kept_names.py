"""What is gathered, renamed, deleted and taken away on the page Query."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import casegraph
from ingest.case import to_document
from ui.app.downloads import cases_as_json, cases_as_zip, table_as_csv, table_as_json

APP = Path(__file__).parents[3] / "ui" / "app" / "main.py"
Ask = Callable[..., AppTest]


@pytest.fixture
def workspace(demo_documents: Path, tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(demo_documents, tmp_path / "workspace"))
    with casegraph.open(folder) as space:
        space.collections.add("mine", ["MPX9001", "MPX9002"])
        space.documents.save_query("heads", "region=Head")
        space.documents.save_query("my heads", "collection=mine region=Head")
    return folder


@pytest.fixture
def ask(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Open the page Query as the keeper of the workspace."""
    monkeypatch.setenv("CASEGRAPH_WORKSPACE", str(workspace))
    monkeypatch.setenv("CASEGRAPH_MANAGE", "true")
    st.cache_resource.clear()
    st.cache_data.clear()

    def asked(**parameters: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        for name, value in parameters.items():
            app.query_params[name] = value
        return app.switch_page("screens/query.py").run()

    yield asked
    st.cache_resource.clear()
    st.cache_data.clear()


def keys(app: AppTest) -> list[str]:
    return [str(button.key) for button in app.button]


def ticked(app: AppTest, *rows: int) -> AppTest:
    """Tick rows of the table."""
    app.session_state[str(app.dataframe[0].key)] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return app.run()


def test_ticked_rows_of_the_table_are_gathered_and_open_no_case(ask: Ask, workspace: Path):
    app = ticked(ask(modality="CT"), 2, 0)
    assert not app.exception and app.title[0].value == "Query"
    with casegraph.open(workspace) as space:
        ids = space.documents.case_ids("modality=CT")
    app.text_input(key="collect-name-ticked").input("for monday")
    app.button(key="collect-add-ticked").click().run()
    with casegraph.open(workspace) as space:
        assert space.collections.get("for monday").case_ids == (ids[0], ids[2])


def test_ticks_are_not_taken_over_by_the_rows_of_another_query(ask: Ask):
    app = ticked(ask(modality="CT"), 0)
    assert "collect-add-ticked" in keys(app)
    app.multiselect(key="query-modality").set_value(["MR"]).run()
    assert not app.exception and "collect-add-ticked" not in keys(app)


def test_a_collection_is_renamed_and_stays_the_one_that_is_asked_for(ask: Ask, workspace: Path):
    app = ask(gathered="mine")
    cases = app.subheader[0].value
    app.text_input(key="new-name-collection-mine").input("for monday").run()
    app.button(key="rename-collection").click().run()
    assert not app.exception and app.subheader[0].value == cases == "2 cases"
    assert app.query_params["gathered"] in ("for monday", ["for monday"])
    with casegraph.open(workspace) as space:
        assert space.collections.names() == ["for monday"]
        assert 'collection="for monday"' in space.documents.saved_query("my heads")


def test_a_name_that_is_taken_is_refused_in_a_sentence(ask: Ask, workspace: Path):
    app = ask()
    app.selectbox(key="named-saved-query").select("heads").run()
    app.text_input(key="new-name-saved-query-heads").input("my heads").run()
    app.button(key="rename-saved-query").click().run()
    assert "already" in app.error[0].value
    with casegraph.open(workspace) as space:
        assert set(space.documents.saved_queries()) == {"heads", "my heads"}


def test_a_collection_is_deleted_by_a_second_press_that_says_what_goes(ask: Ask, workspace: Path):
    app = ask(gathered="mine")
    said = " ".join(str(part.proto.body) for part in app.get("html"))
    assert "The list of 2 cases is then gone; the cases themselves stay." in said
    assert "can be asked no more: my heads." in said
    app.button(key="do-delete-collection").click().run()
    assert not app.exception and "gathered" not in app.query_params
    with casegraph.open(workspace) as space:
        assert space.collections.names() == []
        assert space.documents.has("medpix2:MPX9001")


def test_a_saved_query_that_is_chosen_is_deleted(ask: Ask, workspace: Path):
    app = ask()
    app.selectbox(key="saved").select("heads").run()
    app.selectbox(key="named-saved-query").select("heads").run()
    app.button(key="do-delete-saved-query").click().run()
    assert not app.exception and app.selectbox(key="saved").options == ["my heads"]
    with casegraph.open(workspace) as space:
        assert space.documents.saved_queries() == {"my heads": "collection=mine region=Head"}


def test_a_visitor_who_may_not_manage_is_offered_neither(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CASEGRAPH_MANAGE", "false")
    assert not {"rename-collection", "do-delete-collection", "do-delete-saved-query"}.intersection(keys(ask()))


def test_downloads_are_named_by_what_they_hold(ask: Ask):
    app = ask(modality="MR")
    labels = [button.label for button in app.get("download_button")]  # pyright: ignore[reportAttributeAccessIssue]
    assert labels == ["Table as CSV", "Table as JSON", "Whole cases as JSON", "With images as ZIP"]


def test_the_files_of_a_result_hold_all_of_its_cases(workspace: Path):
    query = "modality=MR region=Head"
    with casegraph.open(workspace) as space:
        cases = list(space.documents.cases(query))
        ids = [case.case_id for case in cases]
        rows = list(csv.DictReader(io.StringIO(table_as_csv(space, query))))
        assert [row["case_id"] for row in rows] == ids
        assert [row["case_id"] for row in json.loads(table_as_json(space, query))] == ids
        assert json.loads(cases_as_json(space, query)) == json.loads(json.dumps([to_document(case) for case in cases]))
        with ZipFile(io.BytesIO(cases_as_zip(space, query))) as archive:
            names = archive.namelist()
            documents = archive.read("casegraph-query/cases.jsonl").decode().splitlines()
        assert [json.loads(line)["case_id"] for line in documents] == ids
        assert sum(name.endswith(".png") for name in names) == sum(len(case.stored_images) for case in cases)
