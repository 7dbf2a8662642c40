"""One case: pictures on the left, the report and the disease on the right."""

from __future__ import annotations

import streamlit as st

from ingest.case import Case, to_document
from ingest.vocabulary import Section, Status
from ui.panels import (
    COMPARE_PAGE,
    GRAPH_PAGE,
    SEARCH_PAGE,
    assertion_legend,
    chosen_case,
    open_page,
    paragraph,
    patient_line,
    show_picture,
    workspace,
)

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


def show_pictures(case: Case) -> None:
    """Show one picture large and let the reader choose among the others."""
    if not case.images:
        st.info("This case has no pictures.")
        return
    numbers = range(len(case.images))
    number = 0
    if len(case.images) > 1:
        number = st.pills("Picture", numbers, default=0, required=True, format_func=lambda n: str(n + 1)) or 0
    image = case.images[number]
    show_picture(image)
    if image.caption:
        mentions = [a for a in case.annotations if a.image_id == image.image_id]
        paragraph(image.caption, mentions)


def show_sections(case: Case, sections: tuple[tuple[str, Section], ...]) -> None:
    """Show each text that the case has under its heading."""
    for heading, section in sections:
        if text := case.sections.get(section):
            st.markdown(f"**{heading}**")
            paragraph(text, [a for a in case.annotations if a.section is section])


def show_case(case: Case) -> None:
    """Show the whole case."""
    st.title(case.title, anchor=False)
    st.caption(f"{case.case_id} · {patient_line(case)}" + (f" · {case.split}" if case.split else ""))
    if case.status is Status.PARTIAL:
        missing = sum(1 for image in case.images if image.problem)
        st.warning(f"This case is partial: {missing or 'some'} of its {len(case.images)} pictures could not be read.")
    with st.container(horizontal=True):
        if st.button("Similar cases", icon=":material/search:", type="primary"):
            open_page(SEARCH_PAGE, case=case.case_id)
        if st.button("Compare", icon=":material/compare:"):
            open_page(COMPARE_PAGE, left=case.case_id)
        if st.button("In the graph", icon=":material/hub:"):
            open_page(GRAPH_PAGE, node=f"Case:{case.case_id}")
    left, right = st.columns((2, 3), gap="large")
    with left:
        show_pictures(case)
    with right:
        report, topic, ledger, document = st.tabs(["Case", "Topic", "How values were read", "JSON"])
        with report:
            assertion_legend()
            show_sections(case, REPORT)
        with topic:
            show_topic(case)
        with ledger:
            st.dataframe(
                [
                    {"field": e.field, "raw": e.raw, "rule": e.rule, "value": e.value, "conflict": e.conflict}
                    for e in case.ledger
                ],
                hide_index=True,
            )
        with document:
            st.json(to_document(case), expanded=1)


def show_topic(case: Case) -> None:
    """Show the disease that the case teaches."""
    facts = {"Topic": case.topic.title, "Category": case.topic.pathology_category, "ACR code": case.topic.acr_code}
    for name, value in facts.items():
        if value:
            paragraph(f"{name}: {value}")
    show_sections(case, (("Disease discussion", Section.TOPIC_DISCUSSION),))


if case := chosen_case(workspace(), "case", "Case"):
    show_case(case)
