"""What commands print, compared with files in tests/golden that a person has read.

A change of an answer shows as a difference of such a file. ``CASEGRAPH_GOLDEN=write`` writes them again:

    CASEGRAPH_GOLDEN=write .venv/bin/python -m pytest tests/ui/test_golden.py

What differs between two runs or machines is masked by the rules of ``masked``, and by nothing else.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import casegraph

GOLDEN = Path(__file__).parents[1] / "golden"
# Another processor sums in another order and draws a pixel one grey apart: digests of images and last digits differ.
DIGITS = 3
TOLERANCE = 0.011  # what is shown with two digits may be rounded to the next
NUMBER = re.compile(r"\d+\.\d+")
IMAGE = "MPX9001_synpic90001.png"
DRAFT = (
    "draft", "--image", IMAGE, "--history", "Headache and seizures.", "--age", "58", "--sex", "male",
    "--findings", "Ring-enhancing mass in the left frontal lobe. No hydrocephalus.",
)  # fmt: skip
COMMANDS = {
    "query": ("query", "modality=MR"),
    "search": ("search", "ring-enhancing mass", "-k", "3"),
    "status": ("status",),
    "graph-show": ("graph", "show", "MPX9001"),
    "classify": ("classify", IMAGE),
    "draft": DRAFT,
    "map": ("map",),
}
RULES = (
    (re.compile(r"\d{4}\\?-\d\d\\?-\d\d[T ]\d\d\\?:\d\d(\\?:\d\d)?(\\?\.\d+)?(Z|\\?\+00\\?:00)?"), "TIME"),
    (re.compile(r"\b[0-9a-f]{2}/[0-9a-f]{64}\b"), "KEY"),
    (re.compile(r"\b[0-9a-f]{12,64}\b"), "DIGEST"),
    (re.compile(r"\bdraft_[0-9a-f-]+\b"), "DRAFT"),
    (re.compile(r"\d+\.\d{4,}"), lambda number: f"{float(number[0]):.{DIGITS}f}"),
    (re.compile(r" {2,}"), "  "),  # a table is as wide as the path of the workspace
    (re.compile("━{2,}"), "━"),
    (re.compile("─{2,}"), "─"),
    (re.compile(r" +$", re.MULTILINE), ""),
)


def masked(text: str, workspace: Path) -> str:
    text = text.replace(str(workspace), "WORKSPACE")
    for pattern, instead in RULES:
        text = pattern.sub(instead, text)
    return text


def rounded(value):
    if isinstance(value, float):
        return round(value, DIGITS) + 0.0  # no -0.0
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list) else value


def masked_json(text: str, workspace: Path) -> str:
    """Keep the layout of JSON, whose spaces no table widens."""
    written = json.dumps(rounded(json.loads(text)), indent=2, ensure_ascii=False).replace(str(workspace), "WORKSPACE")
    for pattern, instead in RULES[:4]:
        written = pattern.sub(instead, written)
    return written + "\n"


def compare(name: str, shown: str) -> None:
    """Hold an answer against its file, or write the file where that is asked for."""
    path = GOLDEN / name
    if os.environ.get("CASEGRAPH_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert path.is_file(), f"there is no {path}: write it with CASEGRAPH_GOLDEN=write"
    expected = path.read_text(encoding="utf-8")
    assert NUMBER.sub("#", shown) == NUMBER.sub("#", expected)
    numbers = [[float(number) for number in NUMBER.findall(text)] for text in (shown, expected)]
    assert numbers[0] == pytest.approx(numbers[1], abs=TOLERANCE)


@pytest.fixture(scope="module")
def workspace(indexed_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep a workspace of eight sample cases open, so that every command joins its graph server."""
    folder = Path(shutil.copytree(indexed_workspace, tmp_path_factory.mktemp("golden") / "workspace"))
    with casegraph.open(folder):
        yield folder


@pytest.fixture
def answer(run, workspace, small_release, monkeypatch):
    """Run a command where the images lie, on a terminal wide enough for every path."""
    monkeypatch.chdir(small_release / "images")
    monkeypatch.setenv("COLUMNS", "400")

    def answered(*command: str) -> str:
        ran = run(*command, "-w", workspace)
        assert ran.code == 0, ran.err
        return ran.out

    return answered


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_prints_what_it_printed(answer, workspace, name):
    compare(f"{name}.txt", masked(answer(*COMMANDS[name]), workspace))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_answers_the_json_that_it_answered(answer, workspace, name):
    compare(f"{name}.json", masked_json(answer(*COMMANDS[name], "--json"), workspace))


def test_a_draft_in_markdown_is_what_it_was(answer, workspace):
    compare("draft.md", masked(answer(*DRAFT, "--format", "markdown"), workspace))


def test_a_draft_written_as_json_is_what_it_was(answer, workspace):
    compare("draft-format.json", masked_json(answer(*DRAFT, "--format", "json"), workspace))


def test_only_what_differs_between_runs_is_masked(tmp_path):
    text = f"{tmp_path}/a.sqlite written 2026-01-02T03:04:05Z with 0123456789abcdef, 0.123456 of 12, age 58.5"
    assert masked(text, tmp_path) == "WORKSPACE/a.sqlite written TIME with DIGEST, 0.123 of 12, age 58.5"
    assert masked(f"ab/{'ab' * 32}.png", tmp_path) == "KEY.png"
    assert json.loads(masked_json('{"a": [0.98765, 3, "0.98765", null, true]}', tmp_path)) == {
        "a": [0.988, 3, "0.98765", None, True]
    }
