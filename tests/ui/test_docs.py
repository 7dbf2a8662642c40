"""The documents say what is true: links lead somewhere, commands exist with their options, snippets run."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from ui.cli.program import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"(?:\.venv/bin/)?\bcasegraph ((?:[a-z]+(?:-[a-z]+)*)(?: [^`\n|]*)?)")


def commands_of(page: Path) -> list[str]:
    """Return what stands after `casegraph` in code spans and blocks, line continuations joined."""
    text = page.read_text().replace("\\\n", " ")
    code = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text)
    lines = [line.partition("  #")[0].strip() for block in code for line in block.splitlines()]
    return [found.group(1) for line in lines if (found := COMMAND.match(line))]


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page):
    targets = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "cli.md"], ids=lambda page: page.name)
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


def test_the_python_of_the_readme_runs(demo_workspace, capsys):
    snippet = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[0]
    exec(snippet.replace('"workspace-demo"', repr(str(demo_workspace))), {})
    assert capsys.readouterr().out.count("medpix2:") == 3
