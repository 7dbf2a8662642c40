"""What the pages of the app share: the open workspace, ways from page to page, cases and images in words."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from casegraph.cases import Case, CaseId, Image, SourceId, age_in_words, class_labels_of
from casegraph.drafts import Citation
from casegraph.errors import UnknownCase
from casegraph.search import Contribution
from casegraph.settings import read_settings
from casegraph.workspace import Workspace
from ui.app.remedies import show_error
from ui.app.texts import as_written
from ui.app.viewer import BoxTool, Shown, Size, show_viewer

CASE_PAGE = "screens/case.py"
COMPARE_PAGE = "screens/compare.py"
DRAFT_PAGE = "screens/draft.py"
GRAPH_PAGE = "screens/graph.py"
MANAGE_PAGE = "screens/manage.py"
QUERY_PAGE = "screens/query.py"
SEARCH_PAGE = "screens/search.py"

CURRENT_CASE = "current-case"
PASSAGE = ("image_id", "section", "start", "end")  # the parameters that name a passage of a case


@st.cache_resource(show_spinner=False, on_release=Workspace.close)
def workspace() -> Workspace:
    """Return the workspace of this app, opened once for all sessions."""
    return Workspace.open(read_settings())


def open_page(page: str, **parameters: str) -> NoReturn:
    """Go to another page with parameters that its address then shows."""
    st.switch_page(page, query_params=parameters)


def link(page: str, label: str, icon: str, **parameters: str | list[str]) -> None:
    """Show a link to another page; unlike a button it leaves one step in the browser's history."""
    st.page_link(page, label=as_written(label), icon=f":material/{icon}:", query_params=parameters)


def case_link(case_id: str, label: str = "Open", place: Contribution | Citation | None = None) -> None:
    """Show a link to a case; with a place, to its image and with that passage outlined."""
    found = {} if place is None else {name: getattr(place, name) for name in PASSAGE}
    parameters = {name: str(value) for name, value in found.items() if value is not None}
    link(CASE_PAGE, label, "folder_open", case=case_id, **parameters)


def case_line(case_id: str, title: str) -> str:
    """Return what a list of cases calls one."""
    return f"{CaseId(case_id).short} · {title}"


def named_case(space: Workspace, asked: str) -> Case | None:
    """Return the case that an id or short id names; say so where there is none."""
    try:
        return space.documents.case(asked) if asked else None
    except UnknownCase as error:
        show_error(error)
        return None


def image_bytes(image: Image) -> bytes | None:
    """Return the stored PNG of an image; None where it is missing."""
    return workspace().documents.png(image)


def shown(image: Image, caption_html: str = "", *, windows: bool = True) -> Shown:
    """Return an image with what is known of it, for the viewer; a missing one as a sentence.

    Parameters
    ----------
    windows : bool
        Whether its grey values go along, where it has such, to be seen through other windows.
    """
    grey = image.grey_values if windows else None
    return Shown(
        image.image_id,
        image_bytes(image),
        alt=image_line(image) or SourceId(image.image_id).short,
        line=" · ".join(filter(None, (image_line(image), image.anatomical_location, _labels_line(image)))),
        caption_html=caption_html,
        problem=f"Image missing: {image.problem or image.rejected or 'it was not stored.'}",
        pixel_size=image.pixel_size,
        grey_png=workspace().documents.grey_png(image) if grey else None,
        grey=grey.scale if grey else None,
    )


def show_image(image: Image, key: str, *, box: BoxTool | None = None) -> None:
    """Show one image as a thumbnail, which full screen shows large."""
    show_viewer([shown(image, windows=False)], f"{key}-{image.image_id}", size=Size.THUMB, box=box)


def _labels_line(image: Image) -> str:
    labels = class_labels_of(image)
    return f"labelled by its caption: {', '.join(labels)}" if labels else ""


def image_line(image: Image) -> str:
    """Return what kind of image it is, on one line."""
    parts = (image.modality, *image.technique, image.plane, image.view, image.depiction, image.region)
    return " · ".join(str(part) for part in dict.fromkeys(parts) if part and part != "scan")


def patient_line(case: Case) -> str:
    """Return age and sex of a case's patient, on one line."""
    return f"{age_in_words(case.patient.age_years)}, {case.patient.sex or 'sex unknown'}"


def cover_image(case: Case, image_id: str | None = None) -> Image | None:
    """Return the named image of a case, else its first that has a file."""
    named = next((image for image in case.images if image.image_id == image_id), None)
    return named or next((image for image in case.images if image.object_key), None)
