"""What mends an error or a notice, as the app says it: a page, or the one who runs the workspace; never a command."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import streamlit as st

from casegraph.errors import Advice, CaseGraphError, Remedy, RemedyAction
from casegraph.notice import Notice
from ui.app.scrolling import bring_into_view
from ui.app.texts import as_written

_ELSEWHERE = "Whoever runs this workspace can do that."
# What can be done on a page; an empty text where the field to fill in is on the same page.
_HERE: Mapping[RemedyAction, str] = {
    RemedyAction.LIST_CASES: "The page Query lists them.",
    RemedyAction.FIND_NODE: "The page Graph finds it.",
    RemedyAction.LIST_DRAFTS: "They stand under Kept drafts.",
    RemedyAction.SHOW_DRAFT: "They stand under Kept drafts.",
    RemedyAction.REVIEW_DRAFT: "Press Review, under Kept drafts.",
    RemedyAction.EDIT_DRAFT: "Reword a statement, under Kept drafts.",
    RemedyAction.SIGN_BY_NAME: "",
}


def in_words(remedy: Remedy) -> str:
    """Return who does what a remedy asks for, and where."""
    return _HERE.get(remedy.action, _ELSEWHERE)


def advised(said: Advice | Notice) -> str:
    """Return a sentence and what the app offers for it."""
    return said.text if said.remedy is None else f"{said.text} {in_words(said.remedy)}".rstrip()


def show_error(error: CaseGraphError) -> None:
    """Show an error that was raised on purpose, in the window even where the page is longer."""
    text = advised(error.advice)
    name = f"error-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    with st.container(key=name):
        st.error(as_written(text), icon=":material/error:")
    bring_into_view(f".st-key-{name}", name)
