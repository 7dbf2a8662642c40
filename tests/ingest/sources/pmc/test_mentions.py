from __future__ import annotations

import pytest

from ingest.sources.pmc.article import Figure, Front, ParsedArticle
from ingest.sources.pmc.mentions import mentions_in

FIGURES = tuple(Figure(f"F{number}", f"Figure {number}") for number in range(1, 21))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(Figs. 1A-C and 2, b)", "F1abc F2b"),
        ("Figures 1A,B show", "F1ab"),
        ("Fig. 4D\u2013F", "F4def"),
        ("Figures 1-3", "F1 F2 F3"),
        ("Figure 1 (A and B)", "F1ab"),
        ("Fig 17", "F17"),
        ("Figures 1(a)-1(c) and 3", "F1abc F3"),
        ("Figs. 1A, 1B, and 2A\u2013D", "F1ab F2abcd"),
        ("Fig. 6b,c; 7a", "F6bc F7a"),
        ("Figure 1, a CT scan", "F1"),
        ("Figure 2, 45 mg", "F2"),
        ("Supplementary Figure 1 and Figure S1", ""),
    ],
)
def test_a_mention_names_figures_and_panels(text: str, expected: str) -> None:
    article = ParsedArticle("x", Front(), text, figures=FIGURES)
    panels: dict[str, set[str]] = {}
    for mention in mentions_in(article):
        panels.setdefault(mention.figure_id, set()).update(mention.panels)
    assert " ".join(name + "".join(sorted(letters)) for name, letters in panels.items()) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ('Figures <xref ref-type="fig" rid="f1">1(a)</xref>-<xref ref-type="fig" rid="f1">1(c)</xref>', {"f1": "abc"}),
        (
            'Figures <xref ref-type="fig" rid="f1">1</xref>, <xref ref-type="fig" rid="f2">2</xref>',
            {"f1": "", "f2": ""},
        ),
        ('<xref ref-type="fig" rid="f2">the scan</xref>', {"f2": ""}),
    ],
)
def test_links_and_words_are_read_together(marked: str, expected: dict[str, str], article_of) -> None:
    from articles import figure, jats, section

    article = article_of(jats(section("Case", f"See {marked}."), floats=figure(1, "CT.") + figure(2, "MRI.")))
    found: dict[str, set[str]] = {}
    for mention in mentions_in(article):
        found.setdefault(mention.figure_id, set()).update(mention.panels)
    assert {name: "".join(sorted(letters)) for name, letters in found.items()} == expected
