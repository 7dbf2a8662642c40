"""Draft a findings report from similar cases, or rank their diagnoses; every statement shows its evidence."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from casegraph.cases import Region, Sex
from casegraph.drafts import LABEL, Draft, DraftRequest, draft_document
from casegraph.workspace import Workspace
from ui.app.address import begin, one, put
from ui.app.diagnoses_panel import show_diagnoses
from ui.app.draft_making import (
    ANSWER,
    ANSWER_TAB,
    DRAFT,
    DRAFT_TAB,
    KEPT_TAB,
    SHOWN,
    TABS,
    MadeDraft,
    WrittenDraft,
    keep_what_is_made,
    write_draft,
)
from ui.app.draft_paper import Paper, show_paper
from ui.app.kept_drafts import NAMED, download_buttons, show_kept_drafts
from ui.app.making import start_making
from ui.app.managing import visitor_may_manage
from ui.app.panels import workspace
from ui.app.remedies import advised
from ui.app.texts import line
from ui.app.uploads import as_shown, kept_image, name_of, uploaded_image


def ask(space: Workspace) -> tuple[DraftRequest, str]:
    """Show the form; keep the answer to the last request in the session. Return what the form says now."""
    image = uploaded_image(space, DRAFT, "An image of this patient")
    request = asked_request()
    asked = (request, name_of(image))
    drafted = st.button("Draft", type="primary", icon=":material/edit_note:", width="stretch")
    told = st.empty()
    region = st.selectbox(
        "Diagnoses of cases of",
        list(Region),
        index=None,
        placeholder="any region",
        key="ask-region",
        persist_state="session",
    )
    ranked = st.button("Ask for diagnoses", icon=":material/help_center:", width="stretch")
    if drafted:
        # unasked, another visitor's draft is not saved: all would read what it says of a patient
        start_making(DRAFT, asked, partial(write_draft, space, request, image, saves=visitor_may_manage()))
    if ranked:
        start_making(ANSWER, asked, lambda _: space.drafts.ask(request, image=image, region=region))
    keep_what_is_made({DRAFT: told, ANSWER: st.empty()})
    return asked


def asked_request() -> DraftRequest:
    """Show the fields, and return what stands in them. It is kept in this session and stands in no address."""
    history = st.text_area(
        "History", placeholder="Headache for two weeks.", height=80, key="history", persist_state="session"
    )
    exam = st.text_area("Exam", placeholder="No focal deficit.", height=68, key="exam", persist_state="session")
    findings = st.text_area(
        "What you see",
        placeholder="Ring-enhancing mass in the left frontal lobe.",
        height=110,
        key="findings",
        persist_state="session",
    )
    age_field, sex_field = st.columns(2)
    with age_field:
        age = st.number_input(
            "Age in years", 0.0, 130.0, value=None, step=1.0, key="age", persist_state="session", format="%g"
        )
    with sex_field:
        sex = st.selectbox("Sex", list(Sex), index=None, placeholder="unknown", key="sex", persist_state="session")
    return DraftRequest(history=history, exam=exam, findings=findings, age_years=age, sex=sex)


def show_draft(made: MadeDraft, written: WrittenDraft) -> None:
    """Show the draft of this session, its evidence, and the ways to take it away."""
    draft, document = written.draft, draft_document(written.draft)
    image = kept_image(DRAFT)
    own_image = as_shown(image) if image is not None and name_of(image) == made.of[1] else None
    above, below = partial(show_head, written, document), partial(show_left_out, draft)
    show_paper(space, Paper(DRAFT, document, above=above, below=below, own_image=own_image))


def show_head(written: WrittenDraft, document: dict[str, Any]) -> None:
    """Show the label, who wrote the draft, and the ways to review it and take it away."""
    draft_id = written.draft_id
    with st.container(key="draft-label"):
        st.warning(LABEL, icon=":material/warning:")
    line(f"Written by {written.draft.author}.{f' Saved as {draft_id}.' if draft_id else ''}")
    download_buttons(document, draft_id or "draft")
    if draft_id:
        if st.button("Review and sign", icon=":material/edit_document:"):
            put(NAMED, draft_id)
            st.rerun()
    elif st.button("Keep this draft, to review and sign it", icon=":material/bookmark_add:"):
        kept = space.drafts.keep(document)
        st.success(f"Kept as {kept.draft_id}; see Kept drafts above.")


def show_left_out(draft: Draft) -> None:
    """Show what the reader should know of a draft, and what was left out of it."""
    for notice in draft.notices:
        line(advised(notice))
    if draft.dropped:
        with st.expander(f"{len(draft.dropped)} statements left out: not supported by the cited evidence"):
            st.dataframe([{"statement": item.text, "reason": item.reason} for item in draft.dropped], hide_index=True)


def show_made(kind: str, asked: tuple[DraftRequest, str]) -> None:
    """Show what was made of the entries; of other entries than those on the left only where the reader wants it."""
    made: MadeDraft | None = st.session_state.get(kind)
    if made is None:
        st.info("Fill in what you know and press Draft or Ask for diagnoses. Each statement will name its evidence.")
        st.caption(LABEL)
        return
    if made.of != asked and not st.toggle(
        "Show what was made of other entries than those on the left now", key=f"older-{kind}"
    ):
        return
    if isinstance(made.answer, WrittenDraft):
        show_draft(made, made.answer)
    else:
        show_diagnoses(made.answer)


def choose_shown() -> None:
    """Let the reader turn from draft to diagnoses and kept drafts."""
    st.segmented_control(
        "Shown",
        TABS,
        required=True,
        key=SHOWN,
        label_visibility="collapsed",
        persist_state="session",
        on_change=put,
        args=(NAMED, None),
    )


begin("draft", (NAMED,))
space = workspace()
st.title("Draft", anchor=False)
st.session_state[SHOWN] = KEPT_TAB if one(NAMED) else st.session_state.get(SHOWN, DRAFT_TAB)
tabs = st.container()
if st.session_state[SHOWN] == KEPT_TAB:
    with tabs:
        choose_shown()
    show_kept_drafts(space)
else:
    form, paper = st.columns((2, 7), gap="medium")
    with form:
        asked = ask(space)
    with tabs:
        choose_shown()
    with paper:
        show_made(ANSWER if st.session_state[SHOWN] == ANSWER_TAB else DRAFT, asked)
