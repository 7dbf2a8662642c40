"""Classify an uploaded scan: modality, plane and region, with probabilities and the nearest labelled images."""

from __future__ import annotations

import streamlit as st

from ui.classification import Classification
from ui.panels import CASE_PAGE, open_page, show_picture, workspace
from ui.uploads import uploaded_picture
from ui.workspace import Workspace


def show_predictions(answer: Classification) -> None:
    """Show what the classifier says of each task, "not sure" where it is not."""
    for prediction in answer.predictions:
        name = prediction.task.capitalize()
        if prediction.sure:
            st.metric(
                name,
                prediction.label,
                f"probability {prediction.probability:.2f}",
                delta_color="off",
                delta_arrow="off",
            )
        else:
            st.metric(
                name,
                "not sure",
                f"perhaps {prediction.label}, {prediction.probability:.2f}",
                delta_color="off",
                delta_arrow="off",
            )
        ordered = sorted(prediction.probabilities.items(), key=lambda item: -item[1])
        with st.expander("All probabilities"):
            for label, probability in ordered:
                st.progress(min(max(probability, 0.0), 1.0), text=f"{label}  {probability:.2f}")
    for notice in answer.notices:
        st.warning(notice)


def show_reasons(space: Workspace, answer: Classification) -> None:
    """Show the nearest labelled images of the workspace."""
    st.subheader("Nearest labelled images", anchor=False)
    for column, near in zip(st.columns(max(len(answer.neighbours), 1)), answer.neighbours, strict=False):
        with column:
            image = space.image(near.image_id)
            show_picture(image)
            st.caption(f"similarity {near.score:.2f}")
            if st.button("Open the case", key=near.image_id):
                open_page(CASE_PAGE, case=near.case_id)


space = workspace()
st.title("Classify a scan", anchor=False)
form, answer_column = st.columns((1, 2), gap="large")
with form:
    picture = uploaded_picture(space, "A scan")
    if picture is None:
        st.info("Upload a picture. It is read in a separate process and not kept.")
if picture is not None:
    with answer_column, st.spinner("Looking ..."):
        answer = space.classify(picture)
    with answer_column:
        show_predictions(answer)
    show_reasons(space, answer)
