"""What the pages of the app share: the open workspace, ways from page to page, the choice of a case, pictures."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from ingest.case import Case, Image
from rag.fusion import Contribution
from rag.statements import Citation
from ui.settings import Settings
from ui.texts import line
from ui.uploads import forget_picture
from ui.workspace import Workspace

CASE_PAGE = "pages/case.py"
COMPARE_PAGE = "pages/compare.py"
DRAFT_PAGE = "pages/draft.py"
GRAPH_PAGE = "pages/graph.py"
QUERY_PAGE = "pages/query.py"
SEARCH_PAGE = "pages/search.py"

CURRENT_CASE = "current-case"
SMALL_PX = 400  # a picture narrower than this is shown in its own size: enlarged it would only blur


@st.cache_resource(show_spinner="Opening the workspace ...", on_release=Workspace.close)
def workspace() -> Workspace:
    """Return the workspace of this app, opened once for all sessions."""
    return Workspace.open(Settings())


def open_page(page: str, **parameters: str) -> NoReturn:
    """Go to another page with parameters that its address then shows."""
    st.switch_page(page, query_params=parameters)


def open_case(case_id: str, place: Contribution | Citation | None = None) -> NoReturn:
    """Go to a case; with a place, to its picture and with that passage outlined."""
    found = {} if place is None else {name: getattr(place, name) for name in ("image_id", "section", "start", "end")}
    open_page(CASE_PAGE, case=case_id, **{name: str(value) for name, value in found.items() if value is not None})


def open_similar_cases(case_id: str) -> NoReturn:
    """Go to the cases that resemble this one."""
    forget_picture("search")
    open_page(SEARCH_PAGE, case=case_id)


def chosen_case(
    space: Workspace, parameter: str, label: str, *, keeps: str | None = None, hidden: bool = False
) -> Case | None:
    """Return the case that the page's address names, or that the reader picks from a list.

    Parameters
    ----------
    keeps : str, optional
        The case to begin with where the address names none: the one that the reader saw last.
    hidden : bool
        Show no label above the list.

    Raises
    ------
    UnknownCase
        If the address names a case that there is not.
    """
    titles = case_titles(str(space.folder), space.store.sequence())
    ids = list(titles)
    asked = st.query_params.get(parameter) or (keeps if keeps in titles else None)
    named = asked if asked is None or asked in titles else space.store.get(asked).case.case_id
    picked = st.selectbox(
        label,
        ids,
        index=ids.index(named) if named in ids else None,
        format_func=lambda case_id: f"{case_id.partition(':')[2]} · {titles[case_id]}",
        placeholder="Type an id or a title",
        key=f"{parameter}-{named}",
        label_visibility="collapsed" if hidden else "visible",
    )
    if picked and (picked != named or parameter not in st.query_params):
        sides = {name: value for name, value in st.query_params.items() if name in ("left", "right")}
        st.query_params.from_dict({**sides, parameter: picked})
    return space.case(picked) if picked else None


@st.cache_data(max_entries=2, show_spinner=False)
def case_titles(folder: str, sequence: int) -> dict[str, str]:
    """Return the title of each case; asked again when the documents have changed."""
    return {stored.case.case_id: stored.case.title for stored in workspace().store.cases()}


def picture_bytes(image: Image) -> bytes | None:
    """Return the stored PNG of an image; None where it is missing."""
    return workspace().objects.read(image.object_key) if image.object_key else None


def show_picture(image: Image, *, caption: bool = True) -> None:
    """Show a picture with what is known of it; a missing one as a sentence."""
    png = picture_bytes(image)
    if png is None:
        line(f"Picture missing: {image.problem or 'it was not stored.'}")
    else:
        small = (image.width_px or SMALL_PX) < SMALL_PX
        st.image(png, width="content" if small else "stretch", alt=image_line(image) or image.image_id)
    if caption:
        line(image_line(image))


def image_line(image: Image) -> str:
    """Return what kind of picture it is, on one line."""
    parts = (image.modality, *image.technique, image.plane, image.view, image.depiction, image.region)
    return " · ".join(str(part) for part in dict.fromkeys(parts) if part and part != "scan")


def patient_line(case: Case) -> str:
    """Return age and sex of a case's patient, on one line."""
    age = case.patient.age_years
    parts = (f"{age:g} years" if age is not None else "age unknown", case.patient.sex or "sex unknown")
    return ", ".join(parts)


def cover_image(case: Case, image_id: str | None = None) -> Image | None:
    """Return the named image of a case, else its first that has a picture."""
    named = next((image for image in case.images if image.image_id == image_id), None)
    return named or next((image for image in case.images if image.object_key), None)
