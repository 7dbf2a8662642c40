"""The kept drafts on a page: their state, and reviewing, signing, rejecting and editing them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from casegraph.drafts import DraftFormat, KeptDraft, State, document_of, label_of, to_text, written_as
from casegraph.workspace import Workspace
from ui.app.remedies import done_or_told
from ui.app.texts import line, paragraph

_ACTIONS = (("Review", State.REVIEWED), ("Sign", State.SIGNED), ("Reject", State.REJECTED))


def show_kept_drafts(space: Workspace) -> None:
    """Show the kept drafts, one of them whole, with what a person may do with it."""
    drafts = {kept.draft_id: kept for kept in space.drafts.kept()}
    if not drafts:
        line("No draft is kept yet. Keep one to review and sign it.")
        return
    chosen = st.selectbox(
        "Kept draft", list(reversed(drafts)), format_func=lambda draft_id: _called(drafts[draft_id]), key="kept-draft"
    )
    kept = drafts[chosen]
    document = document_of(kept, kept.newest)
    st.warning(label_of(document), icon=":material/warning:")
    download_buttons(document, f"{kept.draft_id}-{kept.newest.number}")
    with st.expander("As text"):
        st.code(to_text(document), language=None, wrap_lines=True)
    if kept.newest.difference:
        with st.expander("What its editor changed"):
            st.code("\n".join(kept.newest.difference), language="diff", wrap_lines=True)
    for event in kept.newest.events:
        paragraph(f"{event.state} by {event.name} at {event.at}" + (f": {event.reason}" if event.reason else ""))
    _actions(space, kept)


def download_buttons(document: dict, name: str) -> None:
    """Offer the draft in every format."""
    with st.container(horizontal=True):
        for kind in DraftFormat:
            title = kind.capitalize() if kind in (DraftFormat.TEXT, DraftFormat.MARKDOWN) else kind.upper()
            st.download_button(
                title,
                written_as(document, kind),
                f"{name}.{kind.ending}",
                kind.media_type,
                icon=":material/download:",
                on_click="ignore",
                key=f"download-{name}-{kind}",
            )


def _actions(space: Workspace, kept: KeptDraft) -> None:
    name = st.text_input("Your name, as it is to stand in the draft", key="signer", persist_state="session")
    with st.container(horizontal=True):
        pressed = [state for title, state in _ACTIONS if st.button(title, key=f"do-{state}")]
    for state in pressed:
        done_or_told(partial(space.drafts.change_state, kept.draft_id, state, name=name))
    statements = [said for part in kept.newest.content["sections"] for said in part["statements"]]
    with st.expander("Edit a statement: makes a new version that nobody has reviewed", key="edit-statement"):
        number = st.number_input("Statement", 1, max(1, len(statements)), key="edit-number", persist_state="session")
        text = st.text_area("New wording; empty takes it out", key="edit-text", persist_state="session")
        if st.button("Save as a new version", key="do-edit"):
            done_or_told(partial(space.drafts.edit, kept.draft_id, int(number), text.strip() or None, name=name))


def _called(kept: KeptDraft) -> str:
    return f"{kept.draft_id}, version {kept.newest.number}: {kept.newest.state}, {kept.newest.made_at[:16]}"
