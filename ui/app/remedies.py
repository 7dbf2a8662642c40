"""What mends an error or a notice, as the app says it: a page, or the one who runs the workspace; never a command."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeVar

import streamlit as st

from casegraph.errors import Advice, CaseGraphError, Remedy, RemedyAction
from casegraph.notice import Notice
from ui.app.scrolling import bring_into_view
from ui.app.texts import as_written

T = TypeVar("T")
_ELSEWHERE = "Whoever runs this workspace can do that."
# What can be done on a page; an empty text where the field to fill in is on the same page.
_MANAGE = "The page Manage does that."
_QUEUE = "The page Manage lists them, under To review."
_HERE: Mapping[RemedyAction, str] = {
    RemedyAction.INDEX: _MANAGE,
    RemedyAction.REBUILD_INDEX: _MANAGE,
    RemedyAction.INGEST: _MANAGE,
    RemedyAction.CLEAR_LEFTOVERS: _MANAGE,
    RemedyAction.SHOW_QUEUE: _QUEUE,
    RemedyAction.SHOW_DECISIONS: _QUEUE,
    RemedyAction.GIVE_REASON: "",
    RemedyAction.LIST_MODELS: "The page Manage lists them, under Models.",
    RemedyAction.NAME_IMAGES_FOLDER: "Name it on the page Manage.",
    RemedyAction.LIST_CASES: "The page Query lists them.",
    RemedyAction.FIND_NODE: "The page Graph finds it.",
    RemedyAction.LIST_DRAFTS: "They stand under Kept drafts.",
    RemedyAction.SHOW_DRAFT: "They stand under Kept drafts.",
    RemedyAction.REVIEW_DRAFT: "Press Review, under Kept drafts.",
    RemedyAction.EDIT_DRAFT: "Reword a statement, under Kept drafts.",
    RemedyAction.SIGN_BY_NAME: "",
    RemedyAction.ASK_IN_WORDS: "",
}


def in_words(remedy: Remedy) -> str:
    """Return who does what a remedy asks for, and where."""
    return _HERE.get(remedy.action, _ELSEWHERE)


def advised(said: Advice | Notice) -> str:
    """Return a sentence and what the app offers for it."""
    if said.remedy is None:
        return said.text
    end = "" if said.text.endswith((".", "!", "?")) else "."
    return f"{said.text}{end} {in_words(said.remedy)}".rstrip()


def done_or_told(do: Callable[[], object]) -> None:
    """Do something and draw the page again; where it cannot be done, say why right here."""
    try:
        do()
    except CaseGraphError as error:
        show_error(error)
        return
    st.rerun()


def done_or_kept(do: Callable[[], object], place: str) -> None:
    """Do something and draw the page again; where it cannot be done, `show_kept_error` says why, wherever it stands."""
    try:
        do()
    except CaseGraphError as error:
        st.session_state[place] = error
    st.rerun()


def show_kept_error(place: str) -> None:
    """Show the error that was kept under a name, once."""
    if error := st.session_state.pop(place, None):
        show_error(error)


def show_fault(sentence: str) -> None:
    """Show the sentence on an error that nobody foresaw."""
    st.error(as_written(f"{sentence[0].upper()}{sentence[1:]}"), icon=":material/error:")


def answered(ask: Callable[[], T]) -> T | None:
    """Return an answer; where what is asked cannot be answered, say why right here."""
    try:
        return ask()
    except CaseGraphError as error:
        show_error(error)
        return None


def show_error(error: CaseGraphError) -> None:
    """Show an error that was raised on purpose, in the window even where the page is longer."""
    text = advised(error.advice)
    name = f"error-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    with st.container(key=name):
        st.error(as_written(text), icon=":material/error:")
    bring_into_view(f".st-key-{name}", name)
