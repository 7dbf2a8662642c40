"""What a reader does with the graph: steps in the page's address, done, undone and done again."""

from __future__ import annotations

import streamlit as st

from ui.app.address import many, one, put, put_together
from ui.app.graph_picture import Act
from ui.app.graph_steps import MAX_STEPS_SHOWN, NAMES, Steps, is_group, read_steps

UNDONE, REDONE, FULL = "graph-undo", "graph-redo", "graph-full"
MAX_UNDONE = 100


def read() -> Steps:
    """Return the steps that the address says."""
    return read_steps(one("node"), {name: many(name) for name in NAMES})


def change(steps: Steps, chosen: str | None = None) -> None:
    """Go to other steps, so that this can be undone, and choose a node; an empty key chooses none."""
    before = read()
    choice = {} if chosen is None else {"chosen": [chosen] if chosen else []}
    if len(steps.open) > MAX_STEPS_SHOWN:
        st.session_state[FULL] = True
        steps = before
    if steps != before:
        st.session_state[UNDONE] = [*st.session_state.get(UNDONE, []), before][-MAX_UNDONE:]
        st.session_state[REDONE] = []
    put_together({**steps.asked(), **choice})


def undo(taken: str = UNDONE, kept: str = REDONE) -> None:
    """Go back to the steps before; with the names exchanged, on again."""
    if before := st.session_state.get(taken):
        st.session_state[kept] = [*st.session_state.get(kept, []), read()]
        put_together(before.pop().asked())


def start_from(key: str) -> None:
    """Begin anew from a node."""
    change(Steps(key), "")


def acted(act: Act) -> None:
    """Do what a reader did in the picture."""
    steps = read()
    if act.what == "choose":
        put("chosen", act.key)
    elif act.what in ("undo", "redo"):
        undo(*((UNDONE, REDONE) if act.what == "undo" else (REDONE, UNDONE)))
    elif act.what == "start":
        if not is_group(act.key):
            start_from(act.key)
    elif act.what == "pin":
        pinned = act.key in steps.pins()
        change(steps.unpinned(act.key) if pinned else steps.pinned(act.key, act.place), act.key)
    elif act.what == "move":
        change(steps.pinned(act.key, act.place), act.key)
    elif act.what == "hide":
        change(steps.hidden(act.key), "" if one("chosen") == act.key else None)
    else:
        change(steps.opened(act.key) if act.what == "expand" else steps.folded(act.key), act.key)
