"""The fields that say what a data set is made into; which cases it takes is said by the filter's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from casegraph.cases import Section, as_filter, format_filter
from casegraph.recipes import (
    FILLED,
    FREE,
    NOT_STATED,
    Format,
    Kind,
    Mentions,
    checked_name,
    classes_from_lines,
    template_names,
)
from casegraph.workspace import Workspace
from ui.app import dataset_question as asked
from ui.app.address import field, many, one, put, written
from ui.app.panels import workspace
from ui.app.remedies import answered
from ui.app.texts import as_written

KINDS: Mapping[Kind, str] = {
    Kind.IMAGE: "Images",
    Kind.TEXT: "Texts",
    Kind.MULTIMODAL: "Texts with images",
    Kind.CASE_SERIES: "Case series",
    Kind.CLASSIFICATION: "Classes",
}
AN_ITEM: Mapping[Kind, str] = {
    Kind.IMAGE: "An item is an image with its caption and labels.",
    Kind.TEXT: "An item is the text of a case.",
    Kind.MULTIMODAL: "An item is a case: its text, with images in the place of the mentions of its figures.",
    Kind.CASE_SERIES: "An item is a case, to be read case by case: each image with its caption and labels.",
    Kind.CLASSIFICATION: "An item is an image with its class.",
}
FORMATS: Mapping[Format, str] = {
    Format.FOLDER: "Parquet and images",
    Format.WEBDATASET: "WebDataset (tar)",
    Format.OPEN_CLIP: "open_clip (CSV)",
    Format.LLAVA: "LLaVA conversations",
    Format.PROMPTS: "Filled prompts",
}
SPLITS = {
    asked.FRACTIONS: "by fractions",
    asked.OF_SOURCE: "those of the source",
    asked.UNDIVIDED: "all in one",
}
LICENCES = {asked.ANY: "any", asked.FREE_ONLY: "only free ones", asked.NAMED: "those I name"}
MENTIONS = {Mentions.MARK: "a mark, <image>", Mentions.PATH: "the path of its file"}
CLASSED_BY = ("modality", "plane", "region", "view", "depiction", "image_class")
MAX_SEED = 1_000_000


def show_settings(space: Workspace) -> tuple[str, dict[str, str]] | None:
    """Show the fields; return the filter of images and the classes, None where one of them cannot be read."""
    of_kind, of_name = st.columns((3, 1), gap="medium")
    with of_kind:
        _segments("Kind", "kind", KINDS, asked.kind(), Kind.IMAGE, says=AN_ITEM[asked.kind()])
    with of_name:
        named = _offer_name()
    of_formats, of_licences, of_splits = st.columns((4, 3, 3), gap="medium")
    with of_formats:
        _offer_formats()
    with of_licences:
        _offer_licences(space)
    with of_splits:
        _offer_splits()
    if asked.splits() == asked.FRACTIONS:
        _offer_fractions()
    images = _offer_images() if asked.kind() is not Kind.TEXT else ""
    classes = _offer_classes(space) if asked.kind() is Kind.CLASSIFICATION else {}
    _offer_more()
    return (images, classes) if named and images is not None and classes is not None else None


def _segments(label: str, name: str, choices: Mapping[Any, str], chosen: str, default: str, *, says: str = "") -> None:
    st.segmented_control(
        label,
        list(choices),
        required=True,
        format_func=lambda value: choices[value],
        key=field(name, chosen),
        on_change=written,
        args=(name, default),
        help=says or None,
    )


def _choice(label: str, name: str, choices: Mapping[Any, str], chosen: str, default: str, *, says: str = "") -> None:
    st.selectbox(
        label,
        list(choices),
        format_func=lambda value: choices[value],
        key=field(name, chosen),
        on_change=written,
        args=(name, default),
        help=says or None,
    )


def _offer_name() -> str | None:
    st.text_input("Name", key=field("name", one("name") or asked.NAME), on_change=written, args=("name", asked.NAME))
    return answered(lambda: checked_name(one("name") or asked.NAME))


def _offer_formats() -> None:
    st.multiselect(
        "Formats",
        list(asked.kind().formats),
        format_func=lambda value: FORMATS[value],
        key=field("format", asked.formats()),
        on_change=written,
        args=("format", [Format.FOLDER]),
    )


def _offer_licences(space: Workspace) -> None:
    _choice(
        "Licences",
        "licences",
        LICENCES,
        asked.licences(),
        asked.ANY,
        says=f"Free ones let everybody use, change and hand on, for money too: {', '.join(FREE)}. A case whose source "
        "states none is not free.",
    )
    if asked.licences() == asked.NAMED:
        known = _licences_of(str(space.folder), space.documents.sequence())
        st.multiselect(
            "Named licences",
            list(dict.fromkeys((*known, *FREE, NOT_STATED, *many("licence")))),
            key=field("licence", many("licence")),
            on_change=written,
            args=("licence",),
            placeholder="none yet",
        )


@st.cache_data(max_entries=2, show_spinner=False)
def _licences_of(folder: str, sequence: int) -> list[str]:
    return list(workspace().documents.facets("licence"))


def _offer_splits() -> None:
    _choice(
        "Splits",
        "splits",
        SPLITS,
        asked.splits(),
        asked.FRACTIONS,
        says="Cases of one patient, article or topic, and cases with nearly the same image, stay together.",
    )


def _offer_fractions() -> None:
    fractions = asked.shares()
    with st.container(horizontal=True, gap="small"):
        for name, share in fractions.items():
            key = f"share-{name}"
            st.session_state[key] = share
            st.number_input(
                name, 0.0, 1.0, step=0.05, format="%g", key=key, on_change=_put_share, args=(name,), width=92
            )
        st.number_input(
            "Seed", 0, MAX_SEED, key=field("seed", asked.seed()), on_change=written, args=("seed", asked.SEED), width=92
        )


def _put_share(name: str) -> None:
    asked.put_shares({**asked.shares(), name: round(float(st.session_state[f"share-{name}"]), 6)})


def _offer_images() -> str | None:
    """Let the reader narrow the images of the cases down; return their filter, None where it cannot be read."""
    st.text_input(
        "Which of their images",
        key=field("images", one("images").strip()),
        on_change=written,
        args=("images",),
        placeholder="every image; or such as modality=CT plane=axial not depiction=montage",
        help="Here a condition holds for the image itself, and finding:mass for what its own caption says.",
    )
    return answered(lambda: format_filter(where) if (where := as_filter(one("images"))) else "")


def _offer_classes(space: Workspace) -> dict[str, str] | None:
    """Let the reader name the classes; return each with its filter, None where one cannot be read."""
    lines, by = st.columns((3, 1), gap="medium")
    with by:
        st.selectbox(
            "A class for each",
            CLASSED_BY,
            index=None,
            placeholder="choose a field",
            format_func=lambda name: name.replace("_", " "),
            key="class-for-each",
            on_change=_class_for_each,
            args=(space,),
        )
    with lines:
        key = "classes"
        st.session_state[key] = "\n".join(many("class"))
        st.text_area(
            "Classes, one a line: its name, a colon, the filter of its images",
            key=key,
            on_change=_put_classes,
            height=120,
            placeholder="CT: modality=CT\nMR: modality=MR",
        )
        if not many("class"):
            st.info("Name the classes, or take one for each value of a field.")
            return None
        return answered(lambda: classes_from_lines("\n".join(many("class"))))


def _put_classes() -> None:
    put("class", str(st.session_state["classes"]).splitlines())


def _class_for_each(space: Workspace) -> None:
    name = st.session_state["class-for-each"]
    if name:
        values = space.documents.facets(name)
        put("class", [f"{value}: {name}={_quoted(value)}" for value in values])


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _offer_more() -> None:
    """Offer what few readers change: the sections of a text, mentions of figures, the template of questions."""
    of_text = not asked.kind().per_image
    fills = not FILLED.isdisjoint(asked.formats())
    unknown = asked.template() not in template_names()
    if not (of_text or fills or unknown):
        return
    with st.expander("Texts, questions and answers", expanded=unknown):
        if of_text:
            st.multiselect(
                "Sections of the text",
                list(Section),
                format_func=lambda section: str(section).replace("_", " "),
                key=field("section", asked.sections()),
                on_change=written,
                args=("section",),
            )
        if of_text and asked.kind() is not Kind.TEXT:
            _segments("In place of a mention of a figure", "mentions", MENTIONS, asked.mentions(), Mentions.MARK)
        if fills or unknown:
            names = dict.fromkeys((*template_names(), asked.template()))
            _choice(
                "What is asked and answered",
                "template",
                {name: as_written(name) for name in names},
                asked.template(),
                asked.kind().template,
            )
