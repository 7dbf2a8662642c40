"""Similar cases: by words, images, a case, findings, or a mix, filtered, each hit with its reasons."""

from __future__ import annotations

import html

import streamlit as st

from casegraph.cases import ConceptKind, DecodedImage, concepts, parse_box
from casegraph.errors import InputError
from casegraph.search import ExplainedHit, Query
from casegraph.workspace import Workspace
from ui.app.address import begin, field, many, one, put, take_out, written
from ui.app.answers import fresh_answer
from ui.app.filtering import NAMES, filter_form, show_conditions
from ui.app.panels import (
    COMPARE_PAGE,
    case_line,
    case_link,
    case_titles,
    cover_image,
    link,
    named_case,
    patient_line,
    show_image,
    workspace,
)
from ui.app.pixels import show_pixels
from ui.app.remedies import advised, show_error
from ui.app.texts import as_written, heading, line
from ui.app.uploads import lay_aside, uploaded_image

MORE, LESS = "more", "less"
MAX_UPLOADS = 3
HITS, MAX_HITS = 8, 50
ASKED, LAST = "asked-case-id", "last-search"
QUESTION = ("words", "case", "concepts", MORE, LESS, "k", *(f"box-{number}" for number in range(1, MAX_UPLOADS + 1)))


def asked_case(space: Workspace) -> str | None:
    """Return the case whose like is looked for: the one that the address names or the reader picks."""
    titles = case_titles(str(space.folder), space.documents.sequence())
    case = named_case(space, one("case"))
    if case and st.session_state.get(ASKED) != one("case"):  # come here from another page, for this case alone
        lay_images_aside()
    st.session_state[ASKED] = one("case")
    if case:
        with st.container(key="asked-case", gap="xsmall"):
            line("Like this case")
            heading(f"{case.short_id} · {case.title}", 3)
            st.button(
                "Without this case",
                key="without-case",
                icon=":material/close:",
                type="tertiary",
                on_click=take_out,
                args=("case",),
            )
        return case.case_id
    st.selectbox(
        "Like a case",
        list(titles),
        index=None,
        format_func=lambda case_id: case_line(case_id, titles[case_id]),
        key=field("case", None),
        on_change=_ask_for_like_too,
        placeholder="an id or a title",
    )
    return None


def _ask_for_like_too() -> None:
    written("case")
    st.session_state[ASKED] = one("case")


def lay_images_aside() -> None:
    """Go on without the images that were uploaded."""
    for number in range(1, MAX_UPLOADS + 1):
        lay_aside(upload_place(number))


def ask_for_like(case_id: str) -> None:
    """Make this page look for the like of a case, and of nothing else; images that were uploaded are laid aside."""
    for name in (*QUESTION, *NAMES):
        put(name, None)
    put("case", case_id)
    lay_images_aside()


def asked_words() -> str:
    """Return the words that the address names or the reader types."""
    st.text_input(
        "Words",
        key=field("words", one("words")),
        type="search",
        on_change=written,
        args=("words",),
        placeholder="ring-enhancing mass in the left temporal lobe, or the name of a disease",
    )
    return one("words").strip()


def upload_place(number: int) -> str:
    """Return what an upload field of this page is called."""
    return "search" if number == 1 else f"search-{number}"


def asked_images(space: Workspace) -> tuple[bytes, ...] | None:
    """Return the images that the reader uploads, each cut down to its region; None where a region is none."""
    images: list[bytes | None] = []
    for number in range(1, MAX_UPLOADS + 1):
        image = uploaded_image(space, upload_place(number), "Like an image" if number == 1 else "And like this one")
        if image is None:
            break
        name = f"box-{number}"
        st.text_input(
            "Only this region",
            key=field(name, one(name)),
            on_change=written,
            args=(name,),
            placeholder="left,top,right,bottom in pixels",
        )
        images.append(_region(space, image, one(name)))
    known = tuple(image for image in images if image is not None)
    return known if len(known) == len(images) else None


def _region(space: Workspace, image: DecodedImage, box: str) -> bytes | None:
    if not box.strip():
        return image.png
    try:
        region = space.models.region_of(image, parse_box(box))
    except InputError as error:
        show_error(error)
        return None
    show_pixels(region.png, "the region that is compared", width=140)
    return region.png


def asked_concepts() -> tuple[str, ...]:
    """Return the findings that the reader picks, or that the address names."""
    names = {c.concept_id: c.name for c in concepts().values() if c.kind is ConceptKind.FINDING}
    named = [concept for listed in many("concepts") for concept in listed.split(",") if concept in names]
    st.multiselect(
        "Showing the findings",
        sorted(names, key=lambda concept: names[concept]),
        format_func=lambda concept: names[concept],
        key=field("concepts", named),
        on_change=written,
        args=("concepts",),
        placeholder="any",
    )
    return tuple(named)


def asked_likes(space: Workspace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Show the cases to be like and unlike, each with a way to forget it; return their ids."""
    judged = {kind: many(kind) for kind in (MORE, LESS)}
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
        ids = [listed for listed in many(name) if listed != case_id]
        put(name, [*ids, case_id] if name == kind else ids)


def asked_number() -> int:
    """Return how many cases are asked for."""
    named = int(one("k")) if one("k").isdecimal() else HITS
    k = min(max(named, 1), MAX_HITS)
    st.slider("How many", 1, MAX_HITS, key=field("k", k), on_change=written, args=("k", HITS))
    return k


def ask(space: Workspace) -> Query | None:
    """Show the question form; return the question once there is one, the last one where a field is not understood."""
    words_field, case_field, image_field = st.columns((2, 1, 1), gap="medium")
    with words_field:
        words = asked_words()
        concept_ids = asked_concepts()
        with st.popover("Narrow down", icon=":material/filter_alt:"):
            narrowed = filter_form(space)
            k = asked_number()
    with case_field:
        case_id = asked_case(space)
    with image_field:
        images = asked_images(space)
    more, less = asked_likes(space)
    show_conditions(narrowed)
    if images is None:
        line("The cases below are those of the question before that region.")
        return st.session_state.get(LAST)
    if not (words or images or case_id or concept_ids or more):
        st.info("Type words, choose a case or findings, upload an image, or all of these.", icon=":material/search:")
        return None
    query = Query(words or None, images, case_id, narrowed.where, k, concept_ids=concept_ids, more=more, less=less)
    st.session_state[LAST] = query
    return query


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
                "Like this only",
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
    with fresh_answer(str(hash(query)), lambda: space.search.explained(query), "Searching ...") as answer:
        for notice in answer.notices:
            st.warning(as_written(advised(notice)), icon=":material/info:")
        if not answer.hits:
            st.info("No case matches. Widen the filter or use other words.")
        for found in answer.hits:
            show_hit(space, found, query.case_id)


begin("search", (*QUESTION, *NAMES))
space = workspace()
st.title("Similar cases", anchor=False)
if query := ask(space):
    show_answer(space, query)
