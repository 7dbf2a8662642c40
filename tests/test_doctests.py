"""The examples in docstrings give what they say."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = re.compile(r"^\s*>>> ", re.MULTILINE)
PACKAGES = ("ingest", "kg", "clip", "rag", "ui")


def modules_with_examples() -> list[str]:
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths if EXAMPLE.search(path.read_text())
    )


@pytest.mark.parametrize("name", modules_with_examples())
def test_the_examples_of_a_module_give_what_they_say(name):
    tried = doctest.testmod(importlib.import_module(name), raise_on_error=False, optionflags=doctest.REPORT_NDIFF)
    assert tried.attempted > 0
    assert tried.failed == 0


def test_there_are_examples_in_ingest_graph_and_search():
    assert {name.partition(".")[0] for name in modules_with_examples()} >= {"ingest", "kg", "rag"}
