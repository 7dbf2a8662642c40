"""A draft on a page: its statements on the left, on the right what they stand on; a number opens the passage it cites.

A statement and a piece of its evidence are marked together, whichever of the two the reader pressed.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import streamlit as st

from casegraph.drafts import (
    Citation,
    DraftSection,
    NumberedDraft,
    NumberedStatement,
    Origin,
    Subject,
    nothing_said,
    numbered,
)
from casegraph.workspace import Workspace
from ui.app.cited_passage import citation_place, show_passage, show_similar_cases
from ui.app.scrolling import bring_into_view
from ui.app.texts import as_written, chip, count_of, line
from ui.app.viewer import Shown

SUBJECT_COLOURS = {
    Subject.THIS_SCAN: "#0b6e83",
    Subject.SIMILAR_CASES: "#E69F00",
    Subject.WITH_DIAGNOSIS: "#B8860B",
    Subject.LITERATURE: "#6A51A3",
}
NUMBERS_SHOWN = 8  # of a statement, before the reader asks for all
EVIDENCE_SHOWN = 40


@dataclass(frozen=True)
class ChosenCitation:
    """What is marked: a statement and a place that it cites. Each press has a number, for what it brings into view."""

    statement: int
    citation: int
    by_number: bool
    press: int


@dataclass(frozen=True)
class Paper:
    """A draft as it is shown: its document, and what the page puts above, below and into each statement.

    Attributes
    ----------
    key : str
        What its controls are called after.
    own_image : Shown or None
        The reader's image that the classifier saw, where the session still has it.
    """

    key: str
    document: Mapping[str, Any]
    above: Callable[[], None]
    below: Callable[[], None] = lambda: None
    with_statement: Callable[[NumberedStatement], None] = lambda _: None
    own_image: Shown | None = None


@st.fragment
def show_paper(space: Workspace, paper: Paper) -> None:
    """Show a draft and its evidence side by side; what is pressed here draws nothing else of the page again."""
    draft = numbered(paper.document)
    chosen = _chosen(paper, draft)
    said, stands_on = st.columns((3, 2), gap="medium")
    with said, st.container(key="statements"):
        paper.above()
        for part in DraftSection:
            _show_section(paper, draft, part, chosen)
        paper.below()
    with stands_on, st.container(key="evidence", gap="small"):
        _show_chosen(space, paper, draft, chosen)
        _show_evidence(paper, draft, chosen)
        show_similar_cases(space, paper.document["similar_cases"])
    if chosen:
        seen = ".st-key-evidence .cg-cited" if chosen.by_number else ".cg-statement.cg-chosen"
        bring_into_view(seen, f"{paper.key}-{chosen.press}")


def _chosen(paper: Paper, draft: NumberedDraft) -> ChosenCitation | None:
    """Return what is marked, where the draft still has it."""
    chosen: ChosenCitation | None = st.session_state.get(_place(paper))
    if chosen is None or all(statement.number != chosen.statement for statement in draft.citing(chosen.citation)):
        return None
    return chosen


def _choose(paper: Paper, statement: int, citation: int, by_number: bool) -> None:
    press = st.session_state.get("draft-presses", 0) + 1
    st.session_state["draft-presses"] = press
    st.session_state[_place(paper)] = ChosenCitation(statement, citation, by_number, press)


def _forget(paper: Paper) -> None:
    st.session_state.pop(_place(paper), None)


def _place(paper: Paper) -> str:
    return f"chosen-{paper.key}"


def _show_section(paper: Paper, draft: NumberedDraft, part: DraftSection, chosen: ChosenCitation | None) -> None:
    st.subheader(str(part), anchor=False)
    statements = draft.of(part)
    if not statements:
        line(nothing_said(part))
    for organs, named in groupby(statements, lambda statement: statement.organs):
        if organs:
            st.html(f'<div class="cg-muted">{_safe(organs)}</div>')
        for statement in named:
            with st.container(gap=None):
                _show_statement(paper, statement, chosen)
    if part is DraftSection.FINDINGS and draft.not_assessed:
        line(draft.not_assessed)


def _show_statement(paper: Paper, statement: NumberedStatement, chosen: ChosenCitation | None) -> None:
    number = statement.number
    is_chosen = chosen is not None and chosen.statement == number
    st.html(_marked_when(is_chosen, "cg-statement", f'<span class="cg-muted">{number}.</span> {_safe(statement.text)}'))
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key=f"cites-{paper.key}-{number}"):
        st.html(chip(statement.subject, SUBJECT_COLOURS[statement.subject]), width="content")
        if statement.worded_by:
            st.html(f'<div class="cg-muted">worded by {_safe(statement.worded_by)}, not checked</div>', width="content")
        _show_numbers(paper, statement, chosen)
    paper.with_statement(statement)


def _show_numbers(paper: Paper, statement: NumberedStatement, chosen: ChosenCitation | None) -> None:
    """Show what a statement cites, each under its number; the one that is open is outlined."""
    all_asked = f"all-numbers-{paper.key}-{statement.number}"
    few = len(statement.cites) <= NUMBERS_SHOWN + 2
    most = len(statement.cites) if few or st.session_state.get(all_asked) else NUMBERS_SHOWN
    for citation in statement.cites[:most]:
        key = f"cite-{paper.key}-{statement.number}-{citation}"
        press = (paper, statement.number, citation, True)
        st.button(as_written(f"[{citation}]"), key=key, type="tertiary", on_click=_choose, args=press)
        if chosen and (chosen.statement, chosen.citation) == (statement.number, citation):
            # the button itself stays as it is: one of another kind would be another one, without the keyboard's focus
            look = "outline: 2px solid var(--cg-main); text-decoration: underline;"
            st.html(f"<style>.st-key-{key} button p {{ {look} }}</style>")
    if len(statement.cites) > most:
        said = f"{len(statement.cites) - most} more"
        st.button(said, key=f"more-{all_asked}", type="tertiary", on_click=_ask_for_all, args=(all_asked,))


def _ask_for_all(place: str) -> None:
    st.session_state[place] = True


def _show_chosen(space: Workspace, paper: Paper, draft: NumberedDraft, chosen: ChosenCitation | None) -> None:
    """Show the passage that is open; without one, how one is opened."""
    if chosen is None:
        line("Press a number in the draft to read here what it stands on.")
        return
    citation = draft.citations[chosen.citation]
    with st.container(border=True, key=f"passage-{paper.key}", gap="small"):
        said = f"[{chosen.citation}] {citation_place(citation)}, cited by statement {chosen.statement}"
        st.html(f'<div class="cg-muted" role="status">{html.escape(said)}</div>')
        own_image = paper.own_image if citation.origin is Origin.CLASSIFIER else None
        show_passage(space, citation, paper.key, own_image)
        st.button("Close", key=f"close-{paper.key}", icon=":material/close:", on_click=_forget, args=(paper,))


def _show_evidence(paper: Paper, draft: NumberedDraft, chosen: ChosenCitation | None) -> None:
    """List what is cited, each piece with the statements that cite it."""
    if not draft.citations:
        return
    st.subheader("Evidence", anchor=False)
    all_asked = f"all-evidence-{paper.key}"
    most = len(draft.citations) if st.session_state.get(all_asked) else EVIDENCE_SHOWN
    for number, citation in draft.citations.items():
        if number <= most or (chosen and chosen.citation == number):
            with st.container(gap=None):
                _show_piece(paper, number, citation, draft.citing(number), chosen)
    if len(draft.citations) > most:
        said = f"Show all {count_of(len(draft.citations), 'piece')} of evidence"
        st.button(said, key=f"more-{all_asked}", on_click=_ask_for_all, args=(all_asked,))


def _show_piece(
    paper: Paper, number: int, citation: Citation, citing: tuple[NumberedStatement, ...], chosen: ChosenCitation | None
) -> None:
    is_chosen = chosen is not None and chosen.citation == number
    where = f'<span class="cg-muted">[{number}] {_safe(citation_place(citation))}:</span>'
    st.html(_marked_when(is_chosen, "cg-evidence", f"{where} {_safe(citation.quote)}"))
    with st.container(horizontal=True, gap="xxsmall", key=f"cited-{paper.key}-{number}"):
        for statement in citing:
            st.button(
                f"Statement {statement.number}",
                key=f"back-{paper.key}-{number}-{statement.number}",
                type="tertiary",
                on_click=_choose,
                args=(paper, statement.number, number, False),
            )


def _marked_when(is_chosen: bool, kind: str, inner_html: str) -> str:
    marked = f'class="{kind} cg-chosen" aria-current="true"' if is_chosen else f'class="{kind}"'
    return f"<div {marked}>{inner_html}</div>"


def _safe(text: str) -> str:
    return html.escape(text)
