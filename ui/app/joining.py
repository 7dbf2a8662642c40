"""Conditions joined by clicking: all, any or none of those in the form, set aside as one to add others to it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from casegraph.cases import Filter, Joined, as_filter, format_filter
from ui.app.address import field, many, one, put, take_out, written
from ui.app.filtering import NAMES, Narrowed
from ui.app.remedies import answered
from ui.app.texts import as_written

JOIN, GROUP = "join", "group"  # the parameters that say how the form's conditions are joined, and what was set aside


def chosen_join() -> Joined:
    """Return how the conditions of the form are joined, as the address says."""
    return Joined(one(JOIN)) if one(JOIN) in set(Joined) else Joined.ALL


def set_aside() -> list[Filter]:
    """Return what was set aside; what is no filter is told and left out."""
    found = (answered(partial(as_filter, text)) for text in many(GROUP))
    return [where for where in found if where is not None]


def offer_joining(narrowed: Narrowed) -> None:
    """Let the reader say how the conditions of the form are joined, and set them aside as one."""
    if narrowed.where is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="joining"):
        st.segmented_control(
            "Cases match",
            list(Joined),
            required=True,
            key=field(JOIN, chosen_join()),
            on_change=written,
            args=(JOIN, Joined.ALL),
            format_func=lambda how: f"{how} of these",
            label_visibility="collapsed",
        )
        st.button(
            "Keep these and add others",
            icon=":material/playlist_add:",
            key="set-aside",
            help="They become one condition, beside which the form begins anew.",
            on_click=_set_aside,
            args=(format_filter(narrowed.where),),
        )


def show_set_aside() -> None:
    """Show what was set aside, each with a way to take it away."""
    if not many(GROUP):
        return
    with st.container(horizontal=True, key="set-asides", vertical_alignment="center", gap="xsmall"):
        for number, text in enumerate(many(GROUP)):
            st.button(
                as_written(text),
                key=f"group-{number}-{text}",
                icon=":material/close:",
                help="Take this condition away",
                on_click=take_out,
                args=(GROUP, text),
            )


def _set_aside(text: str) -> None:
    put(GROUP, list(dict.fromkeys((*many(GROUP), text))))
    for name in (JOIN, *NAMES):
        put(name, None)
