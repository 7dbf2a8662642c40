"""Home: what is in the workspace and what it cannot show, a search to begin with, and what was worked on last."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from casegraph.contents import Contents
from casegraph.errors import UnknownCase
from casegraph.workspace import Workspace
from ui.app.address import begin
from ui.app.kept_drafts import called
from ui.app.panels import CASE_PAGE, DRAFT_PAGE, SEARCH_PAGE, case_line, link, open_page, workspace
from ui.app.results import recent_cases
from ui.app.texts import line, section
from ui.app.uploads import forget_image, keep_image, uploaded_image

QUERY_PAGE, TEACH_PAGE = "screens/query.py", "screens/teach.py"
UPLOAD, SEARCH_UPLOAD = "home", "search"
SHOWN = 5


@st.cache_data(max_entries=2, show_spinner="Counting the cases ...")
def counted(folder: str, sequence: int) -> Contents:
    """Return what the workspace holds; asked again when the documents have changed."""
    return workspace().contents()


def ask_for_cases(space: Workspace) -> None:
    """Let the reader search by words or by an image, which the page Similar cases then answers."""
    with st.form("home-search", border=False):
        words = st.text_input(
            "Find cases",
            key="home-words",
            placeholder="ring-enhancing mass in the left temporal lobe, or the name of a disease",
        )
        pressed = st.form_submit_button("Search", type="primary", icon=":material/search:", key="home-find")
    if pressed and (words or "").strip():
        open_page(SEARCH_PAGE, words=(words or "").strip())
    image = uploaded_image(space, UPLOAD, "Or drop an image here")
    if image is not None:
        keep_image(SEARCH_UPLOAD, image)
        forget_image(UPLOAD)
        open_page(SEARCH_PAGE)


def show_contents(contents: Contents) -> None:
    """Say what there is, each with the way to it."""
    st.subheader("In this workspace", anchor=False)
    with st.container(horizontal=True, key="home-counts"):
        st.metric("Cases", contents.cases, width="content")
        st.metric("Images", contents.images, width="content")
    for name, counts in (
        ("Sources", contents.by_source),
        ("Modalities", contents.by_modality),
        ("Regions", contents.by_region),
    ):
        if counts:
            section(name, _listed(counts))
    link(QUERY_PAGE, "Look through the cases", "table_rows")


def _listed(counts: Mapping[str, int], shown: int = 8) -> str:
    said = [f"{value} {cases}" for value, cases in list(counts.items())[:shown]]
    more = f" and {len(counts) - shown} more" if len(counts) > shown else ""
    return f"{' · '.join(said)}{more}"


def show_lacks(contents: Contents) -> None:
    """Say what the workspace cannot show, and why."""
    st.subheader("What it cannot show", anchor=False)
    lacks = (
        ("Images that are missing, unreadable or set aside", contents.missing_images),
        ("Records of its sources that do not fit, in quarantine", contents.quarantined),
        ("Cases without an image", contents.without_images),
        ("Cases without findings in words", contents.without_findings),
        ("Cases without a diagnosis", contents.without_diagnosis),
        ("Cases of unknown age", contents.without_age),
    )
    said = [f"• {what}: {number}" for what, number in lacks if number]
    section("Missing", "\n".join(said) or "Nothing.")


def show_recent(space: Workspace) -> None:
    """Show the cases that were opened last in this session, the newest drafts, and sessions to go on with."""
    st.subheader("Where you were", anchor=False)
    shown = False
    for case_id in recent_cases()[:SHOWN]:
        try:
            case = space.documents.case(case_id)
        except UnknownCase:
            continue
        link(CASE_PAGE, case_line(case.case_id, case.title), "folder_open", case=case.case_id)
        shown = True
    for kept in space.drafts.kept()[::-1][:SHOWN]:
        link(DRAFT_PAGE, called(kept), "edit_note", draft=kept.draft_id)
        shown = True
    for session in [session for session in space.teaching.sessions()[::-1] if not session.is_done][:SHOWN]:
        said = f"Unknown cases of {session.made_at[:10]}: {session.done} of {len(session.turns)} finished"
        at = str(session.next_number)
        link(TEACH_PAGE, said, "school", session=session.session_id, at=at)
        shown = True
    if not shown:
        line("Cases that you open, drafts that you keep and unknown cases that you begin are found here.")
        link(TEACH_PAGE, "Unknown cases", "school")


def show_engines(space: Workspace) -> None:
    """Say what each part of the work is done with."""
    st.subheader("What it works with", anchor=False)
    for name, said in space.engines_in_words().items():
        section(name, said)


begin("home", ())
space = workspace()
st.title("CaseGraph", anchor=False)
contents = counted(str(space.folder), space.documents.sequence())
search, recent = st.columns((3, 2), gap="large")
with search:
    ask_for_cases(space)
with recent:
    show_recent(space)
there, lacks, engines = st.columns(3, gap="large")
with there:
    show_contents(contents)
with lacks:
    show_lacks(contents)
with engines:
    show_engines(space)
