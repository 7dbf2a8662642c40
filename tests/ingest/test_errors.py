"""Every error has a stable code that its page lists, a sentence, and a remedy that is a value and no command."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import CaseGraphError, EngineError, InputError, MissingExtra, RejectedFile, RejectedRecord
from ingest.notices import NoticeCode, graph_skipped
from ingest.remedies import Advice, Remedy, RemedyAction

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "errors.md").read_text()
BELOW_THE_FACES = ("ingest", "kg", "rag", "clip", "casegraph")
COMMANDS = (
    "app|ask|classify|curate|delete|demo|doctor|draft|evaluate|explain|export|graph|index|ingest|models|query|search|"
    "similar|status|train"
)
SPEAKS_IN_COMMANDS = re.compile(rf"\bcasegraph (?:{COMMANDS})\b|(?:^|[ (])--[a-z]+(?:-[a-z]+)* [A-Z'{{]")
REMEDY = Remedy(RemedyAction.INDEX)


def kinds_below(kind: type[CaseGraphError]) -> Iterator[type[CaseGraphError]]:
    for below in kind.__subclasses__():
        if below.__module__ == "ingest.errors":
            yield below
            yield from kinds_below(below)


KINDS = list(kinds_below(CaseGraphError))


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_lists_the_code_of_every_kind_of_error(kind):
    row = next(line for line in PAGE.splitlines() if f"| `{kind.__name__}` |" in line)
    assert row.startswith(f"| {kind.code}")
    assert row.split("|")[4].strip()


def test_no_two_kinds_have_the_same_code():
    assert len({kind.code for kind in KINDS}) == len(KINDS) == 16


@pytest.mark.parametrize("code", NoticeCode)
def test_the_page_lists_the_code_of_every_notice(code):
    assert f"\n| {code} | " in PAGE


def test_the_message_of_an_error_is_its_sentence_and_the_remedy_stands_beside_it():
    error = InputError("it is empty. Fill it.", remedy=REMEDY)
    assert (str(error), error.code, error.remedy) == ("it is empty. Fill it.", "E-INPUT", REMEDY)
    assert InputError("it is empty.").remedy is None
    assert str(RejectedRecord("a[1]", "no id.")) == "a[1]: no id."
    assert RejectedFile("E-PIC-003", "too large.").code == "E-PIC-003"
    assert MissingExtra("drafting", "llm").code == "E-EXTRA"


def test_a_way_back_ends_the_message_and_its_remedy_is_that_of_the_whole():
    error = EngineError("it is down. Index.", remedy=REMEDY)
    other = Remedy(RemedyAction.USE_SETTINGS, settings=(("graph", "embedded"),))
    error.way_back = Advice("Set another.", other)
    assert str(error) == "it is down. Index. Set another."
    assert error.said == (Advice("it is down. Index.", REMEDY), Advice("Set another.", other))
    assert error.advice == Advice("it is down. Index. Set another.", other)
    assert graph_skipped(error).remedy == other


def literals_of(file: Path) -> Iterator[str]:
    """Yield the string literals of a module, of an f-string its fixed parts; docstrings are left out."""
    tree = ast.parse(file.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(getattr(node.body[0], "value", None))
        for node in ast.walk(tree)
        if isinstance(node, documented) and _has_one(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "{".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def _has_one(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> bool:
    return bool(node.body) and isinstance(node.body[0], ast.Expr)


@pytest.mark.parametrize("package", BELOW_THE_FACES)
def test_no_text_below_the_faces_names_a_command_or_its_option(package):
    said = [
        f"{file.relative_to(ROOT)}: {text}"
        for file in sorted((ROOT / package).rglob("*.py"))
        for text in literals_of(file)
        if SPEAKS_IN_COMMANDS.search(text)
    ]
    assert said == []


@pytest.mark.parametrize("text", ["Make them: casegraph index.", "Give one: --reason TEXT.", "--image {"])
def test_what_speaks_in_commands_is_told(text):
    assert SPEAKS_IN_COMMANDS.search(text)
