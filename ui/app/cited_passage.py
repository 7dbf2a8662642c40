"""What a draft stands on, on a page: the passage that a citation names, with its image, and the similar cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from casegraph.cases import Case, CaseId, SourceId
from casegraph.drafts import Citation, Origin
from casegraph.errors import UnknownCase
from casegraph.workspace import Workspace
from ui.app.panels import case_line, case_link, cover_image, show_image, shown
from ui.app.texts import line, paragraph
from ui.app.viewer import Shown, Size, show_viewer

CASES_IN_A_ROW = 2


def citation_place(citation: Citation) -> str:
    """Say where a citation points, in words."""
    if citation.origin is Origin.CLASSIFIER:
        return "the classifier, on your image"
    part = str(citation.section).replace("_", " ")
    if citation.origin is Origin.USER:
        return f"your {part}"
    return f"{SourceId(citation.image_id or citation.case_id or '').short}, {part}"


def show_passage(space: Workspace, citation: Citation, key: str, own_image: Shown | None = None) -> None:
    """Show the words that are cited where they stand, the images beside them, and the way to the case."""
    if citation.case_id is None:
        _show_quote(citation)
        if own_image is not None:
            show_viewer([own_image], f"cited-own-{key}", name="Your image", size=Size.SMALL)
        return
    case = _case_now(space, citation.case_id)
    if case is None:
        line("The case is in the workspace no more. These are its words as they were cited.")
        _show_quote(citation)
        return
    line(case_line(case.case_id, case.title))
    _show_in_case(case, citation)
    _show_images(case, citation, key)
    case_link(case.case_id, "Open the case", place=citation)


def show_similar_cases(space: Workspace, similar: Sequence[Mapping[str, Any]]) -> None:
    """Show the cases that a draft stands on."""
    if not similar:
        return
    st.subheader("Similar cases that it stands on", anchor=False)
    for first in range(0, len(similar), CASES_IN_A_ROW):
        row = similar[first : first + CASES_IN_A_ROW]
        for column, named in zip(st.columns(CASES_IN_A_ROW), row, strict=False):
            with column:
                _show_similar_case(space, named)


def _show_similar_case(space: Workspace, named: Mapping[str, Any]) -> None:
    case = _case_now(space, named["case_id"])
    if case and (image := cover_image(case)):
        show_image(image, "stands-on")
    line(named["title"])
    if case:
        case_link(case.case_id, CaseId(case.case_id).short)
    else:
        line(f"{CaseId(named['case_id']).short} is in the workspace no more.")
    if named.get("reference"):
        line(named["reference"])


def _show_in_case(case: Case, citation: Citation) -> None:
    text = case.text_of(citation.section, citation.image_id) if citation.section else None
    if text is not None and text[citation.start : citation.end] == citation.quote:
        paragraph(text, cited=(citation.start, citation.end))
        return
    line("The case was changed since. These are its words as they were cited.")
    _show_quote(citation)


def _show_quote(citation: Citation) -> None:
    paragraph(citation.quote, cited=(0, len(citation.quote)))


def _show_images(case: Case, citation: Citation, key: str) -> None:
    """Show the images of a case, beginning with the one that is cited."""
    images = [image for image in case.images if image.object_key or image.image_id == citation.image_id]
    if images:
        show_viewer(
            [shown(image) for image in images],
            f"cited-{key}-{case.case_id}",
            name=f"Images of {case.short_id}",
            size=Size.SMALL,
            start=citation.image_id,
        )


def _case_now(space: Workspace, case_id: str) -> Case | None:
    """Return a case as it is now; None where it was deleted since."""
    try:
        return space.documents.case(case_id)
    except UnknownCase:
        return None
