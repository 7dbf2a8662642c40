"""The list of faults and attacks, and the tests that name its rows, tell of each other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS = re.compile(r"^\| T(\d+) \| (.+) \|$", re.MULTILINE)
TESTS = re.compile(r"^def test_((?:t\d+_)+)", re.MULTILINE)
# Rows whose part of the program is not built yet; their line in the list says so.
TO_COME = frozenset({22, 45})


def _rows() -> dict[int, str]:
    listed = (ROOT / "docs/explanation/threats.md").read_text(encoding="utf-8")
    return {int(number): text for number, text in ROWS.findall(listed)}


def _covered() -> set[int]:
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    names = (found for text in texts for found in TESTS.findall(text))
    return {int(number) for name in names for number in re.findall(r"t(\d+)", name)}


def test_the_list_numbers_its_rows_without_a_gap():
    assert sorted(_rows()) == list(range(1, 48))


def test_every_test_of_a_row_has_its_row():
    assert _covered() <= _rows().keys()


def test_every_row_has_a_test_or_is_still_to_come():
    assert _rows().keys() - _covered() == TO_COME
