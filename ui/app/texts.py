"""Texts of cases on a page: shown as they were written, never as Markdown or HTML of their own.

Such texts come from outside. Escaped, no case can draw a link, load an image or run a script.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

from casegraph.cases import Annotation, Assertion, ConceptKind

# One colour per assertion, on a light and on a dark page (WCAG AA for the text on it): green there, grey not there.
ASSERTION_COLOURS: Mapping[Assertion, str] = {
    Assertion.PRESENT: "light-dark(#d5efd9, #1d4a29)",
    Assertion.ABSENT: "light-dark(#e3e3e8, #44454d)",
    Assertion.UNCERTAIN: "light-dark(#fdebc8, #5b431a)",
    Assertion.HISTORICAL: "light-dark(#dbe7fb, #24406e)",
}
OTHER_COLOUR = "light-dark(#f1ecfb, #3c3157)"
# And one kind of line below, for those who see no colours, and in print.
ASSERTION_LINES: Mapping[Assertion, str] = {
    Assertion.PRESENT: "solid",
    Assertion.ABSENT: "dashed",
    Assertion.UNCERTAIN: "wavy",
    Assertion.HISTORICAL: "double",
}
OTHER_LINE = "dotted"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Links, emoji, icons and colours are also made of text whose punctuation is escaped (GitHub's autolinks,
# Streamlit's directives). A word joiner, which takes no room, keeps what they look for apart.
_AUTOMATIC = re.compile(
    r"(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=\w)|(?<=:)(?=[\w+-]+[:\[]|material/)", re.IGNORECASE
)
_WORD_JOINER = "\u2060"
Span = tuple[int, int]


def count_of(count: int, noun: str) -> str:
    """Return how many there are of something: "1 image", "1,200 images"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def as_written(text: str) -> str:
    """Return a text on one line so that Markdown shows it as it is: for labels, buttons and messages."""
    return _PUNCTUATION.sub(r"\\\1", _AUTOMATIC.sub(_WORD_JOINER, " ".join(text.split())))


def heading(text: str, level: Literal[1, 2, 3] = 1, cited: Span | None = None) -> None:
    """Show the title of a case as a heading, the passage of it that a citation names outlined."""
    st.html(f'<h{level} class="cg-title">{marked(text, (), cited)}</h{level}>')


def line(text: str) -> None:
    """Show a line of small print."""
    st.html(f'<div class="cg-muted">{html.escape(text)}</div>')


def lines(texts: Sequence[str]) -> None:
    """Show lines of small print, one below the other."""
    st.html("".join(f'<div class="cg-muted">{html.escape(text)}</div>' for text in texts))


def paragraph(text: str, annotations: Sequence[Annotation] = (), cited: Span | None = None) -> None:
    """Show a text with its mentions of concepts marked, and the passage that a citation names outlined."""
    st.html(f'<div class="cg-text">{marked(text, annotations, cited)}</div>')


def section(name: str, text: str, annotations: Sequence[Annotation] = (), cited: Span | None = None) -> None:
    """Show a text under its name."""
    body = marked(text, annotations, cited)
    st.html(f'<div class="cg-section"><h3>{html.escape(name)}</h3><div class="cg-text">{body}</div></div>')


def web_link(address: str) -> str:
    """Return a link to an address of the web, in full, as HTML."""
    safe = html.escape(address)
    return f'<div class="cg-text"><a href="{safe}" target="_blank" rel="noopener noreferrer">{safe}</a></div>'


def chip(text: str, colour: str) -> str:
    """Return a name as HTML in a rounded box with a coloured dot."""
    dot = f'<span class="cg-dot" style="background:{colour}"></span>'
    return f'<span class="cg-chip">{dot}{html.escape(text)}</span>'


def marked(text: str, annotations: Sequence[Annotation], cited: Span | None = None) -> str:
    """Return the text as HTML, escaped, each mention in the colour of its assertion, the citation outlined."""
    start, end = cited or (0, 0)
    edges = {0, len(text), *(min(max(edge, 0), len(text)) for edge in (start, end))}
    mentions = _without_overlaps(annotations)
    edges |= {edge for mention in mentions for edge in (mention.start, mention.end) if edge <= len(text)}
    parts: list[str] = []
    ordered = sorted(edges)
    for left, right in itertools.pairwise(ordered):
        mention = next((m for m in mentions if m.start <= left and right <= m.end), None)
        parts.append(_piece(text[left:right], mention, cited=start <= left and right <= end))
    return "".join(parts)


def _without_overlaps(annotations: Sequence[Annotation]) -> list[Annotation]:
    """Keep of mentions that overlap the first, and of those the longest."""
    kept: list[Annotation] = []
    for mention in sorted(annotations, key=lambda a: (a.start, -a.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _piece(text: str, mention: Annotation | None, *, cited: bool) -> str:
    piece = html.escape(text)
    if mention is not None:
        said = (attribute.value for attribute in mention.attributes)
        whose = None if mention.of_patient else mention.subject
        words = (mention.concept_id, whose, mention.assertion, mention.laterality, mention.place, *said)
        hint = " · ".join(filter(None, words))
        of_patient = mention.kind is ConceptKind.FINDING and mention.of_patient
        look = mark_style(mention.assertion if of_patient else None)
        piece = f'<mark class="cg-mark" style="{look}" title="{html.escape(hint)}">{piece}</mark>'
    return f'<span class="cg-cited">{piece}</span>' if cited else piece


def mark_style(assertion: Assertion | None) -> str:
    """Return colour and line of a finding by its assertion; of anything else without one."""
    colour = ASSERTION_COLOURS[assertion] if assertion else OTHER_COLOUR
    return f"background:{colour};text-decoration-style:{ASSERTION_LINES[assertion] if assertion else OTHER_LINE}"


def assertion_legend() -> None:
    """Say what the colours and lines of marked texts mean."""
    swatches = "".join(
        f'<span class="cg-mark" style="{mark_style(assertion)};padding:1px 6px;margin-right:6px">{says}</span>'
        for assertion, says in (*((each, each) for each in Assertion), (None, "place, exam, treatment, literature"))
    )
    st.html(f'<div class="cg-muted">finding {swatches}</div>')
