"""Long work on the workspace, begun on the page Manage: how far it is, what came of it, and who may begin it."""

from __future__ import annotations

import streamlit as st
from streamlit import config

from casegraph.access import may_manage
from casegraph.ingested import told_of_ingest
from casegraph.runs import Run, Runs, Work
from ui.app.faults import written_down
from ui.app.panels import workspace
from ui.app.remedies import advised, show_error, show_fault
from ui.app.texts import as_written, count_of, line

POLL_S = 1.0


@st.cache_resource(show_spinner=False)
def runs() -> Runs:
    """Return the background work of this app's workspace, one for all sessions."""
    return Runs(workspace().settings, written_down)


def visitor_may_manage() -> bool:
    """Tell whether who looks at this page may change the workspace."""
    return may_manage(
        workspace().settings.manage,
        listens_on=str(config.get_option("server.address") or ""),
        headers=st.context.headers.to_dict(),
    )


def is_busy() -> bool:
    """Tell whether something is under way."""
    last = runs().last
    return last is not None and last.is_under_way


def show_run() -> None:
    """Show what is under way, asked again every second, or what came of what ended last."""
    last = runs().last
    if last is None:
        return
    with st.container(border=True, key="run"):
        if last.is_under_way:
            st.fragment(_show_progress, run_every=POLL_S)(last)
        else:
            _show_outcome(last)


def _show_progress(run: Run) -> None:
    if not run.is_under_way:
        st.rerun()
    st.progress(run.share, text=as_written(progress_in_words(run)))
    st.button(
        "Stopping ..." if run.is_stopping else "Stop",
        icon=":material/stop_circle:",
        key="stop-run",
        disabled=run.is_stopping or run.work is Work.CHECK,
        help=_what_stopping_does(run.work),
        on_click=runs().stop,
    )


def _what_stopping_does(work: Work) -> str:
    if work is Work.BACK_UP:
        return "A backup is whole or is not there: nothing is kept of it."
    return "What is whole by then is kept; the next time goes on from there."


def progress_in_words(run: Run) -> str:
    """Return what a run does and how far it is, for example "Reading cases: 50 of 602; 125 images, 2 in quarantine"."""
    doing = str(run.work).capitalize()
    if run.work is Work.INGEST:
        read = run.read
        far = f"{read.cases:,} of {max(run.total, read.cases):,}" if run.total else "looking at the source"
        return f"{doing}: {far}; {count_of(read.images, 'image')}, {read.quarantined:,} in quarantine"
    return f"{doing}: {run.done:,} of {run.total:,}" if run.total else f"{doing} ..."


def _show_outcome(run: Run) -> None:
    if run.error is not None:
        show_error(run.error)
    elif run.fault:
        show_fault(run.fault)
    elif run.was_stopped:
        st.warning(
            f"{str(run.work).capitalize()} was stopped. {_what_stopping_does(run.work)}",
            icon=":material/stop_circle:",
        )
    else:
        st.success(f"{str(run.work).capitalize()} has ended.", icon=":material/check_circle:")
    if run.ingested:
        for said in told_of_ingest(run.ingested):
            line(advised(said))
    if run.indexed:
        for said in run.indexed.describe().splitlines():
            line(said)
    if run.backup:
        line(run.backup.describe())
