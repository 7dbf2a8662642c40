"""The documents say what is true: links lead somewhere, commands exist with their options, snippets run.

Pages that are made from something else are what is made of it now. The tutorial has a test of its own.
"""

import re
import shlex
import textwrap
from pathlib import Path
from typing import Any

import build_pages
import pytest
import typer
from result_rows import newest, with_intervals

from ui.cli.program import app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
COMMANDS = DOCS / "reference" / "cli.md"
TUTORIAL = DOCS / "tutorial" / "index.md"
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"(?:\$ )?(?:[A-Z_]+=\S* )*(?:\.venv/bin/)?\bcasegraph ((?:[a-z]+(?:-[a-z]+)*)(?: [^`\n|]*)?)")


def commands_of(page: Path) -> list[str]:
    """Return what stands after `casegraph` in code spans and blocks, line continuations joined."""
    text = page.read_text().replace("\\\n", " ")
    code = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text)
    lines = [line.partition("  #")[0].strip() for block in code for line in block.splitlines()]
    return [found.group(1) for line in lines if (found := COMMAND.match(line))]


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def snippets_of(page: Path) -> list[str]:
    """Return the Python of a page, also where it stands inside a list."""
    found = re.findall(r"^( *)```python\n(.*?)^ *```$", page.read_text(), re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(code) for _, code in found]


def described() -> dict[str, set[str]]:
    """Return each command of the program with its options."""
    found: dict[str, set[str]] = {}

    def walk(command, name):
        found[name] = {
            option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
        }
        for part, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{name} {part}".strip())

    walk(typer.main.get_command(app), "")
    return found


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_of_a_page_leads_somewhere(page):
    targets = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page != COMMANDS], ids=named)
def test_every_command_of_a_page_exists_with_its_options(page):
    known = described()
    for line in commands_of(page):
        words = shlex.split(line)
        name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        assert name in known, line
        options = {word.partition("=")[0] for word in words if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", word)}
        assert options <= known[name] | {"--help"}, line


def test_the_pages_do_name_commands():
    assert len(commands_of(ROOT / "README.md")) > 10
    assert sum(bool(commands_of(page)) for page in (DOCS / "how-to").glob("*.md")) > 6


def test_the_python_of_the_readme_runs(demo_workspace, capsys):
    (snippet,) = snippets_of(ROOT / "README.md")
    exec(snippet.replace('"workspace-demo"', repr(str(demo_workspace))), {})
    assert capsys.readouterr().out.count("medpix2:") == 3


WITH_PYTHON = [page for page in PAGES if page != TUTORIAL and snippets_of(page)]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=named)
def test_the_python_of_a_page_runs(page, demo_workspace, monkeypatch):
    monkeypatch.chdir(demo_workspace.parent)  # where "workspace" is the sample workspace
    for snippet in snippets_of(page):
        exec(snippet.replace('"workspace-demo"', '"workspace"'), {"__name__": "snippet"})


def test_the_command_of_the_how_to_answers(demo_workspace, capsys):
    (snippet,) = snippets_of(DOCS / "how-to" / "add-a-command.md")
    namespace: dict[str, Any] = {"__name__": "snippet"}
    exec(snippet, namespace)
    namespace["images"]("MPX9001", workspace=demo_workspace, as_json=True)
    assert '"medpix2:MPX9001_synpic90001"' in capsys.readouterr().out


@pytest.mark.parametrize("name", build_pages.PAGES)
def test_a_page_is_what_it_is_made_from(name):
    assert (DOCS / name).read_text() == build_pages.PAGES[name](), "run `make docs`"


def test_of_rows_with_one_key_the_last_counts():
    rows = [{"task": "plane", "value": "1"}, {"task": "region", "value": "2"}, {"task": "plane", "value": "3"}]
    assert newest(rows, ["task"]) == [rows[2], rows[1]]


def test_both_ends_of_an_interval_stand_beside_their_figure():
    row = {"f1": ".5", "low": ".4", "high": ".6", "gain": "", "gain_low": "", "gain_high": "", "load": "1"}
    assert with_intervals(row) == {"f1": ".5 (.4 to .6)", "gain": "", "load": "1"}


def test_results_without_key_columns_are_named(tmp_path):
    (tmp_path / "quality_of_nothing.csv").write_text("date,value\n2026-01-01,1\n")
    with pytest.raises(ValueError, match=r"quality_of_nothing\.csv has no key columns"):
        build_pages.benchmarks_page(tmp_path)
