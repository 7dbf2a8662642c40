"""Similar cases: by words, images, a case, findings, or a mix, filtered, each hit with its reasons."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from casegraph.cases import CaseId, ConceptKind, DecodedImage, concepts, parse_box
from casegraph.errors import InputError
from casegraph.search import ExplainedHit, Query
from casegraph.workspace import Workspace
from ui.app.filtering import filter_form
from ui.app.panels import (
    COMPARE_PAGE,
    case_link,
    case_titles,
    cover_image,
    link,
    patient_line,
    show_image,
    workspace,
)
from ui.app.pixels import show_pixels
from ui.app.remedies import advised, show_error
from ui.app.texts import as_written, heading, line
from ui.app.uploads import forget_image, uploaded_image

ASKED = "asked-case-id"
MORE, LESS = "more", "less"
MAX_UPLOADS = 3


def asked_case(space: Workspace) -> str | None:
    """Return the case whose like is looked for: the one that the address names or the reader picks."""
    titles = case_titles(str(space.folder), space.documents.sequence())
    named = st.query_params.get("case")
    if named and st.session_state.get(ASKED) != named:  # come here from another page, for this case alone
        forget_image("search")
    st.session_state[ASKED] = named
    if named:
        case = space.documents.case(named)
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
        format_func=lambda case_id: f"{CaseId(case_id).short} · {titles[case_id]}",
        placeholder="an id or a title",
    )
    if picked:
        st.session_state[ASKED] = st.query_params["case"] = picked
        st.rerun()
    return None


def ask_for_like(case_id: str) -> None:
    """Make this page look for the like of a case, and of nothing else."""
    forget_image("search")
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


def asked_images(space: Workspace) -> tuple[bytes, ...]:
    """Return the images that the reader uploads, each cut down to its region where one is given."""
    images: list[bytes] = []
    for number in range(1, MAX_UPLOADS + 1):
        page = "search" if number == 1 else f"search-{number}"
        image = uploaded_image(space, page, "Like an image" if number == 1 else "And like this one")
        if image is None:
            break
        box = st.text_input(
            "Only this region",
            key=f"{page}-box",
            placeholder="left,top,right,bottom in pixels",
            persist_state="session",
        )
        images.append(_region(space, image, box))
    return tuple(images)


def _region(space: Workspace, image: DecodedImage, box: str | None) -> bytes:
    if not box or not box.strip():
        return image.png
    try:
        region = space.models.region_of(image, parse_box(box))
    except InputError as error:
        show_error(error)
        st.stop()
    show_pixels(region.png, "the region that is compared", width=140)
    return region.png


def asked_concepts() -> tuple[str, ...]:
    """Return the findings that the reader picks, or that the address names."""
    names = {c.concept_id: c.name for c in concepts().values() if c.kind is ConceptKind.FINDING}
    named = [concept for concept in _listed("concepts") if concept in names]

    def ask_for_concepts() -> None:
        _set_list("concepts", st.session_state[key])

    key = f"concepts-{','.join(named)}"
    st.multiselect(
        "Showing the findings",
        sorted(names, key=lambda concept: names[concept]),
        default=named,
        format_func=lambda concept: names[concept],
        key=key,
        on_change=ask_for_concepts,
        placeholder="any",
    )
    return tuple(named)


def asked_likes(space: Workspace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Show the cases to be like and unlike, each with a way to forget it; return their ids."""
    judged = {kind: _listed(kind) for kind in (MORE, LESS)}
    with st.container(horizontal=True, key="judged"):
        for kind, ids in judged.items():
            for case_id in ids:
                label = f"{'more' if kind == MORE else 'less'} like {space.documents.case(case_id).short_id}"
                st.button(
                    as_written(label),
                    key=f"forget-{kind}-{case_id}",
                    icon=":material/close:",
                    on_click=_judge,
                    args=(case_id, None),
                )
    return tuple(judged[MORE]), tuple(judged[LESS])


def _judge(case_id: str, kind: str | None) -> None:
    """Put a case among those to be like or unlike, or among neither."""
    for name in (MORE, LESS):
        ids = [listed for listed in _listed(name) if listed != case_id]
        _set_list(name, [*ids, case_id] if name == kind else ids)


def _listed(name: str) -> list[str]:
    return [part for part in st.query_params.get(name, "").split(",") if part]


def _set_list(name: str, ids: Sequence[str]) -> None:
    if ids:
        st.query_params[name] = ",".join(ids)
    elif name in st.query_params:
        del st.query_params[name]


def ask(space: Workspace) -> Query | None:
    """Show the question form; return the question once there is one."""
    words_field, case_field, image_field = st.columns((2, 1, 1), gap="medium")
    with words_field:
        words = asked_words()
        concept_ids = asked_concepts()
        with st.popover("Narrow down", icon=":material/filter_alt:"):
            where = filter_form(space, "search")
            k = st.slider("How many", 1, 50, 8, key="k", persist_state="session")
    with case_field:
        case_id = asked_case(space)
    with image_field:
        images = asked_images(space)
    more, less = asked_likes(space)
    if not (words or images or case_id or concept_ids or more):
        st.info("Type words, choose a case or findings, upload an image, or all of these.", icon=":material/search:")
        return None
    return Query(words or None, images, case_id, where, k, concept_ids=concept_ids, more=more, less=less)


def show_hit(space: Workspace, found: ExplainedHit, asked: str | None) -> None:
    """Show one similar case with the reasons for which it was found."""
    hit, explanation = found.hit, found.explanation
    case = space.documents.case(hit.case_id)
    nearest = next((part.image_id for part in hit.channels if part.image_id), None)
    with st.container(border=True, key=f"thumb-{hit.rank}"):
        thumb, text, ways = st.columns((2, 7, 2), vertical_alignment="center")
        with thumb:
            if image := cover_image(case, nearest):
                show_image(image)
        with text:
            heading(f"{hit.rank}. {case.title}", 3)
            line(f"{case.short_id} · {patient_line(case)} · score {hit.score:.2f}")
            if explanation.diagnosis:
                confirmed = f", by {explanation.confirmation}" if explanation.confirmation else ""
                line(f"Diagnosis: {explanation.diagnosis}{confirmed}")
            reasons = [f"<li><b>{part.channel}</b> {html.escape(part.why)}</li>" for part in hit.channels]
            told = [f"<li>{html.escape(sentence)}</li>" for sentence in explanation.words]
            st.html(f'<ul class="cg-reasons">{"".join(reasons + told)}</ul>')
        with ways:
            case_link(hit.case_id, place=next((part for part in hit.channels if part.section), None))
            if asked:
                link(COMPARE_PAGE, "Compare", "compare", left=asked, right=hit.case_id)
            st.button(
                "Search from this case only",
                key=f"like-{hit.case_id}",
                icon=":material/search:",
                on_click=ask_for_like,
                args=(hit.case_id,),
            )
            for label, kind, icon in (("More like it", MORE, "thumb_up"), ("Less like it", LESS, "thumb_down")):
                st.button(
                    label,
                    key=f"{kind}-{hit.case_id}",
                    icon=f":material/{icon}:",
                    on_click=_judge,
                    args=(hit.case_id, kind),
                )


def show_answer(space: Workspace, query: Query) -> None:
    """Ask, and show the hits."""
    with st.spinner("Searching ..."):
        answer = space.search.explained(query)
    for notice in answer.notices:
        st.warning(as_written(advised(notice)), icon=":material/info:")
    if not answer.hits:
        st.info("No case matches. Widen the filter or use other words.")
    for found in answer.hits:
        show_hit(space, found, query.case_id)


space = workspace()
st.title("Similar cases", anchor=False)
if query := ask(space):
    show_answer(space, query)
