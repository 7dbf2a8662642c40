"""Teach: unknown cases, revealed step by step; the reader's own differential is kept and compared with the case's."""

from __future__ import annotations

import streamlit as st

from casegraph.cases import Filter
from casegraph.errors import CaseGraphError, InputError, UnknownCase
from casegraph.teaching import CASES, MAX_CASES, UNTITLED, RevealStep, Session
from casegraph.workspace import Workspace
from ui.app.address import begin, one, put
from ui.app.filtering import NAMES, filter_form, show_conditions
from ui.app.panels import workspace
from ui.app.remedies import done_or_told, show_error
from ui.app.scrolling import bring_into_view
from ui.app.teaching import (
    AT,
    SUMMARY,
    ask_for_differential,
    go_to,
    points_in_words,
    show_answer,
    show_choices,
    show_next_step,
    show_own_differential,
    show_summary,
    show_texts,
    show_unknown_images,
)
from ui.app.texts import as_written, line

ABOUT = (
    "For teaching. Look at a case, name what it may be, then see what it was. Your differential is compared with what "
    "the case itself says, disease by disease; nothing is diagnosed."
)
SHOWN_SESSIONS = 12


def show_start(space: Workspace) -> None:
    """Let the reader begin a session, or go on with one."""
    st.title("Teach", anchor=False)
    line(ABOUT)
    new, kept = st.columns((3, 2), gap="large")
    with new:
        st.subheader("Unknown cases", anchor=False)
        cases = st.slider("How many", 1, MAX_CASES, CASES, key="teach-cases", persist_state="session")
        with st.popover("Only some cases", icon=":material/filter_alt:"):
            narrowed = filter_form(space)
        show_conditions(narrowed)
        with st.container(horizontal=True):
            if st.button("Begin", type="primary", icon=":material/play_arrow:", key="begin"):
                _begin(space, narrowed.where, cases)
            _offer_file(space, narrowed.where, cases)
    with kept:
        st.subheader("Sessions", anchor=False)
        show_sessions(space)


def _begin(space: Workspace, where: Filter | None, cases: int) -> None:
    try:
        session = space.teaching.begin(where, cases=cases)
    except InputError as error:
        show_error(error)
        return
    for name in NAMES:  # a disease that the reader chose shows in no address while its cases are unknown
        put(name, None)
    go_to(session.session_id, "1")
    st.rerun()


def _offer_file(space: Workspace, where: Filter | None, cases: int) -> None:
    """Offer cases taken at random as one file; it is made when the reader asks for it."""

    def made() -> str:
        return space.teaching.set_of(where, cases=cases).page

    if space.documents.page(where, limit=1).total:
        st.download_button(
            "As one HTML file",
            made,
            "unknown-cases.html",
            "text/html",
            icon=":material/download:",
            on_click="ignore",
            help="The images in it, each step behind a fold; it needs no network.",
        )


def show_sessions(space: Workspace) -> None:
    """Show the kept sessions, the newest first, without what they ask for."""
    sessions = space.teaching.sessions()[::-1][:SHOWN_SESSIONS]
    if not sessions:
        line("None yet. They are kept in this workspace, and you go on where you were.")
    for session in sessions:
        with st.container(border=True, key=f"session-{session.session_id}"):
            text, way = st.columns((3, 1), vertical_alignment="center")
            with text, st.container(gap="xxsmall"):
                points = space.teaching.summary(session).points
                said = f"{points_in_words(points, session.done)} points, " if session.done else ""
                line(
                    f"{session.made_at[:16].replace('T', ' ')} · {said}{session.done} of {len(session.turns)} finished"
                )
            with way:
                at = SUMMARY if session.is_done else str(session.next_number)
                st.button(
                    "Summary" if session.is_done else "Go on",
                    key=f"go-on-{session.session_id}",
                    on_click=go_to,
                    args=(session.session_id, at),
                )


def show_session(space: Workspace, session: Session) -> None:
    """Show a case of a session, or what came of it."""
    if one(AT) == SUMMARY:
        _show_ways(session, None)
        show_summary(session, space.teaching.summary(session))
        _forget(space, session)
        return
    asked = int(one(AT)) if one(AT).isdecimal() else session.next_number
    number = min(max(asked, 1), len(session.turns))
    _show_ways(session, number)
    try:
        show_case(space, session, number)
    except UnknownCase:
        st.warning("This case is no longer in the workspace. Go on to the next.", icon=":material/warning:")


def _show_ways(session: Session, number: int | None) -> None:
    """Show where in the session one is, and the ways from there."""
    with st.container(horizontal=True, vertical_alignment="center", key="teach-ways"):
        title = "Summary" if number is None else f"{UNTITLED} {number} of {len(session.turns)}"
        st.title(title, anchor=False, width="stretch")
        if number is not None:
            _way(session, "Previous case", "P", str(number - 1), disabled=number == 1)
            last = number == len(session.turns)
            done = session.turn(number).is_done
            following = SUMMARY if last else str(number + 1)
            _way(session, "Summary" if last else "Next case", "N" if done else "S", following, primary=done)
        elif not session.is_done:
            _way(session, "Go on", "N", str(session.next_number), primary=True)
        st.button("All sessions", key="all-sessions", on_click=go_to, args=(None,))


def _way(
    session: Session, label: str, shortcut: str, at: str, *, primary: bool = False, disabled: bool = False
) -> None:
    st.button(
        label,
        key=f"way-{label}",
        shortcut=shortcut,
        type="primary" if primary else "secondary",
        disabled=disabled,
        on_click=go_to,
        args=(session.session_id, at),
    )


def show_case(space: Workspace, session: Session, number: int) -> None:
    """Show a case as far as it is revealed, and what the reader can do next."""
    shown = space.teaching.look(session.session_id, number)
    session = space.teaching.session(session.session_id)
    turn = session.turn(number)
    left, right = st.columns((3, 2), gap="large")
    with left:
        show_unknown_images(shown, f"{session.session_id}-{number}")
    with right:
        if shown.step is RevealStep.IMAGE:
            line("Look at the images first. What the case tells comes step by step.")
        if turn.is_done and (score := space.teaching.score(turn)):
            show_answer(shown, score)
        if turn.differential is not None and not turn.is_done:
            show_choices(shown)
            show_own_differential(turn)
        if turn.differential is not None:
            show_next_step(space, session, number)
        show_texts(shown)
        if turn.differential is None:
            show_next_step(space, session, number)
            ask_for_differential(space, session, number)
    bring_into_view(".st-key-teach-ways", f"{session.session_id}-{number}-{turn.differential is None}-{turn.is_done}")


def _forget(space: Workspace, session: Session) -> None:
    with st.popover("Forget this session", icon=":material/delete:"):
        line("What you answered in it is then gone.")
        if st.button("Forget it", key="forget-session"):
            done_or_told(lambda: _forgotten(space, session.session_id))


def _forgotten(space: Workspace, session_id: str) -> None:
    space.teaching.forget(session_id)
    go_to(None)


begin("teach", ("session", AT, *NAMES))
space = workspace()
asked = one("session")
session = None
if asked:
    try:
        session = space.teaching.session(asked)
    except CaseGraphError as error:
        st.warning(as_written(str(error)), icon=":material/warning:")
if session:
    show_session(space, session)
else:
    show_start(space)
