"""What was read from the words of a question, in view: conditions that can be taken away and brought back."""

from __future__ import annotations

import math

import streamlit as st

from casegraph.cases import Between, age_in_words
from casegraph.search import ExplainedAnswer, Query, ReadCondition
from ui.app.address import many, put, take_out
from ui.app.texts import as_written

BY_MONTHS = 2  # years up to which ages are told in months
IGNORED = "ignored"  # the parameter that names the fields of the conditions that were taken away


def show_understood(answer: ExplainedAnswer, query: Query) -> None:
    """Show the conditions that the words set, and those that the reader took away."""
    ignored = () if query.literal else query.ignored
    if not (answer.understood or ignored):
        return
    with st.container(horizontal=True, key="understood", vertical_alignment="center", gap="xsmall"):
        st.caption("Understood as", width="content")
        for condition in answer.understood:
            st.button(
                as_written(in_words(condition)),
                key=f"understood-{condition.field_name}",
                icon=":material/close:",
                help="Take this condition away",
                on_click=_ignore,
                args=(condition.field_name,),
            )
        for name in ignored:
            st.button(
                as_written(f"any {_called(name)}"),
                key=f"ignored-{name}",
                icon=":material/undo:",
                help="Bring the condition back",
                on_click=take_out,
                args=(IGNORED, name),
            )


def in_words(condition: ReadCondition) -> str:
    """Return what a condition asks for, as the conditions of the form are worded."""
    if not isinstance(condition, Between):
        return f"{_called(condition.field_name)} {' or '.join(condition.values)}"
    youngest, oldest = condition.minimum, condition.maximum
    if oldest is None:
        return f"{age_in_words(youngest)} and older"
    if youngest:
        return f"{age_in_words(youngest).removesuffix(' years')} to {age_in_words(oldest)}"
    if oldest > BY_MONTHS and oldest % 1:  # a range is closed: it ends just below the birthday
        return f"under {math.ceil(oldest)} years"
    return f"up to {age_in_words(oldest)}"


def _called(name: str) -> str:
    return "age" if name == "age_years" else name


def _ignore(name: str) -> None:
    put(IGNORED, [*many(IGNORED), name])
