"""Similar cases: by words, images, a case, findings, or a mix, filtered, each hit with its reasons."""

from __future__ import annotations

from functools import partial

import streamlit as st

from casegraph.cases import ConceptKind, DecodedImage, concepts, parse_box
from casegraph.errors import InputError
from casegraph.notice import NoticeCode
from casegraph.search import Query
from casegraph.workspace import Workspace
from ui.app.address import begin, field, many, one, put, put_together, take_out, written
from ui.app.answers import fresh_answer
from ui.app.case_picker import WORDS, offer_case
from ui.app.filtering import NAMES, Narrowed, filter_form, show_conditions
from ui.app.hits import LESS, MORE, Ways, judge, show_hits
from ui.app.panels import image_bytes, named_case, shown, workspace
from ui.app.remedies import advised, show_error
from ui.app.results import add_to_collection, chosen_page, pages_of
from ui.app.texts import as_written, heading, line
from ui.app.understood import IGNORED, show_understood
from ui.app.uploads import has_image, keep_image, lay_aside, uploaded_image
from ui.app.viewer import Box, BoxTool, Size, show_viewer

MAX_UPLOADS = 3
HITS, MAX_HITS, HITS_OF_PAGE = 24, 50, 8
ASKED, LAST, LAST_PAGE = "asked-case-id", "last-search", "last-page"
QUESTION = (
    "words",
    "literal",
    IGNORED,
    "case",
    WORDS,
    "concepts",
    MORE,
    LESS,
    "k",
    "page",
    *(f"box-{number}" for number in range(1, MAX_UPLOADS + 1)),
)


def asked_case(space: Workspace) -> str | None:
    """Return the case whose like is looked for: the one that the address names or the reader picks."""
    case = named_case(space, one("case"))
    if case and st.session_state.get(ASKED) != one("case"):  # come here from another page, for this case alone
        lay_images_aside()
    st.session_state[ASKED] = one("case")
    if case:
        with st.container(key="asked-case", gap="xsmall"):
            line("Like this case")
            heading(f"{case.short_id} · {case.title}", 3)
            if stack := [shown(image) for image in case.stored_images]:
                show_viewer(stack, f"asked-{case.case_id}", name="Images of the case asked for", size=Size.SMALL)
            st.button(
                "Without this case",
                key="without-case",
                icon=":material/close:",
                type="tertiary",
                on_click=take_out,
                args=("case",),
            )
        return case.case_id
    offer_case(space, "case", "Like a case", None, _ask_for_like_too)
    return None


def _ask_for_like_too(case_id: str) -> None:
    put("case", case_id)
    st.session_state[ASKED] = case_id


def lay_images_aside() -> None:
    """Go on without the images that were uploaded."""
    for number in range(1, MAX_UPLOADS + 1):
        lay_aside(upload_place(number))


def _named_concepts() -> list[str]:
    return [concept for listed in many("concepts") for concept in listed.split(",")]


def _also_ask_for(concept_id: str) -> None:
    """Take a finding of a hit into the question."""
    put("concepts", list(dict.fromkeys([*_named_concepts(), concept_id])))
    put("page", None)


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
        on_change=ask_in_other_words,
        placeholder="ring-enhancing mass in the left temporal lobe, or the name of a disease",
    )
    return one("words").strip()


def ask_in_other_words() -> None:
    """Take the words that the reader typed; what was taken away of the last ones was theirs."""
    words = st.session_state["search-words"]
    put_together({"words": [words] if words else [], IGNORED: []})


def asked_literally() -> bool:
    """Return whether the words are taken as they stand."""
    return st.toggle(
        "Take the words literally",
        key=field("literal", bool(one("literal"))),
        on_change=written,
        args=("literal", False),
        help="Read no filter or correction into them.",
    )


def upload_place(number: int) -> str:
    """Return what an upload field of this page is called."""
    return "search" if number == 1 else f"search-{number}"


def asked_images(space: Workspace) -> tuple[bytes, ...] | None:
    """Return the images that the reader uploads, each cut down to its region; None where a region is none."""
    images: list[bytes | None] = []
    for number in range(1, MAX_UPLOADS + 1):
        name, place = f"box-{number}", upload_place(number)
        label = "Like an image" if number == 1 else "And like this one"
        image = uploaded_image(space, place, label, BoxTool("Only this region", partial(put_box, name), box_of(name)))
        if image is None:
            break
        st.text_input(
            "Only this region",
            key=field(name, one(name)),
            on_change=written,
            args=(name,),
            placeholder="left,top,right,bottom in pixels, or draw it",
        )
        images.append(_region(space, image, one(name)))
    known = tuple(image for image in images if image is not None)
    return known if len(known) == len(images) else None


def put_box(name: str, image_id: str, box: str) -> None:
    """Write the box that a reader drew on an image into the address."""
    put(name, box)


def box_of(name: str) -> Box | None:
    """Return the box that the address names; None where it names none."""
    try:
        return parse_box(one(name)) if one(name).strip() else None
    except InputError:  # said beside the field
        return None


def _region(space: Workspace, image: DecodedImage, box: str) -> bytes | None:
    if not box.strip():
        return image.png
    try:
        return space.models.region_of(image, parse_box(box)).png
    except InputError as error:
        show_error(error)
        return None


def search_for_region(space: Workspace, image_id: str, box: str) -> None:
    """Take a region of an image that was found into the question, as one more image."""
    png = image_bytes(space.documents.image(image_id))
    free = next((n for n in range(1, MAX_UPLOADS + 1) if not has_image(upload_place(n))), MAX_UPLOADS)
    if png is not None and box:
        put(f"box-{free}", box)
        keep_image(upload_place(free), space.decode(png))


def asked_concepts() -> tuple[str, ...]:
    """Return the findings that the reader picks, or that the address names."""
    names = {c.concept_id: c.name for c in concepts().values() if c.kind is ConceptKind.FINDING}
    named = [concept for concept in _named_concepts() if concept in names]
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
                    on_click=judge,
                    args=(case_id, None),
                )
    return tuple(judged[MORE]), tuple(judged[LESS])


def asked_number() -> int:
    """Return how many cases are asked for."""
    named = int(one("k")) if one("k").isdecimal() else HITS
    k = min(max(named, 1), MAX_HITS)
    st.slider("How many", 1, MAX_HITS, key=field("k", k), on_change=written, args=("k", HITS))
    return k


def ask(space: Workspace) -> tuple[Query | None, Narrowed]:
    """Show the question form; return the question once there is one, the last one where a field is not understood."""
    words = asked_words()
    case_id = asked_case(space)
    images = asked_images(space)
    literal = asked_literally()
    concept_ids = asked_concepts()
    with st.popover("Narrow down", icon=":material/filter_alt:"):
        narrowed = filter_form(space)
        k = asked_number()
    more, less = asked_likes(space)
    if images is None:
        line("The cases shown are those of the question before that region.")
        return st.session_state.get(LAST), narrowed
    if not (words or images or case_id or concept_ids or more):
        return None, narrowed
    query = Query(
        words or None,
        images,
        case_id,
        narrowed.where,
        k,
        concept_ids=concept_ids,
        more=more,
        less=less,
        literal=literal,
        ignored=tuple(many(IGNORED)),
        regions=tuple(number for number in range(len(images)) if one(f"box-{number + 1}").strip()),
    )
    _begin_at_the_first_page(query)
    return query, narrowed


def _begin_at_the_first_page(query: Query) -> None:
    """Begin a question at its first page, but where the address names a page with it: on the way back, by a link."""
    last, page = st.session_state.get(LAST), st.session_state.get(LAST_PAGE)
    if last not in (None, query) and page == one("page"):
        put("page", None)
    st.session_state[LAST], st.session_state[LAST_PAGE] = query, one("page")


def show_answer(space: Workspace, query: Query) -> None:
    """Ask, and show the hits."""
    with fresh_answer(str(hash(query)), lambda: space.search.explained(query), "Searching ...") as answer:
        show_understood(answer, query)
        for notice in answer.notices:
            if notice.code is not NoticeCode.FILTER_READ:  # which is in view by the conditions themselves
                st.warning(as_written(advised(notice)), icon=":material/info:")
        if not answer.hits:
            st.info("No case matches. Widen the filter or use other words.")
        add_to_collection(space, [found.hit.case_id for found in answer.hits])
        first = HITS_OF_PAGE * (chosen_page(pages_of(len(answer.hits), HITS_OF_PAGE)) - 1)
        ways = Ways(ask_for_like, partial(search_for_region, space), _also_ask_for)
        show_hits(space, answer.hits[first : first + HITS_OF_PAGE], ways, query)


begin("search", (*QUESTION, *NAMES))
space = workspace()
st.title("Similar cases", anchor=False)
form, paper = st.columns((1, 3), gap="large")
with form, st.container(key="beside"):
    query, narrowed = ask(space)
with paper:
    show_conditions(narrowed)
    if query:
        show_answer(space, query)
    else:
        st.info("Type words, choose a case or findings, upload an image, or all of these.", icon=":material/search:")
