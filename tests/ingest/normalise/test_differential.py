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
        ("Cystic mass -\nAbscess\nSolid mass \u2013 \nGlioma", ("Abscess", "Glioma"), Rule.NEWLINE_LIST),
        (
            "Abscess\n(see above)\n(old) infarct\nGlioma (low)",
            ("Abscess", "(old) infarct", "Glioma (low)"),
            Rule.NEWLINE_LIST,
        ),
        ("Abscess\nor\nGlioma", ("Abscess", "Glioma"), Rule.NEWLINE_LIST),
        ("and Abscess\nGlioma X", ("Abscess", "Glioma X"), Rule.NEWLINE_LIST),
        ("Abscess - less likely - rare\nGlioma", ("Abscess", "Glioma"), Rule.NEWLINE_LIST),
        ("Abscess,glioma,metastasis", ("Abscess", "glioma", "metastasis"), Rule.COMMA_LIST),
        ("Abscess (a [b, c], d), glioma", ("Abscess (a [b, c], d)", "glioma"), Rule.COMMA_LIST),
        ("Abscess), glioma, (x, y)", ("Abscess)", "glioma"), Rule.COMMA_LIST),
        ("Abscess, glioma, X", ("Abscess", "glioma", "X"), Rule.COMMA_LIST),
        ("Abscess, glioma and cyst or tumor", ("Abscess", "glioma", "cyst or tumor"), Rule.COMMA_LIST),
        (f"{'a ' * 11}b, c", (f"{'a ' * 11}b", "c"), Rule.COMMA_LIST),
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


def test_at_most_a_hundred_names_are_taken():
    names = [f"disease {number}" for number in range(101)]
    assert normalise_differential("\n".join(names)).value == tuple(names[:100])
    assert normalise_differential(", ".join(names[:100])).value == tuple(names[:100])
    assert normalise_differential(", ".join(names)).value is None


def test_a_bracket_that_is_never_closed_ends_with_its_line_once_that_is_long():
    opened = f"Metastases ({'lung ' * 5}"
    assert normalise_differential(f"{opened}\nGlioma").value == (f"{opened.strip()} Glioma",)
    rows = ["(" + "x" * 498, "b)", "Glioma"]
    assert normalise_differential("\n".join(rows)).value == ("Glioma",)
