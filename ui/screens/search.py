"""Similar cases: by words, a picture, a case, or a mix, filtered, each hit with its reasons."""

from __future__ import annotations

import html

import streamlit as st

from rag.fusion import Hit
from rag.query import Query
from rag.search import SearchAnswer
from ui.filtering import filter_form
from ui.panels import (
    COMPARE_PAGE,
    case_link,
    case_titles,
    cover_image,
    link,
    patient_line,
    show_picture,
    workspace,
)
from ui.texts import as_written, heading, line
from ui.uploads import forget_picture, uploaded_picture
from ui.workspace import Workspace

ASKED = "asked-case-id"


def asked_case(space: Workspace) -> str | None:
    """Return the case whose like is looked for: the one that the address names or the reader picks."""
    titles = case_titles(str(space.folder), space.store.sequence())
    named = st.query_params.get("case")
    if named and st.session_state.get(ASKED) != named:  # come here from another page, for this case alone
        forget_picture("search")
    st.session_state[ASKED] = named
    if named:
        case = space.case(named)
        with st.container(key="asked-case", gap="xsmall"):
            line("Like this case")
            heading(f"{case.short_id} · {case.title}", 3)
            if st.button("Without this case", icon=":material/close:", type="tertiary"):
                del st.query_params["case"]
                st.rerun()
        return case.case_id
    picked = st.selectbox(
        "Like a case",
        list(titles),
        index=None,
        format_func=lambda case_id: f"{case_id.partition(':')[2]} · {titles[case_id]}",
        placeholder="an id or a title",
    )
    if picked:
        st.session_state[ASKED] = st.query_params["case"] = picked
        st.rerun()
    return None


def ask_for_like(case_id: str) -> None:
    """Make this page look for the like of a case, and of nothing else."""
    forget_picture("search")
    st.query_params.from_dict({"case": case_id})


def asked_words() -> str:
    """Return the words that the address names or the reader types."""
    named = st.query_params.get("words", "")

    def ask_for_words() -> None:
        st.query_params["words"] = st.session_state[f"words-{named}"]

    st.text_input(
        "Words",
        value=named,
        key=f"words-{named}",
        type="search",
        on_change=ask_for_words,
        placeholder="ring-enhancing mass in the left temporal lobe, or the name of a disease",
    )
    return named.strip()


def ask(space: Workspace) -> tuple[str | None, SearchAnswer | None]:
    """Show the question form; return the case asked for, and the answer once there is a question."""
    words_field, case_field, picture_field = st.columns((2, 1, 1), gap="medium")
    with words_field:
        words = asked_words()
        with st.popover("Narrow down", icon=":material/filter_alt:"):
            where = filter_form(space, "search")
            k = st.slider("How many", 1, 50, 8, key="k", persist_state="session")
    with case_field:
        case_id = asked_case(space)
    with picture_field:
        picture = uploaded_picture(space, "search", "Like a picture")
    if not (words or picture or case_id):
        st.info("Type words, choose a case, upload a picture, or all of these.", icon=":material/search:")
        return None, None
    with st.spinner("Searching ..."):
        query = Query(text=words or None, pictures=(picture.png,) if picture else (), case_id=case_id, where=where, k=k)
        return case_id, space.search(query)


def show_hit(space: Workspace, hit: Hit, asked: str | None) -> None:
    """Show one similar case with the reasons for which it was found."""
    case = space.case(hit.case_id)
    nearest = next((part.image_id for part in hit.channels if part.image_id), None)
    with st.container(border=True, key=f"thumb-{hit.rank}"):
        picture, text, ways = st.columns((2, 7, 2), vertical_alignment="center")
        with picture:
            if image := cover_image(case, nearest):
                show_picture(image)
        with text:
            heading(f"{hit.rank}. {case.title}", 3)
            line(f"{case.short_id} · {patient_line(case)} · score {hit.score:.2f}")
            reasons = "".join(f"<li><b>{part.channel}</b> {html.escape(part.why)}</li>" for part in hit.channels)
            st.html(f'<ul class="cg-reasons">{reasons}</ul>')
        with ways:
            case_link(hit.case_id, place=next((part for part in hit.channels if part.section), None))
            if asked:
                link(COMPARE_PAGE, "Compare", "compare", left=asked, right=hit.case_id)
            st.button(
                "More like it",
                key=f"like-{hit.case_id}",
                icon=":material/search:",
                on_click=ask_for_like,
                args=(hit.case_id,),
            )


space = workspace()
st.title("Similar cases", anchor=False)
asked, answer = ask(space)
if answer:
    for notice in answer.notices:
        st.warning(as_written(notice), icon=":material/info:")
    if not answer.hits:
        st.info("No case matches. Widen the filter or use other words.")
    for hit in answer.hits:
        show_hit(space, hit, asked)
