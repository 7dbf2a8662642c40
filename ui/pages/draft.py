"""Draft a findings report from similar cases; every statement shows its evidence."""

from __future__ import annotations

import streamlit as st

from ingest.vocabulary import Sex
from rag.draft import Draft
from rag.evidence import DraftRequest
from rag.render import LABEL, to_json, to_markdown, to_text
from rag.statements import Citation, DraftSection, Origin, Statement
from ui.panels import CASE_PAGE, open_page, paragraph, workspace
from ui.uploads import uploaded_picture
from ui.workspace import Workspace


def ask(space: Workspace) -> None:
    """Show the form; keep the draft of the last request in the session."""
    picture = uploaded_picture(space, "A picture of this patient")
    with st.form("draft"):
        history = st.text_area("History", placeholder="Headache for two weeks.")
        exam = st.text_area("Exam", placeholder="No focal deficit.")
        findings = st.text_area("What you see", placeholder="Ring-enhancing mass in the left frontal lobe.")
        age_field, sex_field = st.columns(2)
        with age_field:
            age = st.number_input("Age in years", min_value=0.0, max_value=130.0, value=None, step=1.0)
        with sex_field:
            sex = st.selectbox("Sex", list(Sex), index=None, placeholder="unknown")
        asked = st.form_submit_button("Draft", type="primary", icon=":material/edit_note:")
    if asked:
        request = DraftRequest(history=history, exam=exam, findings=findings, age_years=age, sex=sex)
        with st.spinner("Gathering evidence ..."):
            st.session_state["draft"] = space.draft(request, picture=picture)


def place_of(citation: Citation) -> str:
    """Say where a citation points, in words."""
    if citation.origin is Origin.CLASSIFIER:
        return "the classifier, on your picture"
    section = str(citation.section).replace("_", " ")
    if citation.origin is Origin.USER:
        return f"your {section}"
    return f"{(citation.image_id or citation.case_id or '').partition(':')[2]}, {section}"


def show_statement(key: str, statement: Statement) -> None:
    """Show one statement with its citations behind a button."""
    said, cited = st.columns((5, 2))
    with said:
        paragraph(statement.text)
    with cited, st.popover(f"{statement.subject} · {len(statement.citations)} cited", type="tertiary"):
        for number, citation in enumerate(statement.citations):
            st.caption(place_of(citation))
            paragraph(f"“{citation.quote}”")
            if citation.case_id and st.button("Open the case", key=f"{key}-{number}"):
                open_page(CASE_PAGE, case=citation.case_id)


def show_draft(draft: Draft) -> None:
    """Show the draft of this session, its evidence, and the ways to take it away."""
    st.warning(LABEL, icon=":material/warning:")
    for section in DraftSection:
        st.subheader(str(section), anchor=False)
        statements = draft.of(section)
        if not statements:
            st.caption("Nothing can be said.")
        for number, statement in enumerate(statements):
            show_statement(f"{section}-{number}", statement)
    for notice in draft.notices:
        st.caption(notice)
    if draft.dropped:
        with st.expander(f"{len(draft.dropped)} statements left out: their evidence does not bear them"):
            st.dataframe([{"statement": item.text, "reason": item.reason} for item in draft.dropped], hide_index=True)
    with st.container(horizontal=True):
        st.download_button("Text", to_text(draft), file_name="draft.txt")
        st.download_button("Markdown", to_markdown(draft), file_name="draft.md")
        st.download_button("JSON", to_json(draft), file_name="draft.json", mime="application/json")


space = workspace()
st.title("Draft", anchor=False)
form, paper = st.columns((2, 3), gap="large")
with form:
    ask(space)
with paper:
    if "draft" in st.session_state:
        show_draft(st.session_state["draft"])
    else:
        st.info("The draft appears here. Without a language model it is composed from the evidence itself.")
