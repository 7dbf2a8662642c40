"""Classify an uploaded scan: what it shows, with probabilities and the nearest labelled images."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from casegraph.cases import DecodedImage
from casegraph.errors import InputError
from casegraph.models import Classification, Prediction
from casegraph.workspace import Workspace
from ui.app.panels import DRAFT_PAGE, SEARCH_PAGE, case_link, open_page, show_image, workspace
from ui.app.pixels import show_pixels
from ui.app.remedies import show_error
from ui.app.texts import as_written, heading, line
from ui.app.uploads import keep_image, uploaded_image

LABELS_SHOWN = 4  # of a task, the likeliest first: locations are many


def show_probabilities(probabilities: Mapping[str, float], shown: int | None = None) -> None:
    """Show the labels as bars, the likeliest first: all of them, or so many."""
    for label, probability in sorted(probabilities.items(), key=lambda item: -item[1])[:shown]:
        st.progress(min(max(probability, 0.0), 1.0), text=f"{as_written(label)} {probability:.2f}")


def show_prediction(prediction: Prediction) -> None:
    """Show what the classifier says of one task: "not sure" where it is not, and the highest probabilities."""
    with st.container(border=True):
        line(prediction.task.capitalize())
        heading(str(prediction.label) if prediction.sure else "not sure", 2)
        if not prediction.sure:
            line(f"perhaps {prediction.label}")
        show_probabilities(prediction.probabilities, LABELS_SHOWN)


def show_reasons(space: Workspace, answer: Classification) -> None:
    """Show the nearest labelled images of the workspace."""
    st.subheader("Nearest labelled images", anchor=False)
    for number, (column, near) in enumerate(
        zip(st.columns(max(len(answer.neighbours), 3)), answer.neighbours, strict=False)
    ):
        with column, st.container(key=f"thumb-{number}"):
            show_image(space.documents.image(near.image_id), caption=False)
            line(f"{near.modality or '-'} · {near.plane or '-'} · {near.region or '-'} · similarity {near.score:.2f}")
            case_link(near.case_id, "Open the case")


def ask_by_words(space: Workspace, image: DecodedImage, labels: list[str]) -> None:
    """Show which of the labels the image is nearest to, by words alone."""
    try:
        answers = space.models.zero_shot(image, labels=labels)
    except InputError as error:
        show_error(error)
        return
    for answer in answers:
        show_probabilities(answer.probabilities)
    line("By words alone: these probabilities are not calibrated.")


space = workspace()
st.title("Classify a scan", anchor=False)
form, paper = st.columns((1, 3), gap="large")
with form:
    image = uploaded_image(space, "classify", "A scan")
    if image is None:
        st.info("Upload an image. It is read in a separate process and not kept.")
    else:
        with st.container(horizontal=True):
            if st.button("Similar cases", icon=":material/search:"):
                keep_image("search", image)
                open_page(SEARCH_PAGE)
            if st.button("Draft", icon=":material/edit_note:"):
                keep_image("draft", image)
                open_page(DRAFT_PAGE)
if image is not None:
    with paper:
        with st.spinner("Looking ..."):
            answer = space.models.classify(image, neighbours=4)
        for notice in answer.notices:
            st.warning(as_written(notice), icon=":material/warning:")
        for column, prediction in zip(st.columns(len(answer.predictions)), answer.predictions, strict=True):
            with column:
                show_prediction(prediction)
        with st.expander("What the answer depends on"):
            tasks = [prediction.task for prediction in answer.predictions]
            chosen = st.segmented_control("Answer", tasks, default=tasks[0], key="heat-map-task")
            if chosen and st.toggle("Show it on the image", key="heat-map"):
                with st.spinner("Hiding part after part ..."):
                    show_pixels(space.models.heat_map(image, chosen), "what the answer depends on", width=420)
                line("Red: where hiding that part lowers the probability of the answer.")
        with st.expander("Ask with labels of your own"):
            written = st.text_input("Labels, with commas between them", placeholder="brain, lung", key="own-labels")
            if written:
                ask_by_words(space, image, written.split(","))
        show_reasons(space, answer)
