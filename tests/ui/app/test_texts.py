"""Texts of cases on a page: escaped, marked, outlined."""

import html
import re

import pytest

from ingest.case import Annotation
from ingest.vocabulary import Assertion, ConceptKind, Section
from ui.app.texts import as_written, mark_style, marked


def mention(start: int, end: int, assertion: Assertion = Assertion.PRESENT) -> Annotation:
    return Annotation("finding:mass", ConceptKind.FINDING, assertion, Section.FINDINGS, start, end, "test/1")


def test_a_text_without_mentions_is_only_escaped():
    assert marked('<b>5 < 6</b> & "more"', []) == "&lt;b&gt;5 &lt; 6&lt;/b&gt; &amp; &quot;more&quot;"


@pytest.mark.parametrize("spans", [[(0, 4)], [(0, 4), (2, 8)], [(5, 9), (0, 4)], [(0, 9), (0, 4)], [(8, 99)]])
@pytest.mark.parametrize("cited", [None, (0, 3), (2, 6), (4, 9), (3, 99)])
def test_marks_never_change_the_text(spans: list[tuple[int, int]], cited: tuple[int, int] | None):
    text = "mass <i> & no effusion"
    shown = marked(text, [mention(*span) for span in spans], cited)
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)) == text


def test_a_mention_says_what_it_is_on_hovering():
    assert 'title="finding:mass · absent"' in marked("No mass.", [mention(3, 7, Assertion.ABSENT)])


def test_what_is_marked_is_told_apart_without_colours():
    lines = {mark_style(said).partition("text-decoration-style:")[2] for said in (*Assertion, None)}
    assert len(lines) == len(Assertion) + 1 and all(lines)


def test_a_citation_is_outlined_over_a_mention():
    shown = marked("a mass here", [mention(2, 6)], (0, 6))
    assert re.sub(r"<mark[^>]*>", "<mark>", shown) == (
        '<span class="cg-cited">a </span><span class="cg-cited"><mark>mass</mark></span> here'
    )


@pytest.mark.parametrize(
    "text", ["*a*", "[a](b)", "![a](b)", "# a", "<b>", "`a`", "$x$", "a_b_c", "~~a~~", "| a |", "\\"]
)
def test_t36_every_mark_of_markdown_is_escaped(text: str):
    written = as_written(text)
    assert re.sub(r"\\(.)", r"\1", written) == text
    assert not re.search(r"(?<!\\)(?:\\\\)*[*\[\]!#<>`$_~|]", written)


@pytest.mark.parametrize(
    "text", ["https://a.b", "HTTP://a.b", "www.a.b", "a@b.c", ":red[a]", ":smile:", ":material/hub:"]
)
def test_t36_nothing_becomes_a_link_an_icon_or_a_colour_by_itself(text: str):
    seen = re.sub(r"\\(.)", r"\1", as_written(text))
    assert seen.replace("\u2060", "") == text
    assert not re.search(r"https?://|www\.|@\w|:[\w+-]+[:\[]|:material/", seen, re.IGNORECASE)


def test_a_label_stays_on_one_line():
    assert as_written("a\n\n    b") == "a b"
