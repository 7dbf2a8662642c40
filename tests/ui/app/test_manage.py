"""The page Manage: read, index, decide and take back by hand; nothing of it where others are served."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import casegraph
from casegraph.backups import check
from casegraph.curation import Reported, ReviewKind
from casegraph.runs import Run, Work
from ingest.progress import ReadSoFar
from ui.app.managing import progress_in_words

APP = Path(__file__).parents[3] / "ui" / "app" / "main.py"
PATIENCE_S = 240
PARTS = ("Cases", "To review", "Checks", "Models", "Backups")


@pytest.fixture
def served_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the visitor sit at the machine that serves the app."""
    monkeypatch.setenv("CASEGRAPH_MANAGE", "true")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator:
    def on(folder: Path, page: str = "manage", **parameters: str) -> AppTest:
        monkeypatch.setenv("CASEGRAPH_WORKSPACE", str(folder))
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        return come_to(app, page, **parameters)

    st.cache_resource.clear()
    st.cache_data.clear()
    yield on
    st.cache_resource.clear()
    st.cache_data.clear()


def come_to(app: AppTest, page: str, **parameters: str) -> AppTest:
    app.query_params.clear()
    for name, value in parameters.items():
        app.query_params[name] = value
    app.switch_page(f"screens/{page}.py").run()
    assert not app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def button_of(app: AppTest, key: str):
    return next(button for button in app.button if str(button.key).startswith(key))


def wait_until_done(app: AppTest) -> AppTest:
    deadline = time.monotonic() + PATIENCE_S
    while "Stop" in labels(app.run()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return app


def test_an_empty_workspace_is_filled_and_indexed_by_hand(opened, served_here, small_release: Path, tmp_path: Path):
    folder = tmp_path / "workspace"
    casegraph.open(folder, create=True).close()
    app = opened(folder, "query")
    assert [info.value for info in app.info] == ["The workspace holds no cases yet. Read some on the page Manage."]
    come_to(app, "manage")
    button_of(app, "ingest-begin").click().run()
    assert [warning.value for warning in app.warning] == ["Say which folder."]
    app.text_input(key="ingest-source").input(str(tmp_path / "nothing"))
    button_of(app, "ingest-begin").click().run()
    wait_until_done(app)
    assert "not a folder, file or address with cases" in app.error[0].value.replace("\\", "")
    app.text_input(key="ingest-source").input(str(small_release))
    button_of(app, "ingest-begin").click().run()
    wait_until_done(app)
    assert not app.error and "has ended" in app.success[0].value
    with casegraph.open(folder) as space:
        assert space.documents.count() == 8
        assert space.indexing.status().graph.sequence == 8
    come_to(app, "query")
    assert "8 cases" in [heading.value for heading in app.subheader]


def test_a_report_of_a_reader_is_decided_and_the_decision_taken_back(opened, served_here, small_workspace: Path):
    app = opened(small_workspace, "case", case="MPX9001")
    button_of(app, "wrong-report").click().run()
    assert "Say in one line what is wrong" in app.error[0].value
    app.radio(key="wrong-medpix2:MPX9001").set_value(Reported.DIAGNOSIS)
    app.text_input(key="wrong-said-medpix2:MPX9001").input("this is a *meningioma*")
    app.text_input(key="wrong-by").input("Ann")
    button_of(app, "wrong-report").click().run()
    assert "R1" in app.success[0].value
    assert app.text_input(key="wrong-said-medpix2:MPX9001").value == ""
    with casegraph.open(small_workspace) as space:
        (item,) = (one for one in space.curation.queue() if one.kind is ReviewKind.REPORTED)
        assert (item.case_id, item.raw) == ("medpix2:MPX9001", "this is a *meningioma*")
    come_to(app, "manage", part="To review", kind=ReviewKind.REPORTED)
    app.text_input(key=f"value-{item.item_id}").input("Meningioma")
    button_of(app, "do-correct-").click().run()
    assert "D1" in app.success[0].value
    button_of(app, "do-Dealt with-").click().run()
    with casegraph.open(small_workspace) as space:
        assert space.documents.case("MPX9001").diagnosis == "Meningioma"
        assert [one for one in space.curation.queue() if one.kind is ReviewKind.REPORTED] == []
    button_of(app, "undo-last").click().run()
    button_of(app, "withdraw-D1").click().run()
    with casegraph.open(small_workspace) as space:
        assert space.documents.case("MPX9001").diagnosis != "Meningioma"
        assert any(one.item_id == item.item_id for one in space.curation.queue())


def test_a_backup_is_made_by_hand_and_listed(opened, served_here, small_workspace: Path, tmp_path: Path):
    app = opened(small_workspace)
    come_to(app, "manage", part="Backups")
    folder = tmp_path / "kept"
    app.text_input(key="backup-folder").input(str(folder))
    button_of(app, "back-up").click().run()
    wait_until_done(app)
    assert not app.error and "Making a backup has ended." in app.success[0].value
    (file,) = folder.iterdir()
    made = check(file)
    (listed,) = (frame.value for frame in app.dataframe)
    assert listed["file"].tolist() == [file.name]
    assert (listed["cases"].tolist(), listed["images"].tolist()) == ([made.cases], [made.images])
    app.text_input(key="backup-folder").input(str(file))
    button_of(app, "back-up").click().run()
    wait_until_done(app)
    assert "cannot be written" in app.error[0].value


@pytest.mark.parametrize(
    ("part", "key", "typed"),
    [
        ("Cases", "ingest-source", "/data/release"),
        ("Cases", "ingest-images", "/data/images"),
        ("Backups", "backup-folder", "/data/kept"),
    ],
)
def test_what_is_typed_is_kept_while_one_looks_at_another_page(
    opened, served_here, demo_documents: Path, part: str, key: str, typed: str
):
    app = opened(demo_documents, part=part)
    app.text_input(key=key).input(typed).run()
    come_to(app, "query")
    assert come_to(app, "manage", part=part).text_input(key=key).value == typed


def test_why_something_is_decided_is_kept_while_one_looks_at_its_case(opened, served_here, small_workspace: Path):
    with casegraph.open(small_workspace) as space:
        space.curation.report("medpix2:MPX9001", "wrong side", about=Reported.DIAGNOSIS)
        (item,) = (one for one in space.curation.queue() if one.kind is ReviewKind.REPORTED)
    place = {"part": "To review", "kind": ReviewKind.REPORTED}
    app = opened(small_workspace, **place)
    for name in ("value", "reason-correct", "reason-Dealt with"):
        app.text_input(key=f"{name}-{item.item_id}").input(f"typed as {name}").run()
    come_to(app, "case", case="MPX9001")
    come_to(app, "manage", **place)
    for name in ("value", "reason-correct", "reason-Dealt with"):
        assert app.text_input(key=f"{name}-{item.item_id}").value == f"typed as {name}"


def test_t47_nothing_can_be_changed_where_the_keeper_does_not_let_others(
    opened, monkeypatch: pytest.MonkeyPatch, demo_documents: Path
):
    monkeypatch.setenv("CASEGRAPH_MANAGE", "false")
    app = opened(demo_documents)
    for part in PARTS:
        come_to(app, "manage", part=part)
        assert labels(app) == [] and not app.text_input
        assert "Read-only" in app.info[0].value


def test_no_sentence_of_the_page_is_a_command(opened, served_here, demo_documents: Path):
    app = opened(demo_documents)
    for part in PARTS:
        come_to(app, "manage", part=part)
        shown = [str(element.value) for kind in ("markdown", "info", "warning", "caption") for element in app.get(kind)]
        shown += [str(element.proto.body) for element in app.get("html") if "<style>" not in element.proto.body]
        said = " ".join([*shown, *(frame.value.to_csv() for frame in app.dataframe)])
        assert len(labels(app)) > 0 and not app.error
        assert not re.search(r"casegraph [a-z]+|pip install|\s--\w", said)


def test_how_far_a_run_is_stands_in_words():
    run = Run(Work.INGEST)
    assert progress_in_words(run) == "Reading cases: looking at the source; 0 images, 0 in quarantine"
    run.total, run.read = 602, ReadSoFar(50, 125, 2)
    assert progress_in_words(run) == "Reading cases: 50 of 602; 125 images, 2 in quarantine"
    run.begin(Work.INDEX)
    assert progress_in_words(run) == "Indexing ..." and run.share == 0
    run.tell(30, 60)
    assert progress_in_words(run) == "Indexing: 30 of 60" and run.share == 0.5
