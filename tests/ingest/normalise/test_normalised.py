from __future__ import annotations

import pytest

from ingest.case import LedgerEntry
from ingest.normalise.normalised import Normalised, Rule


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("MR", "MR"),
        (("glioma", "abscess"), "glioma; abscess"),
        ((), None),
        (4 / 12, "0.333333"),
        (45.0, "45"),
    ],
)
def test_the_line_of_the_ledger_says_what_was_made_of_what(value: object, text: str | None) -> None:
    made = Normalised("raw", value, Rule.SYNONYM, conflict=True)
    assert made.entry("field") == LedgerEntry("field", "raw", "synonym", text, True)


def test_a_conflict_once_found_stays() -> None:
    made = Normalised("raw", "value", Rule.SYNONYM)
    assert not made.in_conflict(False).conflict and made.in_conflict(True).in_conflict(False).conflict
