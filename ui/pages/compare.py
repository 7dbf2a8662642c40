"""Two cases side by side: what they share and where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from ingest.case import Case, Image
from kg.schema import RelationshipType
from kg.shared import Comparison, Thing, shared
from ui.panels import CASE_PAGE, chosen_case, open_page, paragraph, patient_line, picture_bytes, show_picture, workspace
from ui.slider import picture_slider

SIDES = ("left", "right")


def choose_image(case: Case, side: str) -> Image | None:
    """Let the reader choose one of a case's pictures."""
    stored = [image for image in case.images if image.object_key]
    if not stored:
        st.info("No pictures.")
        return None
    number = 0
    if len(stored) > 1:
        labels = range(len(stored))
        number = (
            st.pills(
                "Picture", labels, default=0, required=True, format_func=lambda n: str(n + 1), key=f"{side}-picture"
            )
            or 0
        )
    return stored[number]


def show_side(case: Case, side: str) -> Image | None:
    """Show one case in short; return the picture that was chosen."""
    st.subheader(case.title, anchor=False)
    st.caption(f"{case.short_id} · {patient_line(case)}")
    image = choose_image(case, side)
    if image:
        show_picture(image)
    if image and image.caption:
        paragraph(image.caption)
    if st.button("Open the case", key=f"{side}-open", icon=":material/open_in_new:"):
        open_page(CASE_PAGE, case=case.case_id)
    return image


WORDS: Mapping[RelationshipType, str] = {
    RelationshipType.HAS_DIAGNOSIS: "diagnosis",
    RelationshipType.CONSIDERS: "considered diagnosis",
    RelationshipType.SHOWS: "finding",
    RelationshipType.RULES_OUT: "finding said to be absent",
    RelationshipType.DEPICTS: "place",
    RelationshipType.IN_REGION: "region",
    RelationshipType.ACQUIRED_WITH: "modality",
    RelationshipType.ABOUT: "topic",
    RelationshipType.IN_CATEGORY: "pathology category",
    RelationshipType.CODED_AS: "ACR code",
    RelationshipType.TREATED_WITH: "treatment",
    RelationshipType.EXAMINED_BY: "exam",
}


def show_things(heading: str, things: Sequence[Thing]) -> None:
    """Show what one or both cases have, by kind."""
    st.markdown(f"**{heading}**")
    if not things:
        st.caption("nothing that the graph knows of")
        return
    by_kind: dict[str, list[str]] = {}
    for thing in things:
        by_kind.setdefault(WORDS[thing.kind], []).append(thing.node.name)
    st.dataframe([{"what": kind, "names": ", ".join(names)} for kind, names in by_kind.items()], hide_index=True)


def show_comparison(comparison: Comparison) -> None:
    """Show what the cases share, then what each has alone."""
    show_things("In common", comparison.shared)
    only_left, only_right = st.columns(2, gap="large")
    with only_left:
        show_things("Only left", comparison.only_first)
    with only_right:
        show_things("Only right", comparison.only_second)


space = workspace()
st.title("Compare", anchor=False)
left_column, right_column = st.columns(2, gap="large")
with left_column:
    left = chosen_case(space, "left", "Left case")
with right_column:
    right = chosen_case(space, "right", "Right case")
if left and right and left.case_id == right.case_id:
    st.info("These are the same case. Choose another on one side.")
elif left and right:
    with left_column:
        left_image = show_side(left, "left")
    with right_column:
        right_image = show_side(right, "right")
    show_comparison(shared(space.graph, left.case_id, right.case_id))
    pictures = [picture_bytes(image) for image in (left_image, right_image) if image]
    if len(pictures) == len(SIDES) and all(pictures):
        st.subheader("One over the other", anchor=False)
        picture_slider(*(png for png in pictures if png))
