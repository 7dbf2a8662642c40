"""Manage: fill the workspace and keep it right: read sources, index, review, check, choose models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from casegraph.backups import backups_in, name_of_backup
from casegraph.documents import expected_sources
from casegraph.errors import Advice, RemedyAction
from casegraph.indexing import Examination, Problem
from casegraph.models import encoders_here, listed_models, models_folder
from casegraph.workspace import Workspace
from ui.app.address import begin, field, one, written
from ui.app.managing import is_busy, runs, show_run, visitor_may_manage
from ui.app.panels import workspace
from ui.app.remedies import advised, answered, done_or_kept, show_kept_error
from ui.app.review import KIND, show_decisions, show_queue
from ui.app.texts import as_written, count_of, line, section

CASES, REVIEW, CHECKS, MODELS, BACKUPS = PARTS = ("Cases", "To review", "Checks", "Models", "Backups")
NOT_HERE = (
    "Read-only here. Manage the workspace on the machine that serves the app, or ask its administrator for access."
)
FOLDER, UPLOAD, SAMPLE = "A folder or an address", "Upload a folder", "The sample cases"
SUBJECTS_SHOWN = 5
AS_IT_IS = "as it is"
_REFUSED = "run-refused"


def begun(begin_run: Callable[[], object]) -> None:
    """Begin a piece of work and draw the page again; one that cannot begin is told there."""
    done_or_kept(begin_run, _REFUSED)


def show_status(space: Workspace) -> None:
    """Say what the workspace holds and how far graph and vectors lag."""
    status = answered(space.indexing.status)
    if status is None:
        return
    st.subheader("What it holds", anchor=False)
    rows = [
        {"what": name, "state": advised(said) if isinstance(said, Advice) else str(said)}
        for name, said in status.rows()
    ]
    st.dataframe(
        rows, hide_index=True, height="content", column_config={"what": st.column_config.TextColumn(width="small")}
    )


def offer_ingest() -> None:
    """Let the keeper name a source, and begin to read it."""
    st.subheader("Read cases", anchor=False)
    kind = st.radio("From", (FOLDER, UPLOAD, SAMPLE), horizontal=True, key="ingest-from", persist_state="session")
    source = images = ""
    uploaded: list[UploadedFile] = []
    if kind == UPLOAD:
        uploaded = st.file_uploader("Folder of your computer", accept_multiple_files="directory", key="ingest-upload")
        if uploaded:
            line(f"{count_of(len(uploaded), 'file')} uploaded.")
    if kind == FOLDER:
        source = st.text_input(
            "Folder, on the machine that serves this app", key="ingest-source", persist_state="session"
        )
        images = st.text_input(
            "Folder of the images, where they stand apart", key="ingest-images", persist_state="session"
        )
    pressed = st.button(
        "Read the cases", type="primary", icon=":material/input:", key="ingest-begin", disabled=is_busy()
    )
    with st.expander("What can be read"):
        for expected in expected_sources():
            line(f"• {expected}")
    if not pressed:
        return
    if kind == SAMPLE:
        begun(partial(runs().ingest, None))
    elif uploaded:
        begun(lambda: runs().ingest_uploaded((file.name, file.getvalue()) for file in uploaded))
    elif source.strip():
        apart = Path(images.strip()).expanduser() if images.strip() else None
        begun(lambda: runs().ingest(source.strip(), images=apart))
    else:
        ask = "Choose a folder." if kind == UPLOAD else "Say which folder."
        st.warning(ask, icon=":material/warning:")


def offer_index() -> None:
    """Let the keeper bring graph and vectors up to the documents."""
    st.subheader("Index", anchor=False)
    line("Brings graph, vectors and classifier up to the cases. What is up to date is passed over.")
    with st.container(horizontal=True):
        if st.button("Index", type="primary", icon=":material/sync:", key="index", disabled=is_busy()):
            begun(runs().index)
        if st.button("Rebuild from nothing", icon=":material/restart_alt:", key="rebuild", disabled=is_busy()):
            begun(lambda: runs().index(rebuild=True))


def show_cases(space: Workspace) -> None:
    """Show what there is, and let the keeper read a source or index."""
    there, do = st.columns(2, gap="large")
    with do:
        offer_ingest()
        offer_index()
    with there:
        show_status(space)


def show_review(space: Workspace) -> None:
    """Show what a person should look at, and what was decided."""
    show_queue(space)
    st.subheader("Decisions", anchor=False)
    line("They hold on every later reading of the source. Index afterwards: graph and vectors follow then.")
    show_decisions(space)


MENDS: Mapping[RemedyAction, tuple[str, str, Callable[[], object]]] = {
    RemedyAction.INDEX: ("Index", "sync", lambda: runs().index()),
    RemedyAction.REBUILD_INDEX: ("Rebuild from nothing", "restart_alt", lambda: runs().index(rebuild=True)),
    RemedyAction.CLEAR_LEFTOVERS: ("Clear away", "mop", lambda: runs().mend()),
}


def show_checks() -> None:
    """Let the keeper look for disagreements, and mend what can be mended here."""
    line(
        "Documents are the measure: images, graph and vectors are compared with them, and each document with its own "
        "digest."
    )
    with st.container(horizontal=True):
        if st.button("Check", type="primary", icon=":material/fact_check:", key="check", disabled=is_busy()):
            begun(runs().check)
    examined = runs().examined
    if examined is None:
        line("Nothing has been checked since the app was started.")
        return
    if not examined.problems and not examined.not_checked:
        st.success("Documents, images, graph and vectors agree.", icon=":material/task_alt:")
    _show_problems(examined)
    for missing in examined.not_checked:
        st.warning(as_written(f"Not checked: {missing.part}. {advised(missing.reason)}"), icon=":material/warning:")


def _show_problems(examined: Examination) -> None:
    counts = Counter((problem.check, problem.mend) for problem in examined.problems)
    for (check, mend), count in counts.items():
        found = [problem for problem in examined.problems if (problem.check, problem.mend) == (check, mend)]
        with st.container(border=True, key=f"check-{check}-{mend.action}"):
            st.subheader(f"{str(check).replace('-', ' ').capitalize()}: {count:,}", anchor=False)
            for problem in found[:SUBJECTS_SHOWN]:
                line(f"{problem.subject}: {problem.detail}")
            if count > SUBJECTS_SHOWN:
                line(f"and {count_of(count - SUBJECTS_SHOWN, 'other')}")
            _offer_mend(found[0])


def _offer_mend(problem: Problem) -> None:
    if problem.mend.action not in MENDS:
        line(advised(Advice("It cannot be mended from what the workspace has.", problem.mend)))
        return
    label, icon, mend = MENDS[problem.mend.action]
    if st.button(
        label, icon=f":material/{icon}:", key=f"mend-{problem.check}-{problem.mend.action}", disabled=is_busy()
    ):
        begun(mend)


def show_models(space: Workspace) -> None:
    """Say which models are in use, which there are, and let the keeper choose encoders."""
    used, choice = st.columns(2, gap="large")
    with used:
        st.subheader("In use", anchor=False)
        for name, said in space.engines_in_words().items():
            section(name, said)
    with choice:
        _offer_encoders(space)
    st.subheader("Models known by name", anchor=False)
    rows = [
        {"model": row.name, "what it is": row.title, "where": row.place, "licence": row.licence, "weights": row.source}
        for row in listed_models(models_folder(space.folder))
    ]
    st.dataframe(rows, hide_index=True, height="content")


def _offer_encoders(space: Workspace) -> None:
    st.subheader("Change encoders", anchor=False)
    line("All vectors are made anew with the encoders that you choose; search keeps using the old vectors until then.")
    images, texts = encoders_here(models_folder(space.folder))
    image = st.selectbox("Images", [AS_IT_IS, *images], key="image-encoder", persist_state="session")
    text = st.selectbox("Words", [AS_IT_IS, *texts], key="text-encoder", persist_state="session")
    if st.button("Index with these", icon=":material/sync:", key="use-encoders", disabled=is_busy()):
        begun(partial(runs().index, image_encoder=_named(image), text_encoder=_named(text)))


def show_backups(space: Workspace) -> None:
    """Let the keeper make a backup, and show those that lie where the last ones were put."""
    line(
        "One file with cases, images, drafts, decisions and whatever else people did. Graph and vectors are not in it: "
        "they are made from it again. Reading and writing go on meanwhile."
    )
    beside = space.folder.resolve().parent
    folder = st.text_input(
        "Folder, on the machine that serves this app", str(beside), key="backup-folder", persist_state="session"
    )
    models = st.checkbox("Include the models that were added", value=True, key="backup-models", persist_state="session")
    pressed = st.button("Make a backup", type="primary", icon=":material/archive:", key="back-up", disabled=is_busy())
    place = Path(folder.strip() or beside).expanduser()
    if pressed:
        begun(lambda: runs().back_up(place / name_of_backup(space.folder), models=models))
    st.subheader("Backups in this folder", anchor=False)
    found = backups_in(place)
    if not found:
        line("None yet.")
        return
    rows = [
        {
            "file": Path(backup.file).name,
            "made (UTC)": backup.made_at[:16].replace("T", " "),
            "cases": backup.cases,
            "images": backup.images,
            "megabytes": round(backup.size_bytes / 1e6, 1),
        }
        for backup in found
    ]
    st.dataframe(rows, hide_index=True, height="content")
    line("A new workspace is made of a backup on the machine that serves this app, so that none is ever overwritten.")


def _named(chosen: str | None) -> str | None:
    return None if chosen == AS_IT_IS else chosen


begin("manage", ("part", KIND, "page"))
space = workspace()
st.title("Manage", anchor=False)
if not visitor_may_manage():
    st.info(NOT_HERE, icon=":material/lock:")
else:
    part = one("part") if one("part") in PARTS else CASES
    st.segmented_control(
        "Part",
        PARTS,
        required=True,
        key=field("part", part),
        on_change=written,
        args=("part", CASES),
        label_visibility="collapsed",
    )
    show_kept_error(_REFUSED)
    show_run()
    if part == CASES:
        show_cases(space)
    elif part == REVIEW:
        show_review(space)
    elif part == CHECKS:
        show_checks()
    elif part == BACKUPS:
        show_backups(space)
    else:
        show_models(space)
