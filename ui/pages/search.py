"""Similar cases: by words, a picture, a case, or a mix, filtered, each hit with its reasons."""

from __future__ import annotations

import streamlit as st

from rag.fusion import Hit
from rag.search import Query, SearchAnswer
from ui.filtering import filter_form
from ui.panels import (
    CASE_PAGE,
    COMPARE_PAGE,
    cover_image,
    open_page,
    patient_line,
    show_picture,
    workspace,
)
from ui.uploads import uploaded_picture
from ui.workspace import Workspace


def ask(space: Workspace) -> SearchAnswer | None:
    """Show the question form; return the answer once there is a question."""
    named = st.query_params.get("case")
    words = st.text_input("What are you looking for?", placeholder="ring-enhancing mass in the left temporal lobe")
    picture = uploaded_picture(space, "A picture to compare with")
    if named:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Similar to:")
            st.badge(named.partition(":")[2], icon=":material/folder_open:")
            if st.button("Forget this case", type="tertiary"):
                del st.query_params["case"]
                st.rerun()
    with st.expander("Narrow down", icon=":material/filter_alt:"):
        where = filter_form(space, "search").joined_with()
        k = st.slider("How many", 1, 50, 8)
    if not (words.strip() or picture or named):
        st.info("Type words, upload a picture, or come here from a case.")
        return None
    with st.spinner("Searching ..."):
        return space.search(
            Query(text=words or None, png=picture.png if picture else None, case_id=named, where=where, k=k)
        )


def show_hit(space: Workspace, hit: Hit, asked_case: str | None) -> None:
    """Show one similar case with the reasons for which it was found."""
    case = space.case(hit.case_id)
    nearest = next((part.image_id for part in hit.channels if part.image_id), None)
    with st.container(border=True):
        picture, text = st.columns((1, 4))
        with picture:
            if image := cover_image(case, nearest):
                show_picture(image)
        with text:
            st.markdown(f"**{hit.rank}.**")
            st.text(case.title)
            st.caption(f"{case.short_id} · {patient_line(case)} · score {hit.score:.4f}")
            for part in hit.channels:
                st.text(f"{part.channel}: {part.why}")
            with st.container(horizontal=True):
                if st.button("Open", key=f"open-{hit.case_id}", icon=":material/open_in_new:"):
                    open_page(CASE_PAGE, case=hit.case_id)
                if asked_case and st.button("Compare", key=f"compare-{hit.case_id}", icon=":material/compare:"):
                    open_page(COMPARE_PAGE, left=asked_case, right=hit.case_id)


space = workspace()
st.title("Similar cases", anchor=False)
if answer := ask(space):
    for notice in answer.notices:
        st.warning(notice)
    if not answer.hits:
        st.info("No case matches. Widen the filter or use other words.")
    for hit in answer.hits:
        show_hit(space, hit, st.query_params.get("case"))
