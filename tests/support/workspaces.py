"""A workspace filled with the sample cases, and the program `casegraph` run as its user runs it."""

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import casegraph
from ui.cli import entry


@dataclass(frozen=True)
class Ran:
    """What one run of the program gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture(scope="session")
def demo_workspace(sample_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield the folder of a workspace that holds the sample cases, indexed. Tests only read it.

    The workspace stays open, so that its graph server runs on and every command of a test joins it.
    """
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    with casegraph.open(folder, create=True) as space:
        space.documents.ingest(sample_release)
        space.indexing.run()
        yield folder


@pytest.fixture(scope="session")
def demo_documents(sample_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a workspace of the sample cases, without graph and vectors. Read only: tests copy it."""
    folder = tmp_path_factory.mktemp("documents") / "workspace"
    with casegraph.open(folder, create=True) as space:
        space.documents.ingest(sample_release)
    return folder


@pytest.fixture(scope="session")
def indexed_workspace(small_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a workspace of a few cases, indexed and closed. Read only: tests copy it."""
    folder = tmp_path_factory.mktemp("indexed") / "workspace"
    with casegraph.open(folder, create=True) as space:
        space.documents.ingest(small_release)
        space.indexing.run()
    return folder


@pytest.fixture
def small_workspace(indexed_workspace: Path, tmp_path: Path) -> Path:
    """Return the folder of a workspace of a few cases that a test may change."""
    return Path(shutil.copytree(indexed_workspace, tmp_path / "workspace"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run ``casegraph ...`` in this process and return exit code, standard output and standard error."""
    for name in ("hold_threads_and_closing", "quieten_libraries"):  # of the whole process, which is that of the tests
        monkeypatch.setattr(entry, name, lambda: None)

    def run_program(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["casegraph", *map(str, arguments)])
        code = 0
        try:
            entry.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run_program
