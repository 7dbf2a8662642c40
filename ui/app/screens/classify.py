"""Classify an uploaded scan: what it shows, with probabilities and the nearest labelled images."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casegraph.cases import DecodedImage
from casegraph.errors import InputError
from casegraph.models import UNCALIBRATED, Classification, Prediction, own_doubt
from casegraph.workspace import Workspace
from ui.app.address import begin, field, one, written
from ui.app.answers import fresh_answer
from ui.app.panels import DRAFT_PAGE, SEARCH_PAGE, case_link, open_page, show_image, workspace
from ui.app.remedies import show_error
from ui.app.texts import as_written, heading, line
from ui.app.uploads import KEPT_UNTIL, as_shown, keep_image, name_of, uploaded_image
from ui.app.viewer import Overlay, Size, show_viewer

LABELS_SHOWN = 4  # of a task, the likeliest first: locations are many


def show_probabilities(probabilities: Mapping[str, float], shown: int | None = None) -> None:
    """Show the labels as bars, the likeliest first: all of them, or so many."""
    for label, probability in sorted(probabilities.items(), key=lambda item: -item[1])[:shown]:
        st.progress(min(max(probability, 0.0), 1.0), text=f"{as_written(label)}: probability {probability:.2f}")


def show_prediction(prediction: Prediction) -> None:
    """Show what the classifier says of one task: "not sure" and why where it is not, and the highest probabilities."""
    with st.container(border=True):
        line(prediction.task.capitalize())
        heading(str(prediction.label) if prediction.sure else "not sure", 2)
        if not prediction.sure:
            line(f"perhaps {prediction.label}")
            if why := own_doubt(prediction):
                line(f"{why[0].upper()}{why[1:]}.")
        show_probabilities(prediction.probabilities, LABELS_SHOWN)


def show_reasons(space: Workspace, answer: Classification) -> None:
    """Show the nearest labelled images of the workspace."""
    st.subheader("Nearest labelled images", anchor=False)
    for number, (column, near) in enumerate(
        zip(st.columns(max(len(answer.neighbours), 3)), answer.neighbours, strict=False)
    ):
        with column:
            show_image(space.documents.image(near.image_id), f"near-{number}")
            line(f"{near.modality or '-'} · {near.plane or '-'} · {near.region or '-'} · similarity {near.score:.2f}")
            case_link(near.case_id, "Open the case")


def ask_by_words(space: Workspace, image: DecodedImage) -> None:
    """Show how near the image is to labels of the reader's own, by words alone: similarities, no bars."""
    st.text_input(
        "Labels, with commas between them",
        key=field("labels", one("labels")),
        on_change=written,
        args=("labels",),
        placeholder="CT of the chest, MR of the brain",
    )
    if not one("labels").strip():
        return
    try:
        answers = space.models.zero_shot(image, labels=one("labels").split(","))
    except InputError as error:
        show_error(error)
        return
    for answer in answers:
        ranked = sorted(answer.similarities.items(), key=lambda item: -item[1])
        st.dataframe(
            [{"label": label, "similarity": similarity} for label, similarity in ranked],
            hide_index=True,
            column_config={"similarity": st.column_config.NumberColumn(format="%.3f", width="small")},
        )
    line(UNCALIBRATED)


def show_dependence(space: Workspace, image: DecodedImage, tasks: list[str]) -> None:
    """Let the reader see on which parts of the image an answer depends."""
    if not st.toggle("Show on the image what an answer depends on", key="heat-map"):
        return
    chosen = st.segmented_control("Answer", tasks, default=tasks[0], required=True, key="heat-map-task")
    with st.spinner("Hiding part after part ..."):
        red = space.models.heat_layer(image, str(chosen))
    overlay = Overlay(red, "How opaque the red is", "what the answer depends on")
    show_viewer([as_shown(image, overlay)], f"heat-map-{chosen}", name="What the answer depends on", size=Size.MEDIUM)
    line("Red: where hiding that part lowers the probability of the answer.")


def show_answer(space: Workspace, image: DecodedImage, room: DeltaGenerator) -> None:
    """Show what the classifier says of the image, and on what it stands."""

    def find() -> Classification:
        return space.models.classify(image, neighbours=4)

    with fresh_answer(name_of(image), find, "Looking ...", room) as answer:
        for notice in answer.notices:
            st.warning(as_written(notice), icon=":material/warning:")
        for column, prediction in zip(st.columns(len(answer.predictions)), answer.predictions, strict=True):
            with column:
                show_prediction(prediction)
        show_dependence(space, image, [prediction.task for prediction in answer.predictions])
        with st.expander("Ask with labels of your own", expanded=bool(one("labels"))):
            ask_by_words(space, image)
        show_reasons(space, answer)


begin("classify", ("labels",))
space = workspace()
st.title("Classify a scan", anchor=False)
form, paper = st.columns((1, 3), gap="large")
room = paper.empty()
with form:
    image = uploaded_image(space, "classify", "A scan")
    if image is None:
        st.info(f"Upload an image. It is read in a separate process. {KEPT_UNTIL}")
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
        show_answer(space, image, room)
