"""Two cases side by side: what they share and where they differ."""

from __future__ import annotations

import streamlit as st

from casegraph.cases import Case, Image, Section
from casegraph.errors import CaseGraphError
from casegraph.workspace import Workspace
from ui.app.address import begin
from ui.app.comparison import comparison_table
from ui.app.panels import (
    CURRENT_CASE,
    case_link,
    chosen_case,
    image_bytes,
    image_line,
    patient_line,
    show_image,
    turn_button,
    workspace,
)
from ui.app.remedies import show_error
from ui.app.slider import image_slider
from ui.app.texts import as_written, heading, line, paragraph, section

SIDES = ("left", "right")
SUGGESTED = 5


def show_side(case: Case, side: str) -> Image | None:
    """Show one case in short; return the image that was chosen."""
    title, way = st.columns((5, 1), vertical_alignment="center")
    with title:
        heading(case.title, 2)
        line(f"{case.short_id} · {patient_line(case)}")
    with way:
        case_link(case.case_id)
    stored = [image for image in case.images if image.object_key]
    if not stored:
        st.info("This case has no images.")
        return None
    number = 0
    if len(stored) > 1:
        number = st.pills(
            "Image",
            range(len(stored)),
            default=0,
            required=True,
            format_func=lambda n: as_written(f"{n + 1} {stored[n].modality or ''} {stored[n].plane or ''}"),
            key=f"{side}-image-{case.case_id}",
            label_visibility="collapsed",
        )
    image = stored[number or 0]
    with st.container(key=f"small-{side}"):
        show_image(image)
    if image.caption:
        paragraph(image.caption)
    return image


def suggest(space: Workspace, case: Case) -> None:
    """Offer the cases most like the first one."""
    st.subheader("Most like it", anchor=False)
    for hit in space.search.by_case(case.case_id, k=SUGGESTED).hits:
        other = space.documents.case(hit.case_id)
        turn_button(f"{other.short_id} · {other.title}", "compare", f"with-{hit.case_id}", right=hit.case_id)


def show_texts(left: Case, right: Case) -> None:
    """Show the findings of both, side by side."""
    for column, case in zip(st.columns(2, gap="large"), (left, right), strict=True):
        with column:
            if text := case.sections.get(Section.FINDINGS):
                section("Findings", text, [a for a in case.annotations if a.section is Section.FINDINGS])


def show_comparison(space: Workspace, left: Case, right: Case) -> None:
    """Show what the graph says both have and what only one has; without the graph, say so and go on."""
    st.subheader("In common and apart", anchor=False)
    try:
        with st.spinner("Asking the graph ..."):
            comparison = space.graph.compare(left.case_id, right.case_id)
        st.html(comparison_table(comparison, left.short_id, right.short_id))
    except CaseGraphError as error:
        show_error(error)


def show_slider(images: list[Image]) -> None:
    """Show both images one over the other."""
    pngs = [png for image in images if (png := image_bytes(image))]
    if len(pngs) == len(SIDES):
        st.subheader("One over the other", anchor=False)
        image_slider(*pngs, alts=[image_line(image) for image in images])


begin("compare", SIDES)
space = workspace()
st.title("Compare", anchor=False)
left_column, right_column = st.columns(2, gap="large")
with left_column:
    left = chosen_case(space, "left", "Left case", keeps=st.session_state.get(CURRENT_CASE))
with right_column:
    right = chosen_case(space, "right", "Right case")
    same = left is not None and right is not None and left.case_id == right.case_id
    if same:
        st.warning("These are the same case. Choose another on one side.", icon=":material/warning:")
with left_column:
    left_image = show_side(left, "left") if left else None
with right_column:
    right_image = show_side(right, "right") if right and not same else None
    if left and (same or not right):
        suggest(space, left)
if left and right and not same:
    show_comparison(space, left, right)
    show_texts(left, right)
    if left_image and right_image:
        show_slider([left_image, right_image])
