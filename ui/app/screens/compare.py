"""Two to four cases side by side, or one's own image beside them: what all have, what only one has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import streamlit as st

from casegraph.cases import Case, DecodedImage, Image, Modality, Plane, Section, SourceId
from casegraph.comparison import MAX_COMPARED, MIN_COMPARED, CaseComparison, ImageLabels
from casegraph.errors import CaseGraphError
from casegraph.workspace import Workspace
from ui.app.address import begin, many, one, put, take_out
from ui.app.case_picker import WORDS, offer_cases
from ui.app.comparison import comparison_table
from ui.app.panels import (
    CURRENT_CASE,
    SEARCH_PAGE,
    case_link,
    image_line,
    link,
    named_case,
    patient_line,
    shown,
    workspace,
)
from ui.app.remedies import show_error
from ui.app.texts import as_written, heading, line, marked, section
from ui.app.uploads import as_shown, kept_image, name_of
from ui.app.viewer import Overlay, Shown, Size, show_viewer

CASES, OWN = "case", "own"
OF_TWO = ("left", "right")  # what links of old call the cases
OWN_NAME = "Your image"
SEARCH_UPLOAD = "search"  # what the page of similar cases calls its first image
SUGGESTED = 5


def taken_from_old_links() -> None:
    """Put the cases that a link of old names where they are looked for."""
    if named := [one(name) for name in OF_TWO if one(name)]:
        put(CASES, [*many(CASES), *named])
        for name in OF_TWO:
            put(name, None)


def chosen_cases(space: Workspace, *, at_most: int) -> list[Case]:
    """Return the cases that the address names, or that the reader picks; say which it names twice."""
    seen = st.session_state.get(CURRENT_CASE)
    if not many(CASES) and seen and space.documents.has(seen):
        put(CASES, [seen])
    named = [case for asked in many(CASES) if (case := named_case(space, asked))]
    cases = {case.case_id: case for case in named}
    label = f"Cases, {MIN_COMPARED} to {MAX_COMPARED}"
    offer_cases(space, CASES, label, list(cases.values())[:at_most], at_most=at_most)
    if twice := [case.short_id for case in cases.values() if named.count(case) > 1]:
        st.warning(f"{', '.join(twice)} is named twice, and stands here once.", icon=":material/warning:")
    if len(cases) > at_most:
        st.warning(f"Only {at_most} of {len(cases)} cases are compared.", icon=":material/warning:")
    return list(cases.values())[:at_most]


def own_image() -> DecodedImage | None:
    """Return the reader's image of this session, where the address asks for it, and offer to take it or leave it."""
    image = kept_image(SEARCH_UPLOAD)
    if image is None:
        if one(OWN):
            st.info("Your image is no longer available: it is kept in one browser session only. Upload it again.")
            link(SEARCH_PAGE, "Upload it on Similar cases", "upload")
        return None
    if not one(OWN):
        st.button("With my image", key="with-own", icon=":material/add_photo_alternate:", on_click=put, args=(OWN, "1"))
        return None
    st.button("Without my image", key="without-own", icon=":material/close:", on_click=take_out, args=(OWN,))
    return image


def show_own(image: DecodedImage, compared: CaseComparison | None) -> None:
    """Show the reader's image and what the classifier is sure of."""
    heading(OWN_NAME, 3)
    seen = compared.own_image if compared else None
    labels = [str(label) for label in (seen.modality, seen.plane, seen.region) if label] if seen else []
    line(" · ".join(labels) if labels else "The classifier is sure of nothing.")
    show_viewer([as_shown(image)], "compared-own", name=OWN_NAME, size=Size.MEDIUM, link="compare")


def show_case(case: Case, begin_with: str | None) -> None:
    """Show one case in short, its images as a stack that is linked with the others'."""
    title, way = st.columns((3, 1), vertical_alignment="center")
    with title:
        heading(case.title, 3)
        line(f"{case.short_id} · {patient_line(case)}")
    with way:
        case_link(case.case_id)
    if not case.stored_images:
        st.info("This case has no images.")
        return
    stack = [shown(image, marked(image.caption or "", ())) for image in case.stored_images]
    name = f"Images of {case.short_id}"
    key = f"compared-{case.case_id}"
    show_viewer(stack, key, name=name, size=Size.MEDIUM, start=begin_with, link="compare")


def suggest(space: Workspace, case: Case) -> None:
    """Offer the cases most like one."""
    st.subheader("Most like it", anchor=False)
    for hit in space.search.by_case(case.case_id, k=SUGGESTED).hits:
        other = space.documents.case(hit.case_id)
        label = as_written(f"{other.short_id} · {other.title}")
        both = [case.case_id, hit.case_id]
        st.button(label, key=f"with-{hit.case_id}", icon=":material/compare:", on_click=put, args=(CASES, both))


def show_texts(cases: Sequence[Case]) -> None:
    """Show the findings of all, side by side."""
    for column, case in zip(st.columns(len(cases), gap="large"), cases, strict=True):
        with column:
            if text := case.sections.get(Section.FINDINGS):
                said = [a for a in case.annotations if a.section is Section.FINDINGS]
                section(f"Findings of {case.short_id}", text, said)


def show_paths(space: Workspace, cases: Sequence[Case]) -> None:
    """Show how the graph leads from one case to another; without the graph, say so and go on."""
    st.subheader("From one to another in the graph", anchor=False)
    try:
        with st.spinner("Asking the graph ..."):
            paths = space.comparing.paths([case.case_id for case in cases])
    except CaseGraphError as error:
        show_error(error)
        return
    for path in paths:
        ends = [case.short_id for case in cases if case.case_id in (path.first, path.second)]
        line(path.words or f"No path leads from {ends[0]} to {ends[1]}.")


def show_one_over_another(cases: Sequence[Case], compared: CaseComparison) -> None:
    """Show one case's image over another's, of those that the page begins with: the first two of one plane, if any."""
    begun = [
        (case, image)
        for case, begin_with in zip(cases, compared.images[-len(cases) :], strict=True)
        for image in case.stored_images
        if image.image_id == begin_with
    ]
    pairs = [(a, b) for n, a in enumerate(begun) for b in begun[n + 1 :] if a[1].plane and a[1].plane is b[1].plane]
    if not pairs:
        line("No two of the images that the cases begin with are of one plane: none is laid over another.")
        return
    (below_case, below), (above_case, above) = pairs[0]
    over: Shown = shown(above)
    if over.png is None:
        return
    st.subheader("One over the other", anchor=False)
    line(f"{below_case.short_id}: {image_line(below)}. {above_case.short_id}: {image_line(above)}.")
    overlay = Overlay(over.png, "Wipe between the two images", image_line(above), "wipe")
    show_viewer([replace(shown(below), overlay=overlay)], "over", name="One over the other", size=Size.MEDIUM)


def show_own_over_case(own: DecodedImage, cases: Sequence[Case], compared: CaseComparison) -> None:
    """Show an image of a case over the reader's own, where both are of one modality and plane."""
    st.subheader("Your image and one of a case over it", anchor=False)
    modality, plane = asked_kind(own, compared.own_image)
    if not (modality and plane):
        line("Say of which modality and plane your image is: only images of the same are laid over it.")
        return
    fitting = {image.image_id: (case, image) for case, image in _of_kind(cases, compared, modality, plane)}
    if not fitting:
        line(f"None of these cases has an image of this kind: {modality}, {plane}.")
        return
    chosen = st.selectbox(
        "Image of a case", list(fitting), format_func=lambda image_id: _called(*fitting[image_id]), key="over-own"
    )
    case, image = fitting[chosen]
    over = shown(image)
    if over.png is None:
        st.info(over.problem)
        return
    overlay = Overlay(
        over.png, "Wipe between your image and the case's", f"{case.short_id}: {image_line(image)}", "wipe"
    )
    show_viewer([as_shown(own, overlay)], "over-own-image", name="A case over your image", size=Size.MEDIUM)


def asked_kind(own: DecodedImage, seen: ImageLabels | None) -> tuple[str | None, str | None]:
    """Return modality and plane of the reader's image: as the reader says, else as the classifier is sure of."""
    with st.container(horizontal=True):
        modality = _asked(own, "modality", Modality, seen and seen.modality)
        plane = _asked(own, "plane", Plane, seen and seen.plane)
    return modality, plane


def _asked(own: DecodedImage, name: str, values: Iterable[str], sure: str | None) -> str | None:
    options = list(values)
    return st.selectbox(
        f"{name.capitalize()} of your image",
        options,
        index=None if sure is None else options.index(sure),
        placeholder="not known",
        key=f"own-{name}-{name_of(own)}",
        persist_state="session",
    )


def _of_kind(
    cases: Sequence[Case], compared: CaseComparison, modality: str, plane: str
) -> Iterator[tuple[Case, Image]]:
    """Yield the images of a modality and plane, of each case that first with which the page begins."""
    begun = compared.images[-len(cases) :]
    for case, begin_with in zip(cases, begun, strict=True):
        for image in sorted(case.stored_images, key=lambda image: image.image_id != begin_with):
            if image.modality == modality and image.plane == plane:
                yield case, image


def _called(case: Case, image: Image) -> str:
    return f"{case.short_id} · image {SourceId(image.image_id).short}: {image_line(image)}"


def show_all(space: Workspace, own: DecodedImage | None, cases: Sequence[Case]) -> None:
    """Show columns side by side, then what they have in common and apart."""
    enough = len(cases) + (own is not None) >= MIN_COMPARED and bool(cases)
    compared = space.comparing.cases([case.case_id for case in cases], own) if enough else None
    columns = st.columns(max(len(cases) + (own is not None), MIN_COMPARED), gap="medium")
    if own is not None:
        with columns[0]:
            show_own(own, compared)
    starts = compared.images[-len(cases) :] if compared else [None] * len(cases)
    for column, case, start in zip(columns[own is not None :], cases, starts, strict=False):
        with column:
            show_case(case, start)
    if compared is None:
        with columns[-1]:
            if cases:
                suggest(space, cases[0])
            else:
                st.info("Choose a case to compare with.")
        return
    st.subheader("In common and apart", anchor=False)
    names = [*([OWN_NAME] if own else []), *(case.short_id for case in cases)]
    st.html(comparison_table(compared.rows, names))
    if len(cases) > 1:
        show_paths(space, cases)
    show_texts(cases)
    if own is not None:
        show_own_over_case(own, cases, compared)
    if len(cases) > 1:
        show_one_over_another(cases, compared)


begin("compare", (CASES, OWN, WORDS, *OF_TWO))
space = workspace()
st.title("Compare", anchor=False)
taken_from_old_links()
own = own_image()
show_all(space, own, chosen_cases(space, at_most=MAX_COMPARED - (own is not None)))
