from __future__ import annotations

import pytest

from ingest.normalise.differential import normalise_differential
from ingest.normalise.normalised import Rule


@pytest.mark.parametrize(
    ("raw", "names", "rule"),
    [
        ("Abscess\nGlioblastoma\nMetastasis", ("Abscess", "Glioblastoma", "Metastasis"), Rule.NEWLINE_LIST),
        ("• Abscess\r\n• Metastasis ", ("Abscess", "Metastasis"), Rule.NEWLINE_LIST),
        ("\uf0a7\u00a0Abscess\n\uf0a7\u00a0Metastasis", ("Abscess", "Metastasis"), Rule.NEWLINE_LIST),
        ("1.\tAbscess.\n2.\tMetastasis", ("Abscess", "Metastasis"), Rule.NEWLINE_LIST),
        ("1) Abscess\n2.) Metastasis", ("Abscess", "Metastasis"), Rule.NEWLINE_LIST),
        ("A. Abscess\nB. Metastasis", ("Abscess", "Metastasis"), Rule.NEWLINE_LIST),
        ("M. avium\nM. tuberculosis", ("M. avium", "M. tuberculosis"), Rule.NEWLINE_LIST),
        ("-Abscess\n-Metastasis", ("Abscess", "Metastasis"), Rule.NEWLINE_LIST),
        ("Cystic mass:\nAbscess\nMetastasis", ("Abscess", "Metastasis"), Rule.NEWLINE_LIST),
        ("DDX: Abscess\nMetastasis", ("Abscess", "Metastasis"), Rule.NEWLINE_LIST),
        ("Abscess\nabscess\nMetastasis", ("Abscess", "Metastasis"), Rule.NEWLINE_LIST),
        ("Metastases (lung,\n breast)\nAbscess", ("Metastases (lung, breast)", "Abscess"), Rule.NEWLINE_LIST),
        ("Abscess - unlikely\nMetastasis", ("Abscess", "Metastasis"), Rule.NEWLINE_LIST),
        ("Abscess, glioma, and metastasis.", ("Abscess", "glioma", "metastasis"), Rule.COMMA_LIST),
        ("DDX is abscess, glioma or metastasis", ("abscess", "glioma", "metastasis"), Rule.COMMA_LIST),
        ("Abscess; metastasis (lung, breast)", ("Abscess", "metastasis (lung, breast)"), Rule.COMMA_LIST),
        ("1.)Abscess; 2.)Metastasis.", ("Abscess", "Metastasis"), Rule.COMMA_LIST),
        ("Abscess", ("Abscess",), Rule.SINGLE),
        ("Abscess vs. metastasis", ("Abscess", "metastasis"), Rule.SINGLE),
        (
            "The image is typical. Other considerations include abscess, glioma and metastasis.",
            ("abscess", "glioma", "metastasis"),
            Rule.PROSE_LIST,
        ),
        (
            "If the ring were thinner and the history shorter one would rather have thought of something else here.",
            None,
            Rule.PROSE,
        ),
        ("N/A", None, Rule.NULL_SPELLING),
        (" \n\t", None, Rule.NULL_SPELLING),
        (None, None, Rule.MISSING),
    ],
)
def test_a_differential_becomes_an_ordered_list_of_names(
    raw: str | None, names: tuple[str, ...] | None, rule: Rule
) -> None:
    answer = normalise_differential(raw)
    assert (answer.value, answer.rule, answer.raw) == (names, rule, raw)
