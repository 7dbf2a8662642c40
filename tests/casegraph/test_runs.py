"""Long work in the background: one piece at a time, stopped without loss, told in a sentence where it fails."""

import threading
from pathlib import Path

import pytest
from background_run import PATIENCE_S, wait_for

import casegraph
from casegraph.errors import BusyError, CaseGraphError
from casegraph.runs import Run, Runs
from casegraph.settings import read_settings


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    folder = tmp_path / "workspace"
    casegraph.open(folder, create=True).close()
    return Runs(read_settings(workspace=folder), repr)


def test_a_source_is_read_then_indexed_and_told(runs: Runs, small_release: Path, tmp_path: Path):
    run = wait_for(runs.ingest(str(small_release)))
    assert run.error is None and not run.was_stopped
    assert run.ingested is not None and run.ingested.added == run.read.cases == 8
    assert run.read.images == run.ingested.images and run.read.quarantined == 0
    assert run.indexed is not None and run.indexed.graph.written == 8
    with casegraph.open(tmp_path / "workspace") as space:
        status = space.indexing.status()
    assert {state.sequence for state in status.vectors} == {status.graph.sequence} == {status.sequence}
    wait_for(runs.check())
    assert runs.examined is not None and runs.examined.problems == () and runs.examined.not_checked == ()


def test_what_is_no_source_is_said_and_the_next_run_goes_on(runs: Runs, tmp_path: Path):
    run = wait_for(runs.ingest(str(tmp_path / "nothing-there")))
    assert isinstance(run.error, CaseGraphError) and "not a folder, file or address with cases" in str(run.error)
    assert run.ingested is None and run.indexed is None
    wait_for(runs.compare_images())
    assert runs.compared is not None and runs.compared.sequence == 0


def test_a_second_run_is_refused_while_one_is_under_way_and_a_stopped_one_keeps_what_was_whole(
    runs: Runs, small_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ingest.load.CASES_PER_BATCH", 2)
    told, go_on = threading.Event(), threading.Event()
    tell = Run.tell

    def tell_and_wait(run: Run, done: int, total: int) -> None:
        if done == 4:
            told.set()
            assert go_on.wait(PATIENCE_S)
        tell(run, done, total)

    monkeypatch.setattr(Run, "tell", tell_and_wait)
    run = runs.ingest(str(small_release))
    assert told.wait(PATIENCE_S)
    with pytest.raises(BusyError, match="the app is already reading cases"):
        runs.index()
    assert runs.last is run
    runs.stop()
    go_on.set()
    wait_for(run)
    assert run.was_stopped and run.error is None and run.ingested is None and run.indexed is None
    with casegraph.open(tmp_path / "workspace") as space:
        assert space.documents.count() == 4


def test_what_nobody_foresaw_is_written_down_and_the_next_run_goes_on(runs: Runs, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as broken:
        broken.setattr("casegraph.indexing.examine", lambda *_, **__: 1 / 0)
        run = wait_for(runs.check())
    assert run.fault == "ZeroDivisionError('division by zero')" and run.error is None
    assert wait_for(runs.check()).fault == ""


def test_other_encoders_are_used_from_then_on(small_workspace: Path):
    run = wait_for(Runs(read_settings(workspace=small_workspace), repr).index(image_encoder="hog-pca"))
    assert run.error is None and run.indexed is not None and run.indexed.vectors is not None
    with casegraph.open(small_workspace) as space:
        assert space.engines.memory.image_encoder == "hog-pca"
