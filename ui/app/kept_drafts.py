"""The kept drafts on a page: one of them opened, to accept, edit or reject its statements and to review and sign it."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from casegraph.drafts import (
    DraftFormat,
    KeptDraft,
    NumberedStatement,
    State,
    document_of,
    label_of,
    numbered,
    title_of,
    written_as,
)
from casegraph.workspace import Workspace
from ui.app.address import field, one, written
from ui.app.draft_paper import Paper, show_paper
from ui.app.remedies import answered, done_or_told
from ui.app.texts import count_of, line, lines, paragraph

NAMED = "draft"  # the parameter of the address
_ACTIONS = (("Review", State.REVIEWED), ("Sign", State.SIGNED), ("Reject draft", State.REJECTED))
_OPEN = (State.DRAFT, State.REVIEWED)  # states in which statements may be accepted
_CHANGING = "statement-being-changed"


@dataclass(frozen=True)
class _Changing:
    """The statement that the reader words again or is about to reject."""

    draft_id: str
    version: int
    statement: int
    rejects: bool


def called(kept: KeptDraft) -> str:
    """Return what a list calls a kept draft: its id and title, how it stands, and of which day it is."""
    newest = kept.newest
    version = f", version {newest.number}" if newest.number > 1 else ""
    return f"{kept.draft_id}: {title_of(newest.content)} · {newest.state}{version} · {newest.made_at[:10]}"


def show_kept_drafts(space: Workspace) -> None:
    """Show the kept drafts, one of them whole, with what a person may do with it."""
    drafts = {kept.draft_id: kept for kept in space.drafts.kept()}
    named = one(NAMED)
    if named and named not in drafts:
        answered(partial(space.drafts.get, named))
    if not drafts:
        line("No draft is kept yet. Keep one to review and sign it.")
        return
    kept = drafts.get(named) or list(drafts.values())[-1]
    st.selectbox(
        "Kept draft",
        list(reversed(drafts)),
        format_func=lambda draft_id: called(drafts[draft_id]),
        key=field(NAMED, kept.draft_id),
        on_change=written,
        args=(NAMED,),
    )
    document = document_of(kept, kept.newest)
    show_paper(
        space,
        Paper(
            kept.draft_id,
            document,
            above=partial(_show_head, kept, document),
            below=partial(_show_end, space, kept, document),
            with_statement=partial(_show_controls, space, kept),
        ),
    )


def download_buttons(document: Mapping[str, Any], name: str) -> None:
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


def _show_head(kept: KeptDraft, document: Mapping[str, Any]) -> None:
    with st.container(key="draft-label", gap="xsmall"):
        st.warning(label_of(document), icon=":material/warning:")
        st.text_input(
            "Your name, as it is to stand in the draft",
            key="signer",
            persist_state="session",
            placeholder="Your name, as it is to stand in the draft",
            icon=":material/person:",
            label_visibility="collapsed",
        )
    line(f"Written by {document['author']}.")
    accepted, statements = len(kept.newest.accepted), len(numbered(document).statements)
    said = f"{accepted} of {count_of(statements, 'statement')} accepted."
    line(f"{said} To edit or reject one makes a new version, which nobody has reviewed.")


def _show_end(space: Workspace, kept: KeptDraft, document: Mapping[str, Any]) -> None:
    """Show what became of the draft, and the ways to review, sign, reject and take it away."""
    newest = kept.newest
    lines(newest.content["notices"])
    st.subheader("Review and sign", anchor=False)
    if newest.reason:
        paragraph(f"Version {newest.number}: {newest.reason}")
    for event in newest.events:
        paragraph(f"{event.state} by {event.name} at {event.at}" + (f": {event.reason}" if event.reason else ""))
    with st.container(horizontal=True):
        pressed = [state for title, state in _ACTIONS if st.button(title, key=f"do-{state}")]
    for state in pressed:
        done_or_told(partial(space.drafts.change_state, kept.draft_id, state, name=_signer()))
    if newest.difference:
        with st.expander("What its editor changed"):
            st.code("\n".join(newest.difference), language="diff", wrap_lines=True)
    download_buttons(document, f"{kept.draft_id}-{newest.number}")


def _show_controls(space: Workspace, kept: KeptDraft, statement: NumberedStatement) -> None:
    """Show Accept, Edit and Reject of one statement; Edit and Reject open a field in their place."""
    number, newest = statement.number, kept.newest
    acceptance = newest.accepted.get(number)
    key = f"{kept.draft_id}-{number}"
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key=f"ways-{key}"):
        accepts = newest.state in _OPEN and _accept_button(key, again=acceptance is not None)
        for title, icon, rejects in (("Edit", "edit", False), ("Reject", "close", True)):
            changing = _Changing(kept.draft_id, newest.number, number, rejects)
            st.button(
                title,
                key=f"{title.lower()}-{key}",
                type="tertiary",
                icon=f":material/{icon}:",
                on_click=_change,
                args=(changing,),
            )
        if acceptance:
            st.html(f'<div class="cg-muted">Accepted by {html.escape(acceptance.name)}</div>', width="content")
    if accepts:
        done_or_told(partial(space.drafts.accept, kept.draft_id, number, name=_signer(), accepted=acceptance is None))
    _show_field(space, kept, statement)


def _accept_button(key: str, *, again: bool) -> bool:
    title, icon = ("Take back", "undo") if again else ("Accept", "check")
    return st.button(title, key=f"accept-{key}", type="tertiary", icon=f":material/{icon}:")


def _change(changing: _Changing) -> None:
    st.session_state[_CHANGING] = changing


def _show_field(space: Workspace, kept: KeptDraft, statement: NumberedStatement) -> None:
    """Show the field of the statement that is being changed, where it is this one."""
    changing: _Changing | None = st.session_state.get(_CHANGING)
    here = (kept.draft_id, kept.newest.number, statement.number)
    if changing is None or (changing.draft_id, changing.version, changing.statement) != here:
        return
    if changing.rejects:
        _show_rejection(space, changing)
    else:
        _show_wording(space, changing, statement)


def _show_wording(space: Workspace, changing: _Changing, statement: NumberedStatement) -> None:
    key = f"{changing.draft_id}-{changing.version}-{changing.statement}"
    text = st.text_area(f"New wording of statement {changing.statement}", statement.text, key=f"wording-{key}")
    _save_or_leave(
        "Save as a new version",
        lambda: space.drafts.edit(changing.draft_id, changing.statement, text, name=_signer()),
    )


def _show_rejection(space: Workspace, changing: _Changing) -> None:
    key = f"{changing.draft_id}-{changing.version}-{changing.statement}"
    reason = st.text_input(f"Why statement {changing.statement} is rejected (optional)", key=f"reason-{key}")
    _save_or_leave(
        "Take it out, in a new version",
        lambda: space.drafts.edit(changing.draft_id, changing.statement, None, name=_signer(), reason=reason or None),
    )


def _save_or_leave(title: str, save: Callable[[], object]) -> None:
    with st.container(horizontal=True):
        saved = st.button(title, key="save-statement", type="primary")
        st.button("Cancel", key="leave-statement", on_click=_leave)
    if saved:
        done_or_told(save)


def _leave() -> None:
    st.session_state.pop(_CHANGING, None)


def _signer() -> str:
    return st.session_state.get("signer") or ""
