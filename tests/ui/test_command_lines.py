"""A fuzz of whole command lines: each ends in an answer or a sentence, and none meets the last boundary.

`CASEGRAPH_COMMAND_LINES=2000` draws that many; the default is what fits into a usual run of the tests.
"""

from __future__ import annotations

import io
import logging
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import huggingface_hub.constants
import pytest
from command_lines import NO_NET, drawn_line
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from odd_files import write_files, write_workspaces
from transformers.utils import logging as transformers_logging

import casegraph
import casegraph.documents
import clip.evaluation.estimates
import clip.training.recipe
import kg.engine.graph
import rag.evaluation.intervals
from casegraph.notice import NOTICE
from ingest.sample.release import write_sample
from ingest.store import mongo_database
from ui.cli.boundary import QUIET
from ui.cli.entry import main

ROOT = Path(__file__).parents[2]
LINES = int(os.environ.get("CASEGRAPH_COMMAND_LINES", "120"))
EXIT_CODES = {0, 1, 2, 3, 4}
LINES_UNTIL_NEW = 25  # then files and workspace are as at first again: what lines leave is more to meet
MAX_SECONDS = 120.0  # on a machine that does much else: two seconds on one that does not
SAID = re.compile(rf"(casegraph|note|not checked): .+|{re.escape(NOTICE)}")
USAGE = re.compile(r"(Usage: .*casegraph.*(\n {9,}.+)*\n(Try '.*casegraph.* --help' for help\.\n)?\n)?Error: .+\n")
HELP = re.compile(r"Usage: .*casegraph.*\n\n(.*\n)+Options:\n(.*\n)+")  # of a group without a command


@dataclass(frozen=True)
class Ended:
    """How one run of the program ended."""

    code: int
    out: str
    err: str


class TookTooLong(BaseException):
    """A line ran for longer than any may."""


def ended(line: list[str]) -> Ended:
    """Run the program in this process, with streams as a shell gives them."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["casegraph", *line])
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        with limited(MAX_SECONDS), pytest.raises(SystemExit) as end:
            main()
    out, err = (stream.buffer.getvalue().decode(errors="replace") for stream in streams)
    return Ended(int(end.value.code or 0), out, err)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Interrupt what hangs; the boundary then tells of it as of any other error that is not foreseen."""

    def interrupt(*_: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def faults(answer: Ended) -> Iterator[str]:
    """Say what is wrong with how a line ended."""
    if "Traceback" in answer.out + answer.err:
        yield "a traceback"
    if "unforeseen error" in answer.err:
        yield "the last boundary"
    if answer.code not in EXIT_CODES:
        yield f"exit code {answer.code}"
    if not USAGE.fullmatch(answer.err) and not (answer.code == 2 and HELP.fullmatch(answer.err)):
        said = answer.err.split("\n")[:-1]
        if answer.err and not answer.err.endswith("\n"):
            yield "an unended line"
        if not all(SAID.fullmatch(each) for each in said) or sum(each.startswith("casegraph: ") for each in said) > 1:
            yield "another form of lines"


@pytest.fixture(scope="module")
def small(small_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield the folder of a workspace of a few cases whose graph server runs on: every command joins it."""
    folder = tmp_path_factory.mktemp("lines") / "workspace"
    with casegraph.open(folder, create=True) as space:
        space.documents.ingest(small_release)
        space.indexing.run()
        yield folder


@pytest.fixture(scope="module")
def again(small: Path, small_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Return how to have files and workspace as at first; the graph stays what the last lines made of it."""
    kept = tmp_path_factory.mktemp("kept") / "workspace"
    shutil.copytree(small, kept, ignore=shutil.ignore_patterns("graph"))
    folder = tmp_path_factory.mktemp("files") / "files"

    def write() -> Path:
        for part in (part for part in small.iterdir() if part.name != "graph"):
            shutil.rmtree(part) if part.is_dir() else part.unlink()
        shutil.copytree(kept, small, dirs_exist_ok=True)
        write_files(folder, small_release)
        write_workspaces(folder, small)
        return folder

    return write


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Shorten what runs for minutes: training, serving, the demo's cases, the wait for a server that is not there."""

    def tiny(name: str) -> clip.training.recipe.TrainingRecipe:
        read(name)
        return read(str(Path("tiny.json")))

    read = clip.training.recipe.read_recipe
    monkeypatch.setattr(clip.training.recipe, "read_recipe", tiny)
    monkeypatch.setattr(casegraph.documents, "write_sample", lambda folder: write_sample(folder, cases=4))
    monkeypatch.setattr("streamlit.web.cli.main", lambda *_: None)
    monkeypatch.setattr(kg.engine.graph, "TIMEOUT_S", 10.0)
    monkeypatch.setattr(clip.evaluation.estimates, "RESAMPLES", 20)
    monkeypatch.setattr(rag.evaluation.intervals, "RESAMPLES", 20)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(mongo_database, "TIMEOUT_MS", 300)
    monkeypatch.setattr(mongo_database, "CONNECT_TIMEOUT_MS", 300)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(logging.getLogger(), "handlers", [*logging.getLogger().handlers])
    for name, value in (QUIET | NO_NET).items():
        monkeypatch.setenv(name, value)
    transformers_logging.disable_progress_bar()  # here the libraries were imported before they could read QUIET
    yield
    transformers_logging.enable_progress_bar()
    logging.captureWarnings(False)


def test_no_command_line_meets_the_last_boundary(again, bounded, monkeypatch):
    found: list[str] = []
    seconds: list[tuple[float, str]] = []

    @settings(
        max_examples=LINES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=True))
    def hold(chance: Random) -> None:
        if len(seconds) % LINES_UNTIL_NEW == 0:
            monkeypatch.chdir(again())
        line = drawn_line(chance)
        begin = time.monotonic()
        answer = ended(line)
        shown = repr(f"casegraph {shlex.join(line)}")
        seconds.append((time.monotonic() - begin, shown))
        wrong = [*faults(answer), *(["takes too long"] if seconds[-1][0] > MAX_SECONDS else [])]
        if wrong:
            found.append(f"{', '.join(wrong)}: {shown}\n    {answer.err!r}")

    hold()
    print("the slowest lines:", *(f"{taken:6.1f} s {shown}" for taken, shown in sorted(seconds)[:-10:-1]), sep="\n")
    assert len(seconds) >= LINES
    assert not found, f"{len(found)} of {len(seconds)} lines:\n" + "\n".join(found)


IN_PROCESSES: tuple[tuple[str | bytes, ...], ...] = (
    (),
    ("--help",),
    ("no-such-command",),
    ("status",),
    ("status", "-w", "full", "--json"),
    ("status", "-w", "n" * 300),
    ("status", "-w", "other kinds"),
    ("status", "-w", b"\xff\xfe"),
    ("query", "\x1b[31m\u202e", "-w", "full"),
    ("query", "(" * 3000, "-w", "full"),
    ("query", b"title~'\xed\xb0\x80'", "-w", "full"),
    ("query", "--limit", "9" * 5000, "-w", "full"),
    ("graph", "counts", "-w", "closed graph"),
    ("draft", "--image", "cut.dcm", "--age", "nan", "-w", "full"),
    ("draft", "list", "-w", "full"),
    ("verify-draft", "noise", "-w", "full"),
    ("verify-draft", "fifo/..", "-w", "full"),
    ("evaluate", "search", "--split", "mine", "--split-file", "deep.json", "-w", "full"),
    ("ingest", "list.json", "-w", "new"),
    ("ingest", "mongodb://[::1/d", "-w", "new"),
    ("train", "language", "new", "--recipe", "tiny.json", "-w", "full"),
    ("app", "--address", "\u2603.invalid", "-w", "full"),
)


def test_lines_in_processes_of_their_own_end_alike(again, tmp_path):
    folder = again()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    locales = ({"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    script = "import sys; sys.argv[0] = 'casegraph'; from ui.cli.entry import main; main()"
    wrong = {}
    for number, line in enumerate(IN_PROCESSES):
        done = subprocess.run(
            [sys.executable, "-c", script, *line],
            env={**environment, **locales[number % 2]},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        answer = Ended(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        wrong[line] = [*faults(answer), answer.err]
    assert not {line: found for line, found in wrong.items() if len(found) > 1}
    assert list(tmp_path.rglob("*")) == []
