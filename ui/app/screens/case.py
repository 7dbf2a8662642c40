"""One case: images on the left, the report and the disease on the right."""

from __future__ import annotations

import streamlit as st

from casegraph.cases import Case, Section, Status, to_document
from casegraph.graph import Label
from ui.app.address import begin, one
from ui.app.panels import (
    COMPARE_PAGE,
    CURRENT_CASE,
    GRAPH_PAGE,
    PASSAGE,
    SEARCH_PAGE,
    chosen_case,
    image_line,
    link,
    patient_line,
    show_image,
    workspace,
)
from ui.app.scrolling import bring_into_view
from ui.app.texts import Span, as_written, assertion_legend, heading, line, paragraph, section

REPORT: tuple[tuple[str, Section], ...] = (
    ("History", Section.HISTORY),
    ("Exam", Section.EXAM),
    ("Findings", Section.FINDINGS),
    ("Differential diagnosis", Section.DIFFERENTIAL_DIAGNOSIS),
    ("Diagnosis", Section.DIAGNOSIS),
    ("Confirmed by", Section.CONFIRMATION),
    ("Treatment and follow-up", Section.TREATMENT),
    ("Discussion", Section.DISCUSSION),
)
REPORTED, TOPIC = "Case", "Topic"
DISEASE: tuple[tuple[str, Section], ...] = (("Disease discussion", Section.TOPIC_DISCUSSION),)


def cited_span(of: Section) -> Span | None:
    """Return the passage of this section that the page's address names."""
    start, end = one("start"), one("end")
    if one("section") == of and start.isdecimal() and end.isdecimal():
        return int(start), int(end)
    return None


def show_images(case: Case) -> None:
    """Show one image large and let the reader choose among the others."""
    if not case.images:
        st.info("This case has no images.")
        return
    ids = [image.image_id for image in case.images]
    named = one("image_id")
    number = ids.index(named) if named in ids else 0
    if len(ids) > 1:
        number = st.pills(
            "Images",
            range(len(ids)),
            default=number,
            required=True,
            format_func=lambda n: as_written(f"{n + 1} {case.images[n].modality or ''} {case.images[n].plane or ''}"),
            key=f"image-{case.case_id}-{named}",
        )
    image = case.images[number or 0]
    show_image(image, caption=False)
    line(" · ".join(filter(None, (image_line(image), image.anatomical_location))))
    if image.caption:
        mentions = [a for a in case.annotations if a.image_id == image.image_id]
        paragraph(image.caption, mentions, cited_span(Section.CAPTION) if image.image_id == named else None)


def cited_tab() -> str:
    """Return the tab in which the passage stands that the page's address names."""
    return (
        TOPIC if st.query_params.get("section") in (*(part for _, part in DISEASE), Section.TOPIC_TITLE) else REPORTED
    )


def show_sections(case: Case, sections: tuple[tuple[str, Section], ...]) -> None:
    """Show each text that the case has under its heading."""
    for name, part in sections:
        if text := case.sections.get(part):
            section(name, text, [a for a in case.annotations if a.section is part], cited_span(part))


def show_header(case: Case) -> None:
    """Show what the case is called and the ways from it."""
    heading(case.sections.get(Section.TITLE, case.title), cited=cited_span(Section.TITLE))
    line(" · ".join(filter(None, (case.case_id, patient_line(case), case.split))))
    if case.status is Status.PARTIAL:
        missing = sum(1 for image in case.images if image.problem)
        lacking = f"{missing} of its {len(case.images)} images" if missing else "something that its source promised"
        st.warning(f"This case is partial: {lacking} could not be read.", icon=":material/warning:")
    with st.container(horizontal=True):
        with st.container(key="main-way", width="content"):
            link(SEARCH_PAGE, "Similar cases", "search", case=case.case_id)
        link(COMPARE_PAGE, "Compare", "compare", left=case.case_id)
        link(GRAPH_PAGE, "In the graph", "hub", node=f"{Label.CASE}:{case.case_id}")


def show_case(case: Case) -> None:
    """Show images and texts of the case."""
    left, right = st.columns((2, 3), gap="large")
    with left:
        show_images(case)
    with right:
        cited = [one(name) for name in PASSAGE]
        report, topic, ledger, document = st.tabs(
            [REPORTED, TOPIC, "How values were read", "JSON"],
            default=cited_tab(),
            key=f"tabs-{case.case_id}-{'-'.join(cited)}",
        )
        with report:
            assertion_legend()
            show_sections(case, REPORT)
        with topic:
            show_topic(case)
        with ledger:
            columns = ("field", "raw", "rule", "value", "conflict")
            st.dataframe([{name: getattr(entry, name) for name in columns} for entry in case.ledger], hide_index=True)
        with document:
            st.json(to_document(case), expanded=1)
    if any(cited):
        bring_into_view(".cg-cited", "-".join((case.case_id, *cited)), middle=True)


def show_topic(case: Case) -> None:
    """Show the disease that the case teaches."""
    title = case.sections.get(Section.TOPIC_TITLE, case.topic.title)
    facts = {"Topic": title, "Category": case.topic.pathology_category, "ACR code": case.topic.acr_code}
    if not any((*facts.values(), case.sections.get(Section.TOPIC_DISCUSSION))):
        line("The source says nothing of the disease.")
    for name, value in facts.items():
        if value:
            section(name, value, cited=cited_span(Section.TOPIC_TITLE) if name == "Topic" else None)
    show_sections(case, DISEASE)


begin("case", ("case", *PASSAGE))
space = workspace()
header, choice = st.columns((3, 2), gap="large")
with choice:
    case = chosen_case(space, "case", "Open a case", keeps=st.session_state.get(CURRENT_CASE), hidden=True)
with header:
    if case:
        show_header(case)
    else:
        st.title("Case", anchor=False)
if case:
    st.session_state[CURRENT_CASE] = case.case_id
    st.set_page_config(page_title=f"{case.short_id} · CaseGraph")
    show_case(case)
else:
    st.info("Choose a case from the list, or find one by its fields under Query.", icon=":material/folder_open:")
