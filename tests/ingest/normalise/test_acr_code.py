from __future__ import annotations

import pytest

from ingest.normalise.acr_code import normalise_acr_code
from ingest.normalise.normalised import Normalised, Rule


@pytest.mark.parametrize("raw", ["1.3", "8.-1", "-1.3", "8.S", "562.1532", "1.10", "0.0"])
def test_a_code_is_text_and_stays_as_written(raw: str) -> None:
    assert normalise_acr_code(raw) == Normalised(raw, raw, Rule.AS_WRITTEN)
    assert normalise_acr_code(f" {raw} ") == Normalised(f" {raw} ", raw, Rule.CLEANED)


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ("-1.-1", Rule.NOT_CODED),
        ("-1", Rule.NOT_CODED),
        ("13", Rule.NO_POINT),
        ("1.", Rule.UNKNOWN_VALUE),
        ("1,3", Rule.NO_POINT),
        ("1.3.5", Rule.UNKNOWN_VALUE),
        ("٣.١", Rule.UNKNOWN_VALUE),
        ("N/A", Rule.NULL_SPELLING),
        (None, Rule.MISSING),
    ],
)
def test_what_is_no_code_has_no_value_but_a_rule(raw: str | None, rule: Rule) -> None:
    assert normalise_acr_code(raw) == Normalised(raw, None, rule)


def test_a_number_is_no_code_since_its_zeros_are_lost() -> None:
    assert normalise_acr_code("8.1", written_as_number=True) == Normalised("8.1", None, Rule.NUMBER_FOR_CODE)
    assert normalise_acr_code("-1", written_as_number=True) == Normalised("-1", None, Rule.NOT_CODED)
