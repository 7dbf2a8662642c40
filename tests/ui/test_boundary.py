"""Whatever happens inside the program, its user reads one line, and no text of a case leaves it (T42, T43)."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from casegraph.checks.leftovers import leftover_files
from rag.index.opening import open_vectors
from ui.cli import boundary, keep
from ui.cli.program import app, words_of_program
from ui.incident import MAX_FILES, code_of, write_incident

ROOT = Path(__file__).parents[2]
CANARIES = ("Aurelia Quillfeather", "73.25", "s3cr3t-of-mongo", "quillfeather_scan.png", "env-canary-9182")


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch):
    """Make `casegraph status` raise an error."""

    def plant(error: BaseException) -> None:
        def fault(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(keep, "opened", fault)

    return plant


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "casegraph" / "logs"


def written(logs: Path) -> list[Path]:
    return sorted(logs.glob("*.txt"))


def test_an_unforeseen_error_is_one_line_with_a_code_and_a_private_file_in_the_workspace(run, faulty, small_workspace):
    faulty(TypeError("of " + CANARIES[0]))
    answer = run("status", "-w", small_workspace)
    (file,) = written(small_workspace / "logs")
    assert (answer.code, answer.out) == (1, "")
    assert len(answer.err.splitlines()) == 1
    assert answer.err.startswith("casegraph: unforeseen error E-UNF-")
    assert f"(TypeError): details in {file}." in answer.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "command: casegraph status -w VALUE" in text
    assert "ui/cli/keep.py:" in text
    assert leftover_files(small_workspace, open_vectors("faiss", small_workspace / "vectors")) == []


def test_without_a_workspace_the_file_goes_to_a_private_folder_of_the_user(run, faulty, state, tmp_path):
    faulty(TypeError())
    run("status", "-w", tmp_path)
    assert len(written(state)) == 1
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert not (tmp_path / "logs").exists()


def test_where_no_folder_takes_the_file_the_code_is_told_all_the_same(run, faulty, state, tmp_path, monkeypatch):
    faulty(TypeError())
    monkeypatch.setattr("ui.incident.tempfile.mkdtemp", lambda **_: str(tmp_path / "a file" / "below"))
    (tmp_path / "a file").write_text("")
    state.parent.parent.mkdir()
    state.parent.write_text("a file stands where the folder should be")
    answer = run("status")
    assert answer.code == 1
    assert "could not be written down" in answer.err


def test_t42_t43_no_value_of_options_environment_or_messages_is_written_anywhere(run, faulty, state, monkeypatch):
    name, age, password, image, secret = CANARIES
    cause = ValueError(f"{name}, {age}, {image}, mongodb://u:{password}@h/d, {secret}")
    error = RuntimeError(name)
    error.__cause__ = cause
    faulty(error)
    monkeypatch.setattr("ui.cli.draft.opened", keep.opened)
    monkeypatch.setenv("CASEGRAPH_DOCUMENTS", f"mongodb://u:{password}@h/d")
    monkeypatch.setenv("CASEGRAPH_LANGUAGE_MODEL_KEY", secret)
    answer = run("draft", "--history", name, f"--age={age}", "--image", image, f"--findings={name}", "-w", name)
    (file,) = written(state)
    text = file.read_text()
    assert "draft --history VALUE --age=VALUE --image VALUE --findings=VALUE -w VALUE" in text
    assert "caused by: builtins.ValueError" in text
    assert not [canary for canary in CANARIES for where in (answer.out, answer.err, text) if canary in where]


def test_equal_faults_have_equal_codes_and_another_place_or_type_another(run, faulty):
    def here(error: Exception) -> str:
        try:
            raise error
        except type(error) as raised:
            return code_of(raised)

    def there() -> str:
        try:
            int([])  # pyright: ignore
        except TypeError as raised:
            return code_of(raised)

    assert here(TypeError("one")) == here(TypeError("two"))
    assert len({here(TypeError()), here(KeyError()), there()}) == 3


def test_only_the_newest_files_are_kept(small_workspace):
    for _ in range(MAX_FILES + 3):
        last = write_incident(TypeError(), small_workspace)
    kept = written(small_workspace / "logs")
    assert len(kept) == MAX_FILES
    assert last.file in kept


def test_an_endless_recursion_is_written_down_in_short(run, monkeypatch, state):
    def fault(*_: object, **__: object) -> None:
        fault()

    monkeypatch.setattr(keep, "opened", fault)
    answer = run("status")
    assert "(RecursionError)" in answer.err
    assert "more ..." in written(state)[0].read_text()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(errno.ENOSPC, "x"), 1, "no space is left on the disk"),
        (MemoryError(), 1, "memory"),
        (KeyboardInterrupt(), 130, "stopped"),
        (EOFError(), 1, "unforeseen error E-UNF-"),
        (BrokenPipeError(errno.EPIPE, "x"), 1, "unforeseen error"),
    ],
    ids=lambda part: type(part).__name__,
)
def test_each_way_to_end_has_its_line_and_its_code(run, faulty, error, code, words):
    faulty(error)
    answer = run("status")
    assert answer.code == code
    assert words in answer.err
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize(
    "broken", ["ui.cli.boundary.write_incident", "ui.cli.boundary.workspace_named", "ui.incident.code_of"]
)
@pytest.mark.parametrize("fault", [ValueError(CANARIES[0]), RecursionError(), KeyboardInterrupt()], ids=repr)
def test_a_fault_of_the_boundary_itself_is_a_line_too(run, faulty, monkeypatch, broken, fault):
    def fail(*_: object, **__: object) -> None:
        raise fault

    faulty(TypeError(CANARIES[0]))
    monkeypatch.setattr(broken, fail)
    answer = run("status")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "casegraph: unforeseen error (TypeError): it could not be written down. Please report it.\n"


@pytest.mark.parametrize("workspace", ["n" * 300, "a\0b", "status\n", ""], ids=["long", "null", "line break", "empty"])
def test_a_workspace_of_an_impossible_name_does_not_keep_the_error_from_its_file(state, workspace):
    written_to = write_incident(TypeError(), Path(workspace)).file
    assert written_to is not None and written_to.parent == state


def test_without_a_home_and_a_place_for_temporary_files_the_code_is_told(monkeypatch):
    def nowhere(*_: object, **__: object) -> str:
        raise FileNotFoundError(errno.ENOENT, "no usable temporary directory")

    def homeless(*_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr("ui.incident.tempfile.mkdtemp", nowhere)
    monkeypatch.setattr("ui.incident.Path.expanduser", homeless)
    assert "could not be written down" in str(write_incident(TypeError()))


def test_people_who_work_on_casegraph_can_have_the_traceback(run, faulty, monkeypatch):
    monkeypatch.setenv(boundary.TRACEBACK, "1")
    faulty(TypeError("why"))
    assert "TypeError: why" in run("status").err


def test_the_workspace_is_found_wherever_the_command_line_names_it():
    named = boundary.workspace_named
    assert {named(argv, {}) for argv in (["-w", "a"], ["-wa"], ["--workspace=a"], ["x", "--workspace", "a"])} == {
        Path("a")
    }
    assert named(["-k", "1"], {"CASEGRAPH_WORKSPACE": "b"}) == Path("b")
    assert named(["-w"], {}) == Path()
    assert {"draft", "--history", "-w", "verify-draft"} <= words_of_program()
    assert app.info.name == "casegraph"


def ran(code: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, after some code."""
    script = f"import sys; sys.argv = ['casegraph', *sys.argv[1:]]\n{code}\nfrom ui.cli.entry import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], env=environment, text=True, check=False, **options
    )


def test_a_module_that_cannot_be_imported_is_one_line_too(state):
    done = ran("sys.modules['ui.cli.find'] = None", "status", capture_output=True)
    assert done.returncode == 1
    assert done.stderr.startswith("casegraph: unforeseen error E-UNF-")
    assert len(done.stderr.splitlines()) == 1
    assert "command: casegraph VALUE" in written(state)[0].read_text()


def test_an_error_in_a_thread_and_one_while_closing_are_lines_without_a_message(state):
    code = (
        "import threading\nimport ui.cli.program\n"
        "class Bad:\n    def __del__(self): raise ValueError('canary')\n"
        "def fault(): raise KeyError('canary')\n"
        "def run():\n    thread = threading.Thread(target=fault); thread.start(); thread.join(); Bad()\n"
        "ui.cli.program.run = run"
    )
    done = ran(code, capture_output=True)
    assert len(done.stderr.splitlines()) == 2
    assert "(KeyError)" in done.stderr and "(ValueError)" in done.stderr
    assert "canary" not in done.stderr + "".join(file.read_text() for file in written(state))


def test_a_reader_that_leaves_ends_the_program_quietly():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = ran("", "--help", stdout=gone, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (141, "")


def test_closed_streams_of_every_kind_end_in_a_code(state, tmp_path):
    for closed, lines in (("0", 1), ("1", 1), ("2", 0), ("0, 1, 2", 0)):
        code = (
            f"import os, ui.cli.program\nfor one in ({closed},): os.close(one)\n"
            "def run(): raise KeyError\nui.cli.program.run = run"
        )
        done = ran(code, "status", stderr=subprocess.PIPE)
        assert done.returncode == 1, closed
        assert len(done.stderr.splitlines()) == lines, (closed, done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_the_output_is_a_sentence():
    with Path("/dev/full").open("wb") as full:
        done = ran("", "--help", stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr == f"casegraph: {boundary.MACHINE_FAULTS[errno.ENOSPC]}\n"
