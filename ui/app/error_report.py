"""A reader says what is wrong in a case; it waits in the review queue, and the case stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from casegraph.cases import Case, SourceId
from casegraph.curation import MAX_NAME_LETTERS, MAX_REPORT_LETTERS, ErrorReport, Reported
from casegraph.workspace import Workspace
from ui.app.remedies import done_or_kept, show_kept_error
from ui.app.texts import line

_WHOLE = "the case as a whole"
_TOLD, _REFUSED, _DONE = "error-reported", "error-report-refused", "error-report-done"


def offer_error_report(space: Workspace, case: Case) -> None:
    """Let the reader report an error in a case; what is typed of each case is kept in this session until it is sent."""
    typed = f"wrong-said-{case.case_id}"
    if st.session_state.pop(_DONE, False):
        st.session_state[typed] = ""
    with st.popover("Report an error", icon=":material/flag:", key="report-error"):
        about = st.radio(
            "What is wrong?",
            list(Reported),
            format_func=lambda part: part.capitalize(),
            horizontal=True,
            key=f"wrong-{case.case_id}",
            persist_state="session",
        )
        images = [image.image_id for image in case.images]
        where = st.selectbox(
            "Where?",
            [_WHOLE, *images],
            format_func=_called,
            key=f"wrong-in-{case.case_id}",
            persist_state="session",
        )
        said = st.text_input("In one line", max_chars=MAX_REPORT_LETTERS, key=typed, persist_state="session")
        name = st.text_input(
            "Your name, if you like", max_chars=MAX_NAME_LETTERS, key="wrong-by", persist_state="session"
        )
        line("It is kept with the date for whoever looks after this workspace. Name no patient.")
        pressed = st.button("Report", type="primary", key="wrong-report")
    if pressed:
        report = partial(
            space.curation.report,
            case.case_id,
            said,
            about=Reported(about),
            image_id=None if where == _WHOLE else where,
            reporter=name,
        )
        done_or_kept(partial(_keep, report), _REFUSED)


def show_error_report() -> None:
    """Say that a report was taken, or why not."""
    if told := st.session_state.pop(_TOLD, None):
        st.success(told, icon=":material/flag:")
    show_kept_error(_REFUSED)


def _keep(report: Callable[[], ErrorReport]) -> None:
    made = report()
    st.session_state[_DONE] = True
    st.session_state[_TOLD] = f"Thank you. Your report {made.report_id} waits to be looked at."


def _called(name: str) -> str:
    return name if name == _WHOLE else f"image {SourceId(name).short}"
