"""What the pages of the app share: the open workspace, ways from page to page, and how texts and pictures look.

Texts of cases come from outside. They are shown as escaped text, never as Markdown or HTML of their own, so that no
case can draw a link, load a picture or run a script.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import NoReturn

import streamlit as st

from ingest.case import Annotation, Case, Image
from ingest.vocabulary import Assertion, ConceptKind
from ui.settings import Settings
from ui.workspace import Workspace

CASE_PAGE = "pages/case.py"
COMPARE_PAGE = "pages/compare.py"
GRAPH_PAGE = "pages/graph.py"
SEARCH_PAGE = "pages/search.py"

# One colour per assertion, readable on white (WCAG AA for the text on it): green there, grey not there.
ASSERTION_COLOURS: Mapping[Assertion, str] = {
    Assertion.PRESENT: "#d5efd9",
    Assertion.ABSENT: "#e3e3e8",
    Assertion.UNCERTAIN: "#fdebc8",
    Assertion.HISTORICAL: "#dbe7fb",
}


@st.cache_resource(show_spinner="Opening the workspace ...")
def workspace() -> Workspace:
    """Return the workspace of this app, opened once for all sessions."""
    return Workspace.open(Settings())


def open_page(page: str, **parameters: str) -> NoReturn:
    """Go to another page with parameters that its address then shows."""
    st.switch_page(page, query_params=parameters)


def chosen_case(space: Workspace, parameter: str, label: str) -> Case | None:
    """Return the case that the page's address names, or that the reader picks from a list."""
    ids = space.store.case_ids()
    if not ids:
        st.info("The workspace holds no cases yet. Fill it: `casegraph ingest FOLDER`.")
        return None
    named = st.query_params.get(parameter)
    titles = _titles(str(space.folder), space.store.sequence())
    place = ids.index(named) if named in ids else None
    picked = st.selectbox(
        label,
        ids,
        index=place,
        format_func=lambda case_id: f"{case_id.partition(':')[2]} · {titles.get(case_id, '')}",
        placeholder="Type an id or a title",
        key=f"{parameter}-{named}",
    )
    if picked and picked != named:
        st.query_params[parameter] = picked
    return space.case(picked) if picked else None


@st.cache_data(max_entries=2, show_spinner=False)
def _titles(folder: str, sequence: int) -> dict[str, str]:
    """Return the title of each case; asked again when the documents have changed."""
    return {stored.case.case_id: stored.case.title for stored in workspace().store.cases()}


def paragraph(text: str, annotations: Sequence[Annotation] = ()) -> None:
    """Show a text as it was written, with its mentions of concepts marked."""
    st.html(f'<div style="white-space:pre-wrap;line-height:1.5">{marked(text, annotations)}</div>')


def marked(text: str, annotations: Sequence[Annotation]) -> str:
    """Return the text as HTML, escaped, each mention in the colour of its assertion."""
    parts: list[str] = []
    end = 0
    for mention in sorted(annotations, key=lambda a: (a.start, -a.end)):
        if mention.start < end:
            continue
        hint = " · ".join(filter(None, (mention.concept_id, mention.assertion, mention.laterality)))
        colour = ASSERTION_COLOURS[mention.assertion] if mention.kind is ConceptKind.FINDING else "#f3f0fa"
        parts += (
            html.escape(text[end : mention.start]),
            f'<mark style="background:{colour};color:inherit;padding:0 2px;border-radius:3px" '
            f'title="{html.escape(hint, quote=True)}">{html.escape(text[mention.start : mention.end])}</mark>',
        )
        end = mention.end
    return "".join((*parts, html.escape(text[end:])))


def assertion_legend() -> None:
    """Say what the colours of marked texts mean."""
    swatches = "".join(
        f'<span style="background:{colour};padding:1px 6px;border-radius:3px;margin-right:6px">{assertion}</span>'
        for assertion, colour in ASSERTION_COLOURS.items()
    )
    st.html(
        f"<small>finding {swatches}"
        '<span style="background:#f3f0fa;padding:1px 6px">place, exam, treatment</span></small>'
    )


@st.cache_data(max_entries=512, show_spinner=False)
def _object_bytes(folder: str, object_key: str) -> bytes:
    return workspace().objects.read(object_key)


def picture_bytes(image: Image) -> bytes | None:
    """Return the stored PNG of an image; None where it is missing."""
    return _object_bytes(str(workspace().folder), image.object_key) if image.object_key else None


def show_picture(image: Image, *, caption: bool = True) -> None:
    """Show a picture with what is known of it; a missing one as a sentence."""
    png = picture_bytes(image)
    if png is None:
        st.warning(f"Picture missing: {image.problem or 'not stored'}.")
    else:
        st.image(png, width="stretch")
    if caption:
        st.caption(image_line(image))


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
